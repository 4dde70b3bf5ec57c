/**
 * How soon has a program its first result from a daemon whose next gateway is warm, and how soon is a program answered
 * whose predecessor's gateway was killed? Plain PySpark and `exec` in turn, in every round.
 *
 *     ./denow run -A bench/standby.ts [--rounds 3] [--kills 5] [--series 6] [--spark 3.5.7] [--shapes sql,udf] [--json]
 *
 * Every program finds a gateway at rest: the daemon is given the time to have one. Times are from the program's start. A
 * series is of programs that follow each other at once, so that the gateways' starts and warm-ups are part of it.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import type { Status } from "../src/api/status.ts";
import { Py4jClient } from "../src/gateway/py4j.ts";
import { dialer } from "../src/runtime/net.ts";
import { Place, program, ROOT, RunningDaemon } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { columns, duration, median, say } from "./figures.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, {
  string: ["spark", "shapes"],
  boolean: ["json"],
  default: { rounds: 3, kills: 5, series: 6, shapes: "sql,words,udf,arrow,parquet" },
});
const SHAPES = fromFileUrl(new URL("shapes.py", import.meta.url));
const POOL = { REKINDLE_SHARING: "exclusive", REKINDLE_STANDBY: "1", REKINDLE_NO_ARCHIVE: "" };

/** One run of a program. Times are from its start, in milliseconds. */
interface Run {
  readonly firstMs: number;
  readonly exitMs: number;
}

interface Row {
  readonly spark: string;
  readonly shape: string;
  readonly plain: Run;
  readonly standby: Run;
}

function rests({ pool: { seats } }: Status): boolean {
  return seats.length === 2 && seats.every(({ warmth, programs }) => warmth === "warm" && programs === 0);
}

async function run(place: Place, words: readonly string[]): Promise<Run> {
  const [name = "", ...args] = words;
  const startMs = performance.now();
  const child = new Deno.Command(name, {
    ...{ args, cwd: place.folder, env: place.env, clearEnv: true },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  const errors = new Response(child.stderr).text();
  let firstMs = 0;
  for await (const _ of child.stdout) firstMs ||= performance.now() - startMs;
  const { code } = await child.status;
  if (code !== 0) throw new Error(await errors);
  await errors;
  return { firstMs, exitMs: performance.now() - startMs };
}

/** A daemon whose gateways start from an archive, where one can be made. */
async function settled(place: Place): Promise<RunningDaemon> {
  const daemon = await RunningDaemon.start(place, [], POOL);
  await daemon.untilStatus((status) => rests(status) && !/none yet|being made/.test(status.archive));
  for (let each = 0; each < 2; each++) {
    await place.exec(["--", "python", program("guest.py"), "clean"]);
    await daemon.untilStatus(rests);
  }
  return daemon;
}

/** From the kill of the gateway that a program has to the first answer to the next program. */
async function takeover(place: Place, daemon: RunningDaemon): Promise<number> {
  await daemon.untilStatus(rests);
  const victim = place.exec(["--", "python", program("guest.py"), "stays-until-killed"]);
  const { gateway } = await daemon.untilStatus(({ pool }) => pool.next === "busy");
  const headers = { authorization: `Bearer ${daemon.token}` };
  const lease = JSON.parse((await daemon.get("/v1/leases", { method: "POST", headers })).text);
  const startMs = performance.now();
  Deno.kill(gateway.pid ?? 0, "SIGKILL");
  const signal = new AbortController().signal;
  using client = await Py4jClient.connect({ dialer, signal, port: lease.port, secret: lease.secret });
  await client.call("java.lang.System", "currentTimeMillis", { signal });
  const tookMs = performance.now() - startMs;
  await daemon.get(`/v1/leases/${lease.id}`, { method: "DELETE", headers });
  await victim;
  return tookMs;
}

/** What a series of programs takes, each started when the one before has ended. */
async function seriesOf(place: Place, words: readonly string[]): Promise<number> {
  const startMs = performance.now();
  for (let each = 0; each < options.series; each++) await run(place, words);
  return performance.now() - startMs;
}

/** What one Spark has shown. */
interface Measured {
  readonly takeovers: readonly number[];
  readonly series: { readonly plainMs: number; readonly standbyMs: number };
}

async function measure(spark: SparkInstallation, rows: Row[]): Promise<Measured> {
  await using place = await Place.make(spark);
  const daemon = await settled(place);
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const shape of (options.shapes ?? "").split(",")) {
        const plain = await run(place, ["python", SHAPES, shape]);
        await daemon.untilStatus(rests);
        const words = [join(ROOT, "rekindle"), "exec", ...place.flags, "--", "python", SHAPES, shape];
        rows.push({ spark: spark.version, shape, plain, standby: await run(place, words) });
        await daemon.untilStatus(rests);
      }
    }
    const takeovers: number[] = [];
    while (takeovers.length < options.kills) takeovers.push(await takeover(place, daemon));
    await daemon.untilStatus(rests);
    const attached = [join(ROOT, "rekindle"), "exec", ...place.flags, "--", "python", SHAPES, "sql"];
    const standbyMs = await seriesOf(place, attached);
    await daemon.untilStatus(rests);
    const plainMs = await seriesOf(place, ["python", SHAPES, "sql"]);
    return { takeovers, series: { plainMs, standbyMs } };
  } finally {
    await daemon.end("SIGTERM");
  }
}

function tableOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ spark, shape }) => `${spark} ${shape}`))];
  return columns([
    ["PySpark", "shape", "first result", "with standby", "sooner", "exit", "with standby", "sooner"],
    ...names.map((name) => {
      const all = rows.filter(({ spark, shape }) => `${spark} ${shape}` === name);
      const middle = (figure: (row: Row) => number) => median(all.map(figure)) ?? NaN;
      return [
        ...name.split(" "),
        ...(["firstMs", "exitMs"] as const).flatMap((figure) => [
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
  const { takeovers, series } = await measure(spark, rows);
  if (options.json) say(JSON.stringify({ machine: machineLine(), rows, takeovers, series }));
  else {
    say(`PySpark ${spark.version}: medians of ${options.rounds}, factors of the pairs; ${machineLine()}`);
    say(tableOf(rows));
    say(
      `kill to the next program's first answer, ${takeovers.length} times: ` +
        takeovers.map((ms) => duration(ms)).join(", "),
    );
    say(
      `${options.series} programs (sql), one behind the other: plain ${duration(series.plainMs)}, ` +
        `with a daemon ${duration(series.standbyMs)}`,
    );
  }
}
