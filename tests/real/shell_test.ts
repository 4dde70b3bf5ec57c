import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { Place, program, ROOT, RunningDaemon } from "./rekindle.ts";
import type { Result } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

/** A session of a person with the shell: a job, one that is interrupted, another job, the end. */
async function session(
  place: Place,
  { prompt, env = {} }: { readonly prompt: string; readonly env?: Record<string, string> },
): Promise<Result> {
  const mark = join(await Deno.makeTempDir({ dir: place.folder }), "begun");
  const endless = `sc.parallelize([0], 1).foreach(lambda _: (open(${
    JSON.stringify(mark)
  }, "w").close(), __import__("time").sleep(100000)))`;
  const steps = [
    [prompt, "spark.range(5).count()\n"],
    ["5\r\n", ""],
    [prompt, `${endless}\n`],
    // What is told of it is PySpark's: a KeyboardInterrupt, or with 3.5 an error of Py4J, which is not made for this.
    [mark, "\x03"],
    [prompt, 'spark.range(7).count(), "still here"\n'],
    ["(7, 'still here')", ""],
    [prompt, "exit()\n"],
  ];
  const words = [program("at_terminal.py"), JSON.stringify(steps), join(ROOT, "rekindle"), "shell"];
  return await place.plain("python", [...words, "--state-dir", place.stateDir, "--api", "127.0.0.1:0"], {
    TERM: "dumb",
    ...env,
  });
}

/** The variables by which the shell is IPython's, and its prompt; the plain one's where it cannot be installed. */
async function withIPython(place: Place) {
  const folder = join(place.folder, "ipython");
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  const { code } = await place.plain("python", [...pip, "--retries", "0", "--target", folder, "ipython"]);
  if (code !== 0) return { name: "the plain shell, for there is no IPython to be had", prompt: ">>> " };
  const env = {
    PYSPARK_DRIVER_PYTHON_OPTS: "-m IPython --simple-prompt --no-confirm-exit",
    PYTHONPATH: folder,
  };
  return { name: "IPython", prompt: "]: ", env };
}

for (const spark of sparkInstallations()) {
  const { version } = spark;

  Deno.test(`shell on PySpark ${version}: at a terminal, with Ctrl-C, on a gateway of its own and a daemon's`, async (test) => {
    await using place = await Place.make(spark);
    const works = ({ code, stdout, stderr }: Result) => {
      strictEqual(code, 0, stdout + stderr);
      match(
        stdout,
        new RegExp(`Welcome to[^]*version ${version.replaceAll(".", "\\.")}[^]*SparkSession available`),
      );
    };
    await test.step("the plain shell on a gateway of its own", async () => {
      works(await session(place, { prompt: ">>> " }));
    });
    strictEqual(place.processes().join("\n"), "");
    const daemon = await RunningDaemon.start(place, ["--sharing", "exclusive"]);
    const { name, ...how } = await withIPython(place);
    await test.step(`${name} on a daemon's gateway`, async () => {
      const told = await session(place, how);
      works(told);
      ok(!told.stdout.includes("starting gateway"), told.stdout);
      strictEqual((await daemon.status()).lastIncident, null);
    });
    strictEqual((await daemon.end("SIGTERM")).code, 0);
    strictEqual(place.processes().join("\n"), "");
    strictEqual(place.temporary().join("\n"), "");
  });
}
