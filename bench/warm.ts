/**
 * How much sooner does a program have its first result from a gateway that is warmed up, and from one that starts from a
 * class-data archive? Six shapes of a small program, each case in turn in every round.
 *
 *     ./denow run -A bench/warm.ts [--rounds 5] [--spark 3.5.7] [--shapes sql,udf] [--json]
 *
 * With `--json` every measurement is a line of its own, printed when it is made.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { ArchiveFolder } from "../src/gateway/archive.ts";
import { trainArchive } from "../src/gateway/archive_training.ts";
import { warmUp } from "../src/gateway/warm_up.ts";
import { findWorkerPython } from "../src/gateway/warm_up_python.ts";
import { children } from "../src/runtime/child.ts";
import { clock } from "../src/runtime/clock.ts";
import { files } from "../src/runtime/files.ts";
import { dialer } from "../src/runtime/net.ts";
import { ArchiveScene, type StartedGateway } from "../tests/real/archive_scene.ts";
import { Place } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { columns, duration, median, say } from "./figures.ts";
import { cpuMs, machineLine } from "./proc.ts";
import { runShape, type ShapeRun, SHAPES } from "./shape_run.ts";

const options = parseArgs(Deno.args, {
  string: ["spark", "shapes"],
  boolean: ["json"],
  default: { rounds: 5, shapes: "sql,rows,words,udf,arrow,parquet" },
});

/** One start of a gateway, and a program attached to it. */
interface Start {
  readonly handshakeMs: number;
  /** Of the JVM to its hand-shake. */
  readonly handshakeCpuMs: number;
  readonly run: ShapeRun;
}

/** One shape in one round. */
interface Round {
  readonly spark: string;
  readonly shape: string;
  readonly plain: ShapeRun;
  readonly warmed: ShapeRun;
  readonly warmUpMs: number;
  readonly warmUpCpuMs: number;
}

/** One pair of starts. */
interface Pair {
  readonly spark: string;
  readonly without: Start;
  readonly with: Start;
}

async function run(
  spark: SparkInstallation,
  shape: string,
  gateway: StartedGateway | null,
): Promise<ShapeRun> {
  await using place = await Place.make(spark);
  const way = gateway === null ? {} : {
    PYSPARK_GATEWAY_PORT: String(gateway.handshake.port),
    PYSPARK_GATEWAY_SECRET: gateway.handshake.secret(),
    // The gateway's own PATH may lead to another.
    PYSPARK_PYTHON: spark.python,
  };
  const command = { words: [spark.python, SHAPES, shape], env: { ...place.env, ...way } };
  return await runShape(place, command, gateway === null ? [] : [gateway.pid]);
}

async function startAndRun(
  scene: ArchiveScene,
  spark: SparkInstallation,
  flags: readonly string[],
): Promise<Start> {
  await using gateway = await scene.start(flags);
  const handshakeCpuMs = cpuMs(gateway.pid) ?? 0;
  return { handshakeMs: gateway.handshakeMs, handshakeCpuMs, run: await run(spark, "sql", gateway) };
}

async function warmAndRun(
  scene: ArchiveScene,
  { spark, shape, flags }: { spark: SparkInstallation; shape: string; flags: readonly string[] },
) {
  await using gateway = await scene.start(flags);
  const { port } = gateway.handshake;
  const way = { dialer, port, secret: gateway.handshake.secret() };
  const signal = new AbortController().signal;
  const env = Deno.env.toObject();
  const before = { ms: performance.now(), cpu: cpuMs(gateway.pid) ?? 0 };
  const { folder } = gateway;
  const worker = await findWorkerPython(spark, { env, cwd: folder, children });
  await warmUp({ ...way, clock, files, scratch: folder, cwd: folder, worker, signal });
  return {
    warmUpMs: performance.now() - before.ms,
    warmUpCpuMs: (cpuMs(gateway.pid) ?? 0) - before.cpu,
    warmed: await run(spark, shape, gateway),
  };
}

/** The flags of an archive made for this. */
async function archiveFlags(scene: ArchiveScene): Promise<readonly string[]> {
  const archives = new ArchiveFolder(join(scene.folder, "archive"), files);
  const asked = await archives.decide(scene.request());
  if (asked.kind === "train") await trainArchive(scene.training(archives, asked.key));
  const decision = await archives.decide(scene.request());
  if (decision.kind !== "use") throw new Error(`No archive: ${decision.reason}`);
  return decision.flags;
}

function middle<T>(all: readonly T[], figure: (one: T) => number): number {
  return median(all.map(figure)) ?? NaN;
}

function times(factor: number): string {
  return `${factor.toFixed(1)}x`;
}

function warmedTable(rounds: readonly Round[]): string {
  const shapes = [...new Set(rounds.map(({ spark, shape }) => `${spark} ${shape}`))];
  const rows = shapes.map((name) => {
    const all = rounds.filter(({ spark, shape }) => `${spark} ${shape}` === name);
    const three = (figure: keyof ShapeRun) => [
      duration(middle(all, ({ plain }) => plain[figure])),
      duration(middle(all, ({ warmed }) => warmed[figure])),
      times(middle(all, ({ plain, warmed }) => plain[figure] / warmed[figure])),
    ];
    return [...name.split(" "), ...three("firstMs"), ...three("exitMs"), ...three("cpuMs")];
  });
  const triple = (what: string) => [what, "warmed", "sooner"];
  return columns([
    ["PySpark", "shape", ...triple("first"), ...triple("exit"), "CPU", "warmed", "less"],
    ...rows,
  ]);
}

function archiveTable(pairs: readonly Pair[]): string {
  const figures: readonly (readonly [string, (start: Start) => number])[] = [
    ["hand-shake", ({ handshakeMs }) => handshakeMs],
    ["hand-shake, CPU", ({ handshakeCpuMs }) => handshakeCpuMs],
    ["start and first result", ({ handshakeMs, run: { firstMs } }) => handshakeMs + firstMs],
    ["the same, CPU", ({ handshakeCpuMs, run }) => handshakeCpuMs + run.cpuMs],
  ];
  const rows = [...new Set(pairs.map(({ spark }) => spark))].flatMap((version) => {
    const all = pairs.filter(({ spark }) => spark === version);
    return figures.map(([what, figure]) => [
      version,
      what,
      duration(middle(all, (pair) => figure(pair.without))),
      duration(middle(all, (pair) => figure(pair.with))),
      times(middle(all, (pair) => figure(pair.without) / figure(pair.with))),
    ]);
  });
  return columns([["PySpark", "", "without archive", "with", "less"], ...rows]);
}

/** Shows what was measured at once: a run takes many minutes, and may be ended early. */
function note<T>(all: T[], one: T): void {
  all.push(one);
  if (options.json) say(JSON.stringify(one));
}

const rounds: Round[] = [];
const pairs: Pair[] = [];
await using places = new AsyncDisposableStack();
const benches: { spark: SparkInstallation; scene: ArchiveScene; flags: readonly string[] }[] = [];
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  const scene = places.use(await ArchiveScene.make(spark));
  benches.push({ spark, scene, flags: await archiveFlags(scene) });
}
for (let round = 0; round < options.rounds; round++) {
  for (const { spark, scene, flags } of benches) {
    const without = await startAndRun(scene, spark, []);
    note(pairs, { spark: spark.version, without, with: await startAndRun(scene, spark, flags) });
    for (const shape of (options.shapes ?? "").split(",")) {
      const plain = await run(spark, shape, null);
      const warm = await warmAndRun(scene, { spark, shape, flags });
      note(rounds, { spark: spark.version, shape, plain, ...warm });
    }
  }
}
if (!options.json) {
  say(`Medians of ${options.rounds}, factors of the pairs; ${machineLine()}`);
  say(warmedTable(rounds));
  const cost = (figure: (round: Round) => number) => duration(middle(rounds, figure));
  say(
    `warm-up of a gateway from an archive: ${cost((it) => it.warmUpMs)}, CPU ${cost((it) => it.warmUpCpuMs)}`,
  );
  say();
  say(archiveTable(pairs));
}
