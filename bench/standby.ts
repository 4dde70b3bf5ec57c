/**
 * How soon has a program its first result from a daemon whose next gateway is warm? Plain PySpark and `exec` in turn, in
 * every round.
 *
 *     ./denow run -A bench/standby.ts [--rounds 3] [--series 6] [--spark 3.5.7] [--shapes sql,udf] [--own] [--json]
 *
 * Every program finds a gateway at rest: the daemon is given the time to have one. Times are from the program's start,
 * processor time is of the program, its JVM and its workers, and not of the warm-up before. A series is of programs that
 * follow each other at once, so that the gateways' starts and warm-ups are part of it. With `--own` gateways are warmed up
 * with the program itself.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { Place, program, ROOT, RunningDaemon } from "../tests/real/rekindle.ts";
import { hasHeadStart, rests } from "../tests/real/rest.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { columns, duration, median, say } from "./figures.ts";
import { gatewaysOf, machineLine } from "./proc.ts";
import { runShape, type ShapeRun, SHAPES } from "./shape_run.ts";

const options = parseArgs(Deno.args, {
  string: ["spark", "shapes"],
  boolean: ["json", "own"],
  default: { rounds: 3, series: 6, shapes: "sql,words,udf,arrow,parquet" },
});
const SHAPE_NAMES = (options.shapes ?? "").split(",");
const POOL = {
  REKINDLE_SHARING: "exclusive",
  REKINDLE_STANDBY: "1",
  REKINDLE_NO_ARCHIVE: "",
  REKINDLE_NO_BYTECODE: "",
};

interface Row {
  readonly spark: string;
  readonly shape: string;
  readonly plain: ShapeRun;
  readonly standby: ShapeRun;
}

/** A program that a daemon runs for a warm-up: it is given no arguments. */
async function ownWarmUp(place: Place, shape: string): Promise<string> {
  const path = join(place.folder, `${shape}.py`);
  await Deno.writeTextFile(
    path,
    `import runpy, sys\nsys.argv = ["shapes.py", "${shape}"]\nrunpy.run_path(${JSON.stringify(SHAPES)})\n`,
  );
  return path;
}

/** A daemon whose gateways start from an archive, where one can be made. */
async function settled(place: Place, args: readonly string[]): Promise<RunningDaemon> {
  const daemon = await RunningDaemon.start(place, args, POOL);
  await daemon.untilStatus((status) => rests(status) && hasHeadStart(status));
  for (let each = 0; each < 2; each++) {
    await place.exec(["--", "python", program("guest.py"), "clean"]);
    await daemon.untilStatus(rests);
  }
  return daemon;
}

/** What a series of programs takes, each started when the one before has ended. */
async function seriesOf(place: Place, words: readonly string[]): Promise<number> {
  const startMs = performance.now();
  for (let each = 0; each < options.series; each++) await runShape(place, { words, env: place.env }, []);
  return performance.now() - startMs;
}

/** One round of a shape; the daemon's next gateway is at rest before and after it. */
async function rowOf(place: Place, daemon: RunningDaemon, shape: string): Promise<Row> {
  const { env } = place;
  const plain = await runShape(place, { words: ["python", SHAPES, shape], env }, []);
  await daemon.untilStatus(rests);
  const words = [join(ROOT, "rekindle"), "exec", ...place.flags, "--", "python", SHAPES, shape];
  const standby = await runShape(place, { words, env }, gatewaysOf(place));
  await daemon.untilStatus(rests);
  return { spark: place.spark.version, shape, plain, standby };
}

/** What a series has taken, in milliseconds. */
interface Series {
  readonly plainMs: number;
  readonly standbyMs: number;
}

async function measure(spark: SparkInstallation, rows: Row[]): Promise<Series> {
  await using place = await Place.make(spark);
  const daemon = await settled(place, []);
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const shape of SHAPE_NAMES) rows.push(await rowOf(place, daemon, shape));
    }
    const attached = [join(ROOT, "rekindle"), "exec", ...place.flags, "--", "python", SHAPES, "sql"];
    const standbyMs = await seriesOf(place, attached);
    await daemon.untilStatus(rests);
    return { plainMs: await seriesOf(place, ["python", SHAPES, "sql"]), standbyMs };
  } finally {
    await daemon.end("SIGTERM");
  }
}

/** The same with a daemon for each shape that warms its gateways up with it. */
async function measureOwn(spark: SparkInstallation, rows: Row[]): Promise<void> {
  for (const shape of SHAPE_NAMES) {
    await using place = await Place.make(spark);
    const daemon = await settled(place, ["--warm-up", await ownWarmUp(place, shape)]);
    try {
      for (let round = 0; round < options.rounds; round++) rows.push(await rowOf(place, daemon, shape));
    } finally {
      await daemon.end("SIGTERM");
    }
  }
}

function tableOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ spark, shape }) => `${spark} ${shape}`))];
  return columns([
    [
      ...["PySpark", "shape", "first result", "with standby", "sooner", "exit", "with standby", "sooner"],
      ...["CPU", "with standby", "less"],
    ],
    ...names.map((name) => {
      const all = rows.filter(({ spark, shape }) => `${spark} ${shape}` === name);
      const middle = (figure: (row: Row) => number) => median(all.map(figure)) ?? NaN;
      return [
        ...name.split(" "),
        ...(["firstMs", "exitMs", "cpuMs"] as const).flatMap((figure) => [
          duration(middle(({ plain }) => plain[figure])),
          duration(middle(({ standby }) => standby[figure])),
          `${middle(({ plain, standby }) => plain[figure] / standby[figure]).toFixed(1)}x`,
        ]),
      ];
    }),
  ]);
}

for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  const rows: Row[] = [];
  const series = options.own ? null : await measure(spark, rows);
  if (options.own) await measureOwn(spark, rows);
  if (options.json) say(JSON.stringify({ machine: machineLine(), rows, series }));
  else {
    say(`PySpark ${spark.version}: medians of ${options.rounds}, factors of the pairs; ${machineLine()}`);
    say(tableOf(rows));
    if (series === null) continue;
    say(
      `${options.series} programs (sql), one behind the other: plain ${duration(series.plainMs)}, ` +
        `with a daemon ${duration(series.standbyMs)}`,
    );
  }
}
