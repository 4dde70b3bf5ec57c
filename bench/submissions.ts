/**
 * Do programs notice whether `spark-submit` or `rekindle submit` has started them? Every command line by Spark's own
 * script, on a gateway of its own, and with a daemon that runs: the same output, the same exit code, and how long.
 *
 *     ./denow run -A bench/submissions.ts [--spark 3.5.7] [--only NAME]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Place, type Result, RunningDaemon } from "../tests/real/rekindle.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { byRekindle, bySpark, furnish, type Submission, SUBMISSIONS } from "../tests/real/submissions.ts";
import { columns, duration, median, say } from "./figures.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark", "only"] });
const cases = SUBMISSIONS.filter(({ name }) => name.includes(options.only ?? ""));

interface Run extends Result {
  readonly ms: number;
}

async function timed(run: Promise<Result>): Promise<Run> {
  const startMs = performance.now();
  return { ...await run, ms: performance.now() - startMs };
}

async function rowOf(place: Place, submission: Submission, daemon: boolean) {
  const spark = await timed(bySpark(place, submission));
  const ours = await timed(byRekindle(place, submission));
  const isEqual = spark.stdout === ours.stdout && spark.code === ours.code && spark.code === submission.code;
  if (!isEqual) say(JSON.stringify({ submission, spark, ours }, null, 1));
  const how = !daemon ? "own" : ours.stderr.includes("a gateway of its own") ? "own" : "daemon's";
  return { submission, spark, ours, isEqual, how };
}

let unequal = 0;
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  for (const hasDaemon of [false, true]) {
    await using place = await Place.make(spark);
    await furnish(place);
    const settings = ["--sharing", "exclusive", "--standby", "1"];
    const daemon = hasDaemon ? await RunningDaemon.start(place, settings) : null;
    const rows = [];
    for (const submission of cases) rows.push(await rowOf(place, submission, hasDaemon));
    await daemon?.end("SIGTERM");
    say();
    say(`PySpark ${spark.version}, ${hasDaemon ? "with a daemon and a standby" : "without a daemon"}`);
    say(columns([
      ["command line", "code", "spark-submit", "rekindle", "gateway", "output and code"],
      ...rows.map(({ submission, spark, ours, isEqual, how }) => [
        submission.name,
        String(ours.code),
        duration(spark.ms),
        duration(ours.ms),
        ours.stderr.includes("starting gateway") || how === "daemon's" ? how : "none",
        isEqual ? "equal" : "DIFFERENT",
      ]),
    ]));
    const ratios = rows.filter(({ how }) => how === (hasDaemon ? "daemon's" : "own"))
      .map(({ spark, ours }) => spark.ms / ours.ms);
    say(`median of spark-submit's time to rekindle's: ${median(ratios)?.toFixed(1)} (n = ${ratios.length})`);
    unequal += rows.filter(({ isEqual }) => !isEqual).length;
  }
}
say(await machineLine());
if (unequal > 0) Deno.exit(1);
