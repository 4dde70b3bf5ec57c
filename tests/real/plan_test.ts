import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import type { EventsDocument } from "../../src/api/events.ts";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";
import { SIZED_REGIONS } from "../../src/core/memory/plan.ts";
import { FLAG_OF } from "../../src/core/memory/region.ts";
import { PLATFORMS } from "./deaths.ts";
import { Place, RunningDaemon, until } from "./rekindle.ts";

/** What `plan --json` says there. */
async function planned(place: Place, ...words: readonly string[]) {
  const { code, stdout, stderr } = await place.rekindle(["plan", ...place.flags, "--json", ...words]);
  strictEqual(code, 0, stderr);
  return JSON.parse(stdout);
}

/** What `check` says is executed is what was, but for the names that a start gives. */
async function isAsChecked(place: Place, daemon: RunningDaemon, words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await place.rekindle(["check", ...place.flags, "--json", ...words]);
  strictEqual(code, 0, stderr);
  const { gateway: { pid } } = await daemon.status();
  const argv = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0").slice(0, -1);
  const general = (word: string) =>
    word.replace(/(?<=tmpdir=.*-)[^-]+$/, "XXXX").replaceAll(/(?<=[/_])g1(?=[/_])/g, "gN");
  deepStrictEqual(argv.map(general), JSON.parse(stdout).command);
}

for (const platform of ["old", "newest Java"] as const) {
  const spark = PLATFORMS[platform];
  for (const limit of [[], ["--memory-limit", "2g"]]) {
    Deno.test({
      name: `plan is what run's JVM gets, region by region: ${platform} ${limit.join(" ")}`,
      ignore: spark === null,
      fn: async () => {
        if (spark === null) throw new Error("No such Java");
        await using place = await Place.make(spark);
        const before = await planned(place, ...limit);
        deepStrictEqual([before.of, before.unknown], ["next", []]);
        const daemon = await RunningDaemon.start(place, limit);
        const { gateway: { flags }, plan } = await daemon.status();
        ok(flags);
        deepStrictEqual(plan, before.plan);
        for (const region of SIZED_REGIONS) {
          strictEqual(flags[FLAG_OF[region]], before.plan[region].bytes, region);
        }
        await isAsChecked(place, daemon, limit);
        const during = await planned(place);
        deepStrictEqual([during.of, during.plan, during.readBack], ["running", plan, {
          flags,
          differences: [],
        }]);
        strictEqual((await daemon.end("SIGTERM")).code, 0);
      },
    });
  }
}

const { old } = PLATFORMS;

Deno.test("plan knows what Spark and Java fix before anything runs, and what would become of it", async () => {
  if (old === null) throw new Error("No PySpark to test on");
  await using place = await Place.make(old);
  const fixed = ["--conf", "spark.driver.memory=700m", "--conf", "spark.driver.extraJavaOptions=-Xss2m"];
  const { basis, plan, flags } = await planned(place, ...fixed);
  deepStrictEqual(basis.pins, {
    heap: { bytes: 700 * MIB, by: "--conf spark.driver.memory" },
    stack: { bytes: 2 * MIB, by: "-Xss in the driver's Java options" },
  });
  deepStrictEqual([plan.heap.provenance, plan.stack.provenance], ["pinned", "pinned"]);
  ok(flags.includes("-Xmx700m") && !flags.includes("-Xss2m"));
  const { whatIf } = await planned(place, "--limit", "3g", "--cause", "heap-oom");
  strictEqual(whatIf.limitBytes, 3 * GIB);
  match(whatIf.deaths[0].reason, /^heap 1 GiB → 1\.81 GiB, because the last one ran out of heap$/);
  ok(whatIf.after.totalBytes <= whatIf.after.budget.jvmBytes);
  deepStrictEqual([...Deno.readDirSync(place.folder)].map(({ name }) => name).includes("state"), false);
});

Deno.test("a daemon reads its configuration again at SIGHUP, and nothing of a broken one", async () => {
  if (old === null) throw new Error("No PySpark to test on");
  await using place = await Place.make(old);
  const path = join(place.folder, "rekindle.json");
  const write = (text: string) => Deno.writeTextFile(path, text);
  await write('{"memory-mode": "suggest"}');
  const daemon = await RunningDaemon.start(place, ["--config", path]);
  const modeBecomes = async (mode: string) => {
    Deno.kill(daemon.pid, "SIGHUP");
    await until(async () => JSON.parse((await daemon.get("/v1/plan")).text).mode === mode);
  };
  await write('{"memory-mode": "off", "heap": "2g"}');
  await modeBecomes("off");
  await write('{"memory-mode": "adjust", "log-level": "error"}');
  await modeBecomes("adjust");
  await write('{"memory-mode": "off", "heep": "2g"}');
  Deno.kill(daemon.pid, "SIGHUP");
  const told = await until(async () => {
    const { events }: EventsDocument = JSON.parse((await daemon.get("/v1/events")).text);
    const reloads = events.filter((event) => event.kind === "reload");
    return reloads.length === 3 ? reloads : null;
  });
  deepStrictEqual(told.map(({ changes, pending, mistakes }) => [changes.length, pending, mistakes]), [
    [1, ["heap"], 0],
    [2, [], 0],
    [0, [], 1],
  ]);
  strictEqual((await daemon.status()).generation, 1);
  const { code, stderr } = await daemon.end("SIGTERM");
  strictEqual(code, 0, stderr);
  match(stderr, /read .*rekindle\.json again; memory-mode: suggest → off; needing/);
  match(stderr, /warn: configuration: .*; needing a restart: heap\n/);
  match(stderr, /memory-mode: off → adjust, log-level: info → error\n/);
  match(stderr, /error: Cannot use \/heep .*\n.*nothing is changed: it has 1 mistake\n$/);
});

Deno.test("a SIGHUP before the daemon is one does not end it, and is not lost", async () => {
  if (old === null) throw new Error("No PySpark to test on");
  await using place = await Place.make(old);
  const path = (name: string) => join(place.folder, name);
  // A Python that does not say where its PySpark is until the test lets it.
  const script = `#!/bin/sh\ntouch ${path("asked")}; until [ -e ${
    path("go")
  } ]; do sleep 0.05; done\nexec ${old.python} "$@"\n`;
  await Deno.writeTextFile(path("python"), script, { mode: 0o755 });
  await Deno.writeTextFile(path("rekindle.json"), '{"memory-mode": "suggest"}');
  const args = ["--config", path("rekindle.json"), "--python", path("python")];
  const starting = RunningDaemon.start(place, args);
  await until(() => Deno.stat(path("asked")).catch(() => null));
  await Deno.writeTextFile(path("rekindle.json"), '{"memory-mode": "off"}');
  const [pid] = place.processes().flatMap((line) =>
    /^(\d+) .*(?:main\.ts|rekindle\.js) run /.exec(line)?.[1] ?? []
  );
  Deno.kill(Number(pid), "SIGHUP");
  await Deno.writeTextFile(path("go"), "");
  const daemon = await starting;
  await until(async () => JSON.parse((await daemon.get("/v1/plan")).text).mode === "off");
  strictEqual((await daemon.end("SIGTERM")).code, 0);
});
