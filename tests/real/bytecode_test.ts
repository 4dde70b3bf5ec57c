import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { makeBytecode } from "../../src/gateway/bytecode_making.ts";
import { children } from "../../src/runtime/child.ts";
import { files } from "../../src/runtime/files.ts";
import { Place, program, RunningDaemon } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

/** Makes every bytecode in an archive that of a Python that is not there. */
const FOREIGN = `
import shutil, sys, zipfile
path, = sys.argv[1:]
with zipfile.ZipFile(path) as old, zipfile.ZipFile(path + ".new", "w") as new:
    for name in old.namelist():
        data = old.read(name)
        new.writestr(name, b"\\0\\0\\r\\n" + data[4:] if name.endswith(".pyc") else data)
shutil.move(path + ".new", path)
`;

/** Everything in a folder, links not followed. */
function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [name, ...namesIn(join(folder, name))] : [name]
  );
}

for (const spark of sparkInstallations()) {
  Deno.test(`a daemon's workers on PySpark ${spark.version} find it compiled, from the second gateway on`, async () => {
    await using place = await Place.make(spark);
    const daemon = await RunningDaemon.start(place, [], {
      REKINDLE_SHARING: "exclusive",
      REKINDLE_NO_BYTECODE: "",
    });
    await daemon.untilStatus(({ bytecode }) => /^made|^none,/.test(bytecode));
    const look = async () => {
      const { code, stdout, stderr } = await place.exec(["--", "python", program("workers.py")]);
      strictEqual(code, 0, stderr);
      const [file = "", home = "", ...trace] = stdout.trim().split("\n");
      return { file, home, trace: trace.join("\n") };
    };
    const first = await look();
    strictEqual(first.file, join(spark.home, "python/lib/pyspark.zip/pyspark/serializers.py"));
    const second = await look();
    const kept = join(place.stateDir, "bytecode");
    ok(second.home.startsWith(`${kept}/`), second.home);
    strictEqual(second.file, join(second.home, "python/lib/pyspark.zip/pyspark/serializers.pyc"));
    const source = `File "${second.home}/python/lib/pyspark.zip/pyspark/serializers.py", line`;
    ok(second.trace.includes(source), "a trace names the place");
    match(second.trace, /\n +length = stream\.read\(4\)\n/, "and quotes the source");
    match((await daemon.status()).bytecode, /^in use, \d+ MiB$/);
    strictEqual((await daemon.end("SIGTERM")).code, 0);
  });

  Deno.test(`makeBytecode() for PySpark ${spark.version}: a Python of another version compiles the sources`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rekindle-bytecode-" });
    const before = namesIn(spark.home);
    try {
      const path = join(folder, "0123456789abcdef");
      const place = { path, source: spark.home, python: spark.python };
      const { signal } = new AbortController();
      const outcome = await makeBytecode(place, { folder, env: {}, cwd: folder, files, children, signal });
      strictEqual(outcome.kind, "made");
      const python = async (words: readonly string[]) => {
        const { exit, stdout, stderr } = await children.run(
          { program: spark.python, args: ["-I", ...words], env: {}, cwd: folder },
          60_000,
        );
        strictEqual(exit.code, 0, stderr);
        return new TextDecoder().decode(stdout).trim();
      };
      const archives = join(path, "python/lib");
      const imported = () =>
        python([
          "-c",
          `import sys, glob; sys.path[:0] = glob.glob("${archives}/*.zip"); import pyspark.worker as w; print(w.__file__)`,
        ]);
      const archive = join(archives, "pyspark.zip");
      strictEqual(await imported(), join(archive, "pyspark/worker.pyc"));
      await python(["-c", FOREIGN, archive]);
      strictEqual(await imported(), join(archive, "pyspark/worker.py"));
      strictEqual(await Deno.realPath(join(path, "jars")), await Deno.realPath(join(spark.home, "jars")));
    } finally {
      await files.remove(folder);
    }
    ok(before.length > 100);
    strictEqual(namesIn(spark.home).length, before.length, "Spark's own home is as it was");
  });
}
