import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { describeExit } from "../../src/core/diagnosis/ending.ts";
import { isKept } from "../../src/incident/finding.ts";
import { type Artifact, type Manifest, MANIFEST_FILE, readManifest } from "../../src/incident/manifest.ts";
import { type Death, type Platform, PLATFORMS, type Run } from "./deaths.ts";
import { LAUNCH_DEATHS } from "./launch_deaths.ts";
import { Place, ROOT, RunningDaemon } from "./rekindle.ts";
import { RUNNING_DEATHS } from "./running_deaths.ts";

/** What every incident of a gateway that was started holds. */
const ALWAYS = ["stdout.txt", "stderr.txt", "command.txt", "machine.txt", "cgroup.txt"];
/** Where the lines of each source stand. */
const FILES: Readonly<Record<string, string>> = {
  stdout: "stdout.txt",
  stderr: "stderr.txt",
  hs_err: "hs_err.log",
};

for (const death of [...RUNNING_DEATHS, ...LAUNCH_DEATHS]) {
  for (const platform of death.on ?? ["old"]) {
    const spark = PLATFORMS[platform];
    const where = spark === null
      ? platform
      : `PySpark ${spark.version}${platform === "newest Java" ? " on the newest Java" : ""}`;
    Deno.test({
      name:
        `every kind of death is named rightly, and its incident holds the evidence: ${death.kind}, ${where}`,
      ignore: spark === null || death.known !== undefined || death.possible?.() === false,
      fn: async () => {
        if (spark === null) throw new Error("No such Java");
        await using place = await Place.make(spark);
        await using stack = new AsyncDisposableStack();
        const run = typeof death.run === "function" ? await death.run({ place, stack }) : death.run;
        const told = await (death.outlived ? beside(place, run) : within(place, run));
        const { folder, manifest } = await onlyIncident(place, told);
        check(death, platform, manifest);
        await checkEvidence(folder, manifest);
        checkKept(death, manifest.artifacts ?? []);
        strictEqual(place.processes().join("\n"), "");
      },
    });
  }
}

/** Runs it in an `exec` with a gateway of its own; returns what that says. */
async function within(
  place: Place,
  { flags = [], env = {}, command = ["true"], group }: Run,
): Promise<string> {
  const words = [
    join(ROOT, "rekindle"),
    ...["exec", ...place.flags, "--restart", "never", ...flags, "--", ...command],
  ];
  const [name = "", ...args] = group === undefined ? words : group.enter(words);
  const { code, stderr } = await place.plain(name, args, env);
  notStrictEqual(code, 0, stderr);
  return stderr;
}

/** Runs it beside a daemon, until the daemon has had enough of the gateway. */
async function beside(place: Place, { flags = [], command = ["true"] }: Run): Promise<string> {
  const daemon = await RunningDaemon.start(place, ["--restart", "never", ...flags]);
  const { stderr } = await place.exec(["--", ...command]);
  await daemon.untilStatus(({ lastIncident }) => lastIncident !== null);
  return stderr + (await daemon.end("SIGTERM")).stderr;
}

async function onlyIncident(place: Place, told: string): Promise<{ folder: string; manifest: Manifest }> {
  const incidents = join(place.stateDir, "incidents");
  const ids = await Array.fromAsync(Deno.readDir(incidents), ({ name }) => name).catch(() => []);
  strictEqual(ids.length, 1, told);
  const folder = join(incidents, ids[0] ?? "");
  const manifest = readManifest(JSON.parse(await Deno.readTextFile(join(folder, MANIFEST_FILE))));
  if (typeof manifest === "string") throw new Error(manifest);
  return { folder, manifest };
}

function check({ exit, is, confidence, says }: Death, platform: Platform, manifest: Manifest): void {
  const { verdict } = manifest;
  const all = JSON.stringify(verdict, null, 2);
  strictEqual(verdict.class, is, all);
  strictEqual(verdict.confidence, confidence ?? verdict.confidence, all);
  strictEqual(verdict.fatal, true, all);
  strictEqual(describeExit(manifest.exit), typeof exit === "string" ? exit : exit[platform], all);
  match(verdict.remedy, /\w/);
  ok(says === undefined || verdict.evidence.some(({ text }) => says.test(text)), all);
}

/** Whoever looks up a line of the evidence finds it where it is said to stand. */
async function checkEvidence(folder: string, { verdict, artifacts }: Manifest): Promise<void> {
  for (const { source, line, text } of verdict.evidence) {
    const name = FILES[source];
    if (name === undefined || line === null) continue;
    const reason = artifacts?.find((each) => each.name === name)?.reason ?? "";
    const first = Number(/begins with line (\d+)/.exec(reason)?.[1] ?? 1);
    const lines = (await Deno.readTextFile(join(folder, name))).split("\n");
    strictEqual(lines[line - first], text, `${name} line ${line}`);
  }
}

function checkKept({ kept = [], neverRan }: Death, artifacts: readonly Artifact[]): void {
  const there = artifacts.filter(isKept).map(({ name }) => name);
  const wanted = [...ALWAYS, ...neverRan ? [] : ["gc.log"], ...kept];
  deepStrictEqual(wanted.filter((name) => !there.includes(name)), [], JSON.stringify(artifacts, null, 2));
}
