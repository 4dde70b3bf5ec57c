import assert from "node:assert/strict";
import { join } from "@std/path";
import fc from "fast-check";
import { bundle, LARGEST_TEXT_BYTES } from "../../src/incident/bundle.ts";
import type { Bundle } from "../../src/incident/bundle.ts";
import type { Finding } from "../../src/incident/finding.ts";
import type { Facts } from "../../src/incident/manifest.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { unpack } from "./archive.ts";
import { AT, found, incident } from "./samples.ts";

const FOLDER = "/state/incidents";
const ID = "20260304T050607Z-g7-heap-oom";
/** As Spark makes them: 256 bits in hexadecimal digits. */
const PY4J_SECRET = fc.stringMatching(/^[0-9a-f]{64}$/);

/** An incident that was saved and put into an archive, and the texts in that. */
async function bundled(
  findings: readonly Finding[],
  { facts = {}, secrets = [], change = () => {} }: {
    readonly facts?: Facts;
    readonly secrets?: readonly string[];
    readonly change?: (files: MemoryFiles) => void;
  } = {},
): Promise<Bundle & { readonly texts: Readonly<Record<string, string>> }> {
  const files = new MemoryFiles();
  const store = new IncidentStore(FOLDER, files);
  await store.save(incident(7), findings, AT, facts);
  change(files);
  const read = await store.read(ID);
  assert.ok(read !== null);
  const made = await bundle(read, { store, files, secrets, version: "9.9.9" });
  const entries = [...await unpack(made.bytes)];
  const texts = entries.map(([path, bytes]) => [path.replace(`${ID}/`, ""), new TextDecoder().decode(bytes)]);
  return { ...made, texts: Object.fromEntries(texts) };
}

Deno.test("bundle() holds the manifest and every text, without their secrets, and says so", async () => {
  const { texts, names, replaced, leftOut } = await bundled([
    found("stdout.txt", "token=abcdef123\nwörds\n"),
    found("stderr.txt", "nothing\n"),
  ], { facts: { gatewaySecret: "abc", heapBytes: 7 } });
  assert.deepEqual(names, ["manifest.json", "stdout.txt", "stderr.txt"]);
  assert.deepEqual([replaced, leftOut], [2, []]);
  assert.equal(texts["stdout.txt"], "token=<redacted>\nwörds\n");
  assert.equal(texts["stderr.txt"], "nothing\n");
  const { facts, verdict } = JSON.parse(texts["manifest.json"] ?? "");
  assert.deepEqual(facts, { gatewaySecret: "<redacted>", heapBytes: 7 });
  assert.deepEqual(verdict, incident(7).verdict);
  assert.match(
    texts["ABOUT.txt"] ?? "",
    /^Incident 2026\S+, put together by rekindle 9\.9\.9 for a bug report\.$/m,
  );
  assert.match(texts["ABOUT.txt"] ?? "", /^2 secrets were replaced/m);
});

Deno.test("bundle() never holds the Py4J secret, wherever it stood", async () => {
  await fc.assert(
    fc.asyncProperty(PY4J_SECRET, async (secret) => {
      const { bytes: _, ...rest } = await bundled([
        found(
          "stdout.txt",
          `Environment Variables:\nPATH=/bin\nPYSPARK_GATEWAY_SECRET=${secret}\nMINE=${secret}\n`,
        ),
        found("stderr.txt", `DEBUG Py4J: A\n${secret}\n!yv "${secret}" x${secret}x`),
        found("command.txt", `java\n-Dspark.secret=${secret}\n--token\n${secret}\n`),
        found("raw.bin", new TextEncoder().encode(`\0${secret}`)),
      ], { facts: { [secret]: secret, list: [`a ${secret}`] }, secrets: [secret] });
      assert.ok(!JSON.stringify(rest).includes(secret));
    }),
    { numRuns: 20 },
  );
});

Deno.test("bundle() never holds a Py4J secret that nobody named, where its name stands", async () => {
  await fc.assert(
    fc.asyncProperty(PY4J_SECRET, async (secret) => {
      const { bytes: _, ...rest } = await bundled([
        found(
          "stdout.txt",
          `PYSPARK_GATEWAY_SECRET=${secret}\nx {"PYSPARK_GATEWAY_SECRET": "${secret}"} y\n`,
        ),
        found("hs_err.log", `Environment Variables:\nPATH=/bin\nPYSPARK_GATEWAY_SECRET=${secret}\n\nEND.\n`),
      ], { facts: { env: { PYSPARK_GATEWAY_SECRET: secret } } });
      assert.ok(!JSON.stringify(rest).includes(secret));
    }),
    { numRuns: 20 },
  );
});

Deno.test("bundle() leaves out what is no text, and says what and why", async () => {
  const text = "JAVA PROFILE";
  const { names, leftOut, texts } = await bundled([
    found("hsperfdata", Uint8Array.of(0xca, 0xfe, 0xc0, 0xc0, 1, 0, 0)),
    found("java_pid7.hprof", text),
    found("java_pid7.hprof.gz", text),
    found("flight.jfr", text),
    { name: "gc.log", status: "missing", reason: "the JVM was not told to write one", content: null },
    { name: "threads.txt", status: "truncated", reason: "its first bytes", content: "main\n" },
  ]);
  assert.deepEqual(names, ["manifest.json", "threads.txt"]);
  assert.deepEqual(leftOut, [
    { name: "hsperfdata", reason: "not a text, so secrets in it cannot be found" },
    { name: "java_pid7.hprof", reason: "a dump or an archive, which may hold anything" },
    { name: "java_pid7.hprof.gz", reason: "a dump or an archive, which may hold anything" },
    { name: "flight.jfr", reason: "a dump or an archive, which may hold anything" },
    { name: "gc.log", reason: "the JVM was not told to write one" },
  ]);
  for (const { name, reason } of leftOut) {
    assert.ok(texts["ABOUT.txt"]?.includes(`left out  ${name}: ${reason}\n`));
  }
});

Deno.test("bundle() never holds a heap dump, and says where it is", async () => {
  for (const name of ["heap.hprof", "heap.hprof.gz"]) {
    const { names, leftOut, texts } = await bundled([found(name, "JAVA PROFILE 1.0.2")]);
    const reason = `it holds the program's data and secrets, and stays ${FOLDER}/${ID}/${name}`;
    assert.deepEqual([names, leftOut], [["manifest.json"], [{ name, reason }]]);
    assert.deepEqual(Object.keys(texts), ["manifest.json", "ABOUT.txt"]);
  }
});

Deno.test("bundle() leaves out what is too large to be sent, without reading it", async () => {
  const { names, leftOut } = await bundled([found("huge.txt", new Uint8Array(LARGEST_TEXT_BYTES + 1))], {
    change: (files) => {
      files.disk = (operation, path) => {
        assert.ok(operation !== "readBytes" || !path.endsWith("huge.txt"));
      };
    },
  });
  assert.deepEqual([names, leftOut], [["manifest.json"], [{
    name: "huge.txt",
    reason: "too large for a bug report",
  }]]);
});

Deno.test("bundle() follows no path that a manifest names", async () => {
  const { names, leftOut, texts } = await bundled([], {
    change: (files) => {
      files.put("/etc/passwd", "root:x:0:0\n");
      const artifacts = [{ name: "../../../etc/passwd", status: "saved", bytes: 11, reason: null }];
      const manifest = { id: ID, at: AT.toISOString(), ...incident(7), artifacts, facts: {} };
      files.put(join(FOLDER, ID, "manifest.json"), JSON.stringify(manifest));
    },
  });
  assert.deepEqual([names, leftOut.length], [["manifest.json"], 1]);
  assert.ok(!JSON.stringify(texts).includes("root:x"));
});

Deno.test("bundle() takes what there is of a damaged incident, and of files that have gone", async () => {
  const { names, leftOut } = await bundled([found("stdout.txt", "a"), found("stderr.txt", "b")], {
    change: (files) => files.put(join(FOLDER, ID, "manifest.json"), "{"),
  });
  assert.deepEqual(names, ["stderr.txt", "stdout.txt"]);
  assert.match(leftOut[0]?.reason ?? "", /^its manifest cannot be read/);
  const gone = await bundled([found("stdout.txt", "a")], {
    change: (files) => void files.remove(join(FOLDER, ID, "stdout.txt")),
  });
  assert.deepEqual(gone.leftOut, [{ name: "stdout.txt", reason: "it is not there any more" }]);
});
