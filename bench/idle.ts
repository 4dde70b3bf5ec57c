/**
 * What does a daemon cost that has nothing to do, and how much of that is Deno? Processor time, memory and how often it
 * is woken, on every PySpark; before it a bare daemon (bare_daemon.ts), and ours without its bundle.
 *
 *     ./denow run -A bench/idle.ts [--seconds 60] [--spark 3.5.7]
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest, FROM_SOURCES, REKINDLE } from "./daemon_under_test.ts";
import { columns, mebibytes, pause, say } from "./figures.ts";
import { cleaned, inPlace } from "./lifetime.ts";
import { cpuMs, holdingsOf, machineLine, wakesOf } from "./proc.ts";

const options = parseArgs(Deno.args, { default: { seconds: 60 }, string: ["spark"] });
const seconds = Number(options.seconds);
/** What belongs to the start is over by then. */
const SETTLED_MS = 5_000;

const rows = [["", "process", "CPU of one core", "wakes/s", "RSS", "anonymous", "PSS", "fds", "threads"]];

/** Watches processes that do nothing, and adds a row for each. */
async function watch(label: string, processes: readonly (readonly [string, number])[]): Promise<void> {
  await pause(SETTLED_MS);
  const before = processes.map(([, pid]) => ({ cpuMs: cpuMs(pid) ?? 0, wakes: wakesOf(pid) }));
  const startMs = performance.now();
  await pause(seconds * 1000);
  const elapsedMs = performance.now() - startMs;
  processes.forEach(([name, pid], index) => {
    const percent = ((cpuMs(pid) ?? 0) - (before[index]?.cpuMs ?? 0)) / elapsedMs * 100;
    const wakes = (wakesOf(pid) - (before[index]?.wakes ?? 0)) / elapsedMs * 1000;
    const { rssBytes, anonBytes, pssBytes, fds, threads } = holdingsOf(pid);
    const sizes = [rssBytes, anonBytes, pssBytes].map(mebibytes);
    rows.push([label, name, `${percent.toFixed(2)} %`, wakes.toFixed(1), ...sizes, `${fds}`, `${threads}`]);
  });
}

/** A bare daemon, started as ours is. */
async function watchBare(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bare-" });
  const flags = ["--no-config", "--no-lock", "--unstable-net", "--v8-flags=--max-semi-space-size=1"];
  const program = fromFileUrl(new URL("./bare_daemon.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, program, folder],
    stdin: "null",
  }).spawn();
  const end = async () => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  await cleaned(end, () => watch("Deno", [["bare daemon", child.pid]]));
}

await watchBare();
for (const spark of sparkInstallations().filter(({ version }) => version.startsWith(options.spark ?? ""))) {
  for (const [name, command] of [["from sources", FROM_SOURCES], ["rekindle", REKINDLE]] as const) {
    await inPlace(spark, async (place) => {
      const daemon = await DaemonUnderTest.ready(place, { command });
      const gateway = (await daemon.status())?.gateway.pid ?? 0;
      await watch(spark.version, [[name, daemon.pid], ["its JVM", gateway]]);
      await daemon.end();
    });
  }
}
say(`Idle for ${seconds} s (n = 1); ${machineLine()}`);
say(columns(rows));
