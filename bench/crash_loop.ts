/**
 * What does a gateway that dies at once do to the daemon? A minute of it: how often it is started, what the daemon
 * needs meanwhile, and how soon it answers.
 *
 *     ./denow run -A bench/crash_loop.ts [--seconds 60] [--spark 3.5.7]
 *
 * Ends with 1 when the daemon ended, went on without a pause, or left a request waiting for more than a second.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest, type StartOptions } from "./daemon_under_test.ts";
import { columns, duration, pause, percentile, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { childrenOf, cpuMs, isGateway, machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], default: { seconds: 60 } });
const ASK_MS = 20;
/** How often the daemon's children are looked at by the variant that kills them. */
const LOOK_MS = 3;
/** A daemon that starts more gateways than this in a minute has no pause between them. */
const MOST_STARTS = 60;
const SLOWEST_ANSWER_MS = 1_000;

interface Variant {
  readonly what: string;
  readonly start: StartOptions;
  /** Whether every gateway is killed as soon as its process shows. */
  readonly killed: boolean;
}

const VARIANTS: readonly Variant[] = [
  { what: "killed as soon as it appears", start: {}, killed: true },
  {
    what: "cannot start (unknown host)",
    start: { env: { SPARK_LOCAL_IP: "no.such.host" } },
    killed: false,
  },
];

/** What a minute gave. */
class Minute {
  readonly livezMs: number[] = [];
  readonly statusMs: number[] = [];
  readonly seen = new Set<number>();
  unanswered = 0;
  starts = 0;
  decision = "none";
}

async function suffer(variant: Variant, spark: SparkInstallation): Promise<string[]> {
  return await inPlace(spark, async (place) => {
    const daemon = new DaemonUnderTest(place, variant.start);
    const minute = new Minute();
    let cpu: number | null = null;
    const endMs = performance.now() + options.seconds * 1000;
    const going = () => performance.now() < endMs && daemon.exit === null;
    const watching = (async () => {
      for (; going(); await pause(LOOK_MS)) lookAtChildren(daemon, minute, variant.killed);
    })();
    for (; going(); await pause(ASK_MS)) {
      if (!await daemon.hasApi()) continue;
      await ask(daemon, minute);
      cpu = cpuMs(daemon.pid) ?? cpu;
    }
    await watching;
    const survived = daemon.exit === null;
    await daemon.end();
    const slowest = Math.max(...minute.livezMs, ...minute.statusMs);
    const well = survived && minute.unanswered === 0 && slowest <= SLOWEST_ANSWER_MS &&
      minute.starts <= MOST_STARTS;
    if (!well) say(daemon.log);
    return [
      spark.version,
      variant.what,
      `${minute.starts} (${minute.seen.size})`,
      `${((cpu ?? 0) / (options.seconds * 10)).toFixed(2)} %`,
      latencies(minute.livezMs),
      latencies(minute.statusMs),
      survived ? minute.decision : "the daemon ended",
      well ? "well" : "BADLY",
    ];
  });
}

function lookAtChildren(daemon: DaemonUnderTest, { seen }: Minute, killed: boolean): void {
  for (const pid of childrenOf(daemon.pid)) {
    if (seen.has(pid) || !isGateway(pid)) continue;
    seen.add(pid);
    try {
      if (killed) Deno.kill(pid, "SIGKILL");
    } catch {
      // Gone meanwhile.
    }
  }
}

async function ask(daemon: DaemonUnderTest, minute: Minute): Promise<void> {
  const startMs = performance.now();
  const livez = await daemon.get("/livez");
  const betweenMs = performance.now();
  const status = await daemon.status();
  minute.livezMs.push(betweenMs - startMs);
  minute.statusMs.push(performance.now() - betweenMs);
  if (livez?.code !== 200 || status === null) minute.unanswered++;
  if (status === null) return;
  minute.starts = Math.max(minute.starts, status.generation);
  const { lastIncident } = status;
  if (lastIncident !== null) {
    const { verdict, decision } = lastIncident;
    minute.decision = `${status.phase}: ${verdict.class}, ${decision.kind} (${decision.reason})`;
  }
}

function latencies(values: readonly number[]): string {
  return [50, 99, 100].map((percent) => duration(percentile(values, percent) ?? 0)).join(" / ");
}

const rows = [[
  "PySpark",
  "a gateway that",
  "starts (seen)",
  "daemon's CPU",
  "livez p50/p99/max",
  "status p50/p99/max",
  "in the end",
  "the daemon fared",
]];
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  for (const variant of VARIANTS) rows.push(await suffer(variant, spark));
}
say(`Crash loop for ${options.seconds} s (n = 1); ${machineLine()}`);
say(columns(rows));
Deno.exit(rows.some((row) => row.includes("BADLY")) ? 1 : 0);
