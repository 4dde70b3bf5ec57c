import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { example, Place, program } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

for (const spark of sparkInstallations()) {
  const { version } = spark;

  Deno.test(`exec on PySpark ${version}: a program prints what it prints under plain PySpark`, async () => {
    await using place = await Place.make(spark);
    const plain = await place.plain("python", [program("everything.py")]);
    strictEqual(plain.code, 0, plain.stderr);
    const attached = await place.exec(["--", "python", program("everything.py")]);
    strictEqual(attached.code, 0, attached.stderr);
    strictEqual(attached.stdout, plain.stdout);
    match(plain.stdout, /^pandas .*'square': \[0, 1, 4, 9, 16\]/m);
    strictEqual(place.processes().join("\n"), "");
    strictEqual(place.temporary().join("\n"), "");
  });

  Deno.test(`exec on PySpark ${version}: a job that dies of 1 GiB under plain PySpark passes`, async (test) => {
    await using place = await Place.make(spark);
    await test.step("it fails under plain PySpark", async () => {
      const plain = await place.plain("python", [example("oom_job.py")]);
      strictEqual(plain.code, 1);
    });
    await test.step("it fails every time under restarts with the same heap", async () => {
      const blind = await place.exec([
        ...["--memory-mode", "off", "--retries", "1", "--log-format", "json"],
        ...["--", "python", example("oom_job.py")],
      ]);
      strictEqual(blind.code, 1);
      // Died and told of it twice; each death is told in several lines.
      match(blind.stderr, /generation 1 died: heap-oom[\s\S]*generation 2 died: heap-oom/);
      match(blind.stderr, /generation 2 with a heap of 1 GiB/);
    });
    await test.step("it passes with retries, on a JVM that really has the larger heap", async () => {
      const healed = await place.exec(["--retries", "2", "--", "python", example("oom_job.py")]);
      strictEqual(healed.code, 0, healed.stderr);
      // The program asks the JVM itself.
      match(healed.stdout, /^the largest customer has 200000 of 400000 orders \(heap 2048 MiB\)$/m);
      match(healed.stderr, /heap-oom \(exit code 3\)/);
      match(healed.stderr, /ready: generation 2, process \d+, heap 2 GiB/);
    });
    strictEqual(place.processes().join("\n"), "");
    strictEqual(place.temporary().join("\n"), "");
  });
}

const [oldest] = sparkInstallations();
if (oldest === undefined) throw new Error("No PySpark to test on");

Deno.test("exec returns the program's own exit code, and 127 and 126 as a shell does", async () => {
  await using place = await Place.make(oldest);
  strictEqual((await place.exec(["--", "sh", "-c", "exit 42"])).code, 42);
  strictEqual((await place.exec(["--", "sh", "-c", "kill -9 $$"])).code, 137);
  const missing = await place.exec(["--", "no-such-program-here"]);
  strictEqual(missing.code, 127);
  match(missing.stderr, /no such program/);
  const notExecutable = join(place.folder, "file");
  await Deno.writeTextFile(notExecutable, "");
  strictEqual((await place.exec(["--", notExecutable])).code, 126);
  strictEqual(place.temporary().join("\n"), "");
});

Deno.test("exec does not run a program again that failed by its own fault", async () => {
  await using place = await Place.make(oldest);
  const failed = await place.exec(["--retries", "5", "--", "sh", "-c", "echo once; exit 3"]);
  strictEqual(failed.code, 3);
  strictEqual(failed.stdout, "once\n");
});

Deno.test("exec passes signals on and returns what they did", async () => {
  await using place = await Place.make(oldest);
  const script = 'trap "echo got TERM; exit 7" TERM; kill -TERM $PPID; while :; do sleep 0.05; done';
  const ended = await place.exec(["--", "sh", "-c", script]);
  strictEqual(ended.stdout, "got TERM\n", ended.stderr);
  strictEqual(ended.code, 7);
});

Deno.test("exec keeps the secret out of everything it prints and keeps", async () => {
  await using place = await Place.make(oldest);
  const { stdout, stderr } = await place.exec([
    ...["--log-level", "debug", "--", "sh", "-c", "echo $PYSPARK_GATEWAY_SECRET"],
  ]);
  const secret = stdout.trim();
  match(secret, /^[0-9a-f]{64}$/);
  ok(!stderr.includes(secret));
  const kept = await place.plain("grep", ["-r", "-l", secret, place.stateDir]);
  strictEqual(kept.stdout, "");
});
