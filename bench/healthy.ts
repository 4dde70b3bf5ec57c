/**
 * Does the daemon leave a gateway in peace that works as hard as it can? A minute of sorts, shuffles, joins and caches
 * on both cores, on every PySpark: not one suspicion, not one restart.
 *
 *     ./denow run -A bench/healthy.ts [--seconds 60] [--spark 3.5.7]
 *
 * Ends with 1 when the daemon suspected a healthy gateway.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { Status } from "../src/api/status.ts";
import { program } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest } from "./daemon_under_test.ts";
import { columns, duration, pause, percentile, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], default: { seconds: 60 } });
const POLL_MS = 50;

/** What the status said while the program worked. */
class Watch {
  asked = 0;
  unanswered = 0;
  readonly suspicions: string[] = [];
  readonly latenciesMs: number[] = [];
  last: Status | null = null;

  see(status: Status | null): void {
    this.asked++;
    if (status === null) {
      this.unanswered++;
      return;
    }
    this.last = status;
    const { ready, health, gateway } = status;
    if (!ready || health.status !== "pass") {
      const complaints = Object.entries(health.checks).filter(([, check]) => check.status !== "pass");
      const text = complaints.map(([name, { output }]) => `${name}: ${output}`).join(", ");
      if (this.suspicions.at(-1) !== text) this.suspicions.push(text);
    }
    const { heartbeatLatencyMs } = gateway;
    // Asked more often than it beats: each beat once.
    if (heartbeatLatencyMs !== null && heartbeatLatencyMs !== this.latenciesMs.at(-1)) {
      this.latenciesMs.push(heartbeatLatencyMs);
    }
  }
}

interface Outcome {
  readonly watch: Watch;
  readonly code: number;
  readonly elapsedMs: number;
  readonly log: string;
}

async function work(spark: SparkInstallation): Promise<Outcome> {
  return await inPlace(spark, async (place) => {
    const daemon = await DaemonUnderTest.ready(place);
    const watch = new Watch();
    const startMs = performance.now();
    const job = ["exec", "--state-dir", place.stateDir, "--", "python", program("faults.py"), "heavy"];
    let code: number | null = null;
    const done = place.rekindle([...job, String(options.seconds)]).then((result) => {
      code = result.code;
    });
    while (code === null) {
      watch.see(await daemon.status());
      await pause(POLL_MS);
    }
    await done;
    const elapsedMs = performance.now() - startMs;
    await daemon.end();
    return { watch, code, elapsedMs, log: daemon.log };
  });
}

let wrong = 0;
const rows = [[
  "PySpark",
  "worked",
  "statuses",
  "suspicions",
  "restarts",
  "heartbeat p50",
  "p99",
  "greatest",
]];
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  const { watch, code, elapsedMs, log } = await work(spark);
  const restarts = (watch.last?.generation ?? 0) - 1;
  const latency = (percent: number) => duration(percentile(watch.latenciesMs, percent) ?? 0);
  rows.push([
    spark.version,
    duration(elapsedMs),
    String(watch.asked),
    String(watch.suspicions.length),
    String(restarts),
    latency(50),
    latency(99),
    latency(100),
  ]);
  const peace = watch.suspicions.length === 0 && restarts === 0 && watch.last?.lastIncident === null;
  if (peace && code === 0 && watch.unanswered === 0) continue;
  wrong++;
  say(`${spark.version}: the program ended with ${code}, ${watch.unanswered} statuses were not answered`);
  for (const suspicion of watch.suspicions) say(`  suspicion: ${suspicion}`);
  say(log);
}
say(`Heavy work for ${options.seconds} s (n = 1); ${machineLine()}`);
say(columns(rows));
say(wrong === 0 ? "verdict: left in peace" : "verdict: NOT LEFT IN PEACE");
Deno.exit(wrong === 0 ? 0 : 1);
