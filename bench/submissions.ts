/**
 * Do programs notice whether `spark-submit` or `rekindle submit` has started them? Every command line by Spark's own
 * script, on a gateway of its own, and with a daemon that runs: the same output, the same exit code, and how long.
 *
 *     ./denow run -A bench/submissions.ts [--spark 3.5.7] [--only PATTERN]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { Place, type Result, RunningDaemon } from "../tests/real/rekindle.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { byRekindle, bySpark, furnish, type Submission, SUBMISSIONS } from "../tests/real/submissions.ts";
import { duration, median, say } from "./figures.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark", "only"] });
const cases = SUBMISSIONS.filter(({ name }) => new RegExp(options.only ?? "").test(name));

interface Run extends Result {
  readonly ms: number;
}

async function timed(run: Promise<Result>): Promise<Run> {
  const startMs = performance.now();
  return { ...await run, ms: performance.now() - startMs };
}

interface Row {
  readonly submission: Submission;
  readonly spark: Run;
  /** `null` when it is not asked for apart. */
  readonly own: Run | null;
  /** `null` when the daemon's gateway would not do. */
  readonly daemons: Run | null;
  readonly isEqual: boolean;
}

/** Without what no two runs have in common: the time, and the number that Py4J gives an object. */
function comparable(output: string): string {
  return output.replaceAll(/"ts": "[^"]*"|\bcalling o\d+/g, "");
}

async function rowOf(place: Place, submission: Submission): Promise<Row> {
  const spark = await timed(bySpark(place, submission));
  const first = await timed(byRekindle(place, submission));
  const isOwn = first.stderr.includes("a gateway of its own");
  const second = isOwn ? null : await timed(byRekindle(place, submission, join(place.folder, "elsewhere")));
  const runs = [spark, first, ...(second === null ? [] : [second])];
  const isEqual = runs.every(({ stdout, code }) =>
    comparable(stdout) === comparable(spark.stdout) && code === submission.code
  );
  if (!isEqual) say(JSON.stringify({ submission, runs }, null, 1));
  return { submission, spark, own: isOwn ? first : second, daemons: isOwn ? null : first, isEqual };
}

let unequal = 0;
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  await using place = await Place.make(spark);
  await furnish(place);
  const daemon = await RunningDaemon.start(place, ["--sharing", "exclusive", "--standby", "1"]);
  say(`PySpark ${spark.version}`);
  const table = (cells: readonly string[]) =>
    say(cells.map((cell, at) => cell.padEnd(at === 0 ? 44 : 14)).join("").trimEnd());
  table(["command line", "code", "spark-submit", "own gateway", "the daemon's", "output and code"]);
  const rows: Row[] = [];
  for (const submission of cases) {
    const row = await rowOf(place, submission);
    const [own, daemons] = [row.own, row.daemons].map((run) => run === null ? "" : duration(run.ms));
    const verdict = row.isEqual ? "equal" : "DIFFERENT";
    table([submission.name, `${row.spark.code}`, duration(row.spark.ms), own ?? "", daemons ?? "", verdict]);
    rows.push(row);
  }
  await daemon.end("SIGTERM");
  const ratio = (name: string, run: (row: Row) => Run | null) => {
    const over = rows.flatMap((row) => {
      const ours = run(row);
      // What is refused before there is a gateway is no measure of one.
      return ours === null || row.spark.stdout === "" ? [] : [row.spark.ms / ours.ms];
    });
    say(`median of spark-submit's time to that on ${name}: ${median(over)?.toFixed(1)} (n = ${over.length})`);
  };
  ratio("a gateway of its own", ({ own }) => own);
  ratio("the daemon's", ({ daemons }) => daemons);
  unequal += rows.filter(({ isEqual }) => !isEqual).length;
}
say(machineLine());
if (unequal > 0) Deno.exit(1);
