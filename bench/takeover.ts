/**
 * How soon is there a gateway again after `kill -9`, with one that stands by and without, beside the time that
 * `spark-submit` takes to its hand-shake? The three in turn in every round.
 *
 *     ./denow run -A bench/takeover.ts [--rounds 7] [--spark 3.5.7]
 *
 * Ends with 1 when the median with a standby is above 100 ms, or that of the pairs without above 0.55.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { awaitHandshake } from "../src/gateway/handshake.ts";
import { clock } from "../src/runtime/clock.ts";
import { files } from "../src/runtime/files.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import type { SparkInstallation } from "../tests/real/spark_installations.ts";
import { columns, duration, median, pause, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { machineLine } from "./proc.ts";
import { rekindle, withArchive } from "./rivals/rekindle.ts";
import type { Keeps } from "./rivals/rival.ts";
import { killAndWait } from "./rows/kill.ts";

const options = parseArgs(Deno.args, { string: ["spark"], default: { rounds: 7 } });
const TAKEOVER_MS = 100;
const COLD_SHARE = 0.55;
/** What has ended takes processor time a little longer. */
const QUIET_MS = 2_000;

async function submitMs(spark: SparkInstallation): Promise<number> {
  return await inPlace(spark, async ({ folder, env }) => {
    const path = join(folder, "handshake");
    const beginMs = performance.now();
    const child = new Deno.Command(join(spark.home, "bin/spark-submit"), {
      args: ["pyspark-shell"],
      env: { ...env, _PYSPARK_DRIVER_CONN_INFO_PATH: path },
      ...{ cwd: folder, clearEnv: true, stdin: "piped", stdout: "null", stderr: "null" } as const,
    }).spawn();
    const ended = new AbortController();
    void child.status.then(() => ended.abort());
    const handshake = await awaitHandshake(path, { files, clock }, ended.signal);
    const elapsedMs = performance.now() - beginMs;
    await child.stdin.close();
    await child.status;
    if (handshake === null) throw new Error("spark-submit ended before its hand-shake");
    return elapsedMs;
  });
}

async function usableMs(spark: SparkInstallation, keeps: Keeps, archived: string): Promise<number> {
  return await inPlace(
    spark,
    (place) =>
      rekindle(archived).keep(place, { keeps, breakable: false }, async (keeper) => {
        const { usable } = await killAndWait(keeper);
        if (usable === null) throw new Error("No gateway came back");
        return usable;
      }),
  );
}

const rows: string[][] = [];
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  const submits: number[] = [];
  const colds: number[] = [];
  const takeovers: number[] = [];
  await withArchive(spark, async (archived) => {
    for (let round = 0; round < options.rounds; round++) {
      await pause(QUIET_MS);
      submits.push(await submitMs(spark));
      colds.push(await usableMs(spark, "one gateway", archived));
      takeovers.push(await usableMs(spark, "by default", archived));
    }
  });
  const shares = colds.map((ms, round) => ms / (submits[round] ?? NaN));
  const spread = (all: readonly number[], show: (value: number) => string) =>
    `${show(median(all) ?? NaN)} (${show(Math.min(...all))} to ${show(Math.max(...all))})`;
  rows.push([
    spark.version,
    ...[submits, colds].map((all) => spread(all, duration)),
    spread(shares, (share) => share.toFixed(2)),
    spread(takeovers, duration),
  ]);
  if ((median(shares) ?? NaN) > COLD_SHARE || (median(takeovers) ?? NaN) > TAKEOVER_MS) Deno.exitCode = 1;
}
say(`Medians of ${options.rounds} (least to most); ${machineLine()}`);
say(columns([["PySpark", "spark-submit", "cold", "share of it", "with standby"], ...rows]));
