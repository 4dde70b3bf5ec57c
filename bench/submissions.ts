/**
 * Do programs notice whether `spark-submit` or `rekindle submit` has started them? Every command line by Spark's own
 * script, on a gateway of its own, and with a daemon that runs: the same output, the same exit code, and how long.
 *
 *     ./denow run -A bench/submissions.ts [--spark 3.5.7] [--only NAME]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
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

async function rowOf(place: Place, submission: Submission) {
  const spark = await timed(bySpark(place, submission));
  const own = await timed(byRekindle(place, submission, join(place.folder, "elsewhere")));
  const daemons = await timed(byRekindle(place, submission));
  const isEqual = [spark, own, daemons].every(({ stdout, code }) =>
    stdout === spark.stdout && code === submission.code
  );
  if (!isEqual) say(JSON.stringify({ submission, spark, own, daemons }, null, 1));
  const isRun = own.stderr.includes("starting gateway");
  const isReused = isRun && !daemons.stderr.includes("starting gateway");
  return { submission, spark, own, daemons, isEqual, isRun, isReused };
}

let unequal = 0;
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  await using place = await Place.make(spark);
  await furnish(place);
  const daemon = await RunningDaemon.start(place, ["--sharing", "exclusive", "--standby", "1"]);
  const rows = [];
  for (const submission of cases) rows.push(await rowOf(place, submission));
  await daemon.end("SIGTERM");
  say();
  say(`PySpark ${spark.version}`);
  say(columns([
    ["command line", "code", "spark-submit", "own gateway", "with a daemon", "", "output and code"],
    ...rows.map(({ submission, spark, own, daemons, isEqual, isRun, isReused }) => [
      submission.name,
      String(spark.code),
      duration(spark.ms),
      duration(own.ms),
      duration(daemons.ms),
      isReused ? "reused" : isRun ? "own" : "none",
      isEqual ? "equal" : "DIFFERENT",
    ]),
  ]));
  const ratio = (name: string, over: readonly number[]) =>
    say(`median of spark-submit's time to ${name}: ${median(over)?.toFixed(1)} (n = ${over.length})`);
  ratio(
    "that on a gateway of its own",
    rows.filter(({ isRun }) => isRun).map(({ spark, own }) => spark.ms / own.ms),
  );
  ratio(
    "that on the daemon's",
    rows.filter(({ isReused }) => isReused).map(({ spark, daemons }) => spark.ms / daemons.ms),
  );
  unequal += rows.filter(({ isEqual }) => !isEqual).length;
}
say(machineLine());
if (unequal > 0) Deno.exit(1);
