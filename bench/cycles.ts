/**
 * Does a daemon grow with the deaths of its gateway? One daemon, `kill -9` of the JVM again and again, each time as
 * soon as the new one has proven its health, which is when the daemon forgets the deaths before.
 *
 *     ./denow run -A bench/cycles.ts [--cycles 200] [--every 20] [--spark 3.5.7]
 *
 * Ends with 1 when the daemon holds more at the end than after the first cycles.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import type { Place } from "../tests/real/rekindle.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest, provesUsable } from "./daemon_under_test.ts";
import { columns, duration, mebibytes, median, pause, percentile, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { type Holdings, holdingsOf, machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], default: { cycles: 200, every: 20 } });
/** Thirty beats prove health: with this period within a second. */
const HEARTBEAT = ["--heartbeat", "0.02"];
const RETURN_MS = 60_000;
/** What a death leaves to do is done by then. */
const SETTLED_MS = 3_000;
/** Between two looks at an unchanged daemon its memory moves by this much with the collector's mood. */
const RSS_SWING_BYTES = 12 * 2 ** 20;
/** Incidents beyond this many are removed (src/incident/store.ts). */
const KEPT_INCIDENTS = 50;

interface Sample extends Holdings {
  readonly cycle: number;
  readonly temporary: number;
  readonly runtime: number;
  readonly logs: number;
  readonly incidents: number;
}

function entries(folder: string): number {
  return [...Deno.readDirSync(folder)].length;
}

function sampleOf(cycle: number, daemon: DaemonUnderTest, place: Place): Sample {
  const { stateDir } = place;
  return {
    cycle,
    ...holdingsOf(daemon.pid),
    temporary: place.temporary().length,
    runtime: entries(join(stateDir, "run")),
    logs: entries(join(stateDir, "log")),
    incidents: entries(join(stateDir, "incidents")),
  };
}

function row(sample: Sample): string[] {
  const { cycle, fds, threads, rssBytes, pssBytes, children, temporary, runtime, logs, incidents } = sample;
  const counts = [children, temporary, runtime, logs, incidents];
  return [cycle, fds, threads, mebibytes(rssBytes), mebibytes(pssBytes), ...counts].map(String);
}

/** Each thing of which there is more in the last sample than there may be. */
function growth(first: Sample, last: Sample): string[] {
  const names = ["fds", "threads", "children", "temporary", "runtime", "logs"] as const;
  return [
    ...names.filter((name) => last[name] > first[name]).map((name) =>
      `${name} ${first[name]} → ${last[name]}`
    ),
    ...(last.rssBytes > first.rssBytes + RSS_SWING_BYTES
      ? [`RSS ${mebibytes(first.rssBytes)} → ${mebibytes(last.rssBytes)}`]
      : []),
    ...(last.incidents > KEPT_INCIDENTS ? [`${last.incidents} incidents are kept`] : []),
  ];
}

const [spark] = sparkInstallations().filter(({ version }) =>
  options.spark === undefined || version === options.spark
);
if (spark === undefined) throw new Error(`There is no PySpark ${options.spark}`);
const grown = await inPlace(spark, async (place) => {
  say(`kill -9 of the gateway of PySpark ${spark.version}, ${options.cycles} times; ${machineLine()}`);
  const daemon = await DaemonUnderTest.ready(place, { args: HEARTBEAT });
  const returnsMs: number[] = [];
  const samples: Sample[] = [];
  say(
    columns([["cycle", "fds", "threads", "RSS", "PSS", "children", "temp", "runtime", "logs", "incidents"]]),
  );
  for (let cycle = 1; cycle <= options.cycles; cycle++) {
    const before = await daemon.until(({ ready, health }) => ready && health.status === "pass", RETURN_MS);
    if (before?.gateway.pid == null) throw new Error(`No proven gateway in cycle ${cycle}:\n${daemon.log}`);
    const { generation } = before;
    const killedMs = performance.now();
    Deno.kill(before.gateway.pid, "SIGKILL");
    const back = await daemon.until(
      (status) => status.generation > generation && status.ready && provesUsable(status),
      RETURN_MS,
    );
    if (back === null) throw new Error(`The gateway did not come back in cycle ${cycle}:\n${daemon.log}`);
    returnsMs.push(performance.now() - killedMs);
    if (back.generation !== generation + 1) say(`cycle ${cycle}: ${back.generation - generation} starts`);
    if (cycle % options.every !== 0) continue;
    await pause(SETTLED_MS);
    const sample = sampleOf(cycle, daemon, place);
    samples.push(sample);
    say(row(sample).join("  "));
  }
  const [first, last] = [samples[0], samples.at(-1)];
  const times = [50, 95, 100].map((percent) => duration(percentile(returnsMs, percent) ?? 0));
  say(`usable again: median ${duration(median(returnsMs) ?? 0)}, p95 ${times[1]}, greatest ${times[2]}`);
  const { code } = await daemon.end();
  const left = [...place.processes(), ...place.temporary()];
  return [
    ...(first === undefined || last === undefined ? [] : growth(first, last)),
    ...(code === 0 ? [] : [`the daemon ended with ${code}`]),
    ...left.map((each) => `left behind: ${each}`),
  ];
});
for (const line of grown) say(`  ${line}`);
say(grown.length === 0 ? "verdict: no growth" : "verdict: GROWTH");
Deno.exit(grown.length === 0 ? 0 : 1);
