/**
 * Does a program that lacks memory come to its end? By rekindle, which follows the cause, and by a loop of a shell, which
 * runs the same again: with the limits of rekindle's first gateway, and with those of plain Spark.
 *
 *     ./denow run -A bench/heal.ts [--attempts 3] [--runs 1] [--spark 3.5.7] [--only metaspace] [--json]
 *
 * Ends with 1 when rekindle brings a program to its end less often than a loop does.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { MIB, parseSize, renderSize } from "../src/core/jvm_flags.ts";
import { canLimit, ControlGroup } from "../tests/real/control_group.ts";
import { jvmsOf, type Limits, type Lived, lived, narrowJava } from "../tests/real/memory.ts";
import { type Healing, HEALINGS } from "../tests/real/memory_healings.ts";
import { type Place, program } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { duration, markdownTable, say } from "./figures.ts";
import { cleaned, inPlace } from "./lifetime.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, {
  string: ["spark", "only"],
  boolean: ["json"],
  default: { attempts: 3, runs: 1 },
});
const sparks = sparkInstallations();
const chosen = options.spark === undefined
  ? sparks.slice(0, 1)
  : sparks.filter(({ version }) => options.spark?.split(",").includes(version));
const healings = HEALINGS.filter(({ kind, rests, containerMib }) =>
  !rests && kind.includes(options.only ?? "") && (containerMib === undefined || canLimit("memory"))
);

/** Who runs the program again: rekindle, or a loop with one limit or the other. */
type Supervisor = "rekindle" | "loop, same limits" | "loop, plain Spark";
const LOOPS = ["loop, same limits", "loop, plain Spark"] as const;

/** What one supervisor made of it. */
interface Outcome {
  readonly supervisor: Supervisor;
  readonly passed: boolean;
  /** How often the program was run. */
  readonly attempts: number;
  /** How many of them found a JVM: a loop without any says nothing of memory, unless no room for the heap is the point. */
  readonly jvms: number;
  readonly tookMs: number;
}

interface Row {
  readonly kind: string;
  readonly spark: string;
  readonly outcomes: readonly Outcome[];
}

/** Does the work on ground of the wanted kind. */
async function onGround<T>(
  { containerMib, addressSpaceMib, env = {} }: Healing,
  spark: SparkInstallation,
  work: (place: Place, group: ControlGroup | null, env: Record<string, string>) => Promise<T>,
): Promise<T> {
  return await inPlace(spark, async (place) => {
    const narrow = addressSpaceMib === undefined ? {} : await narrowJava(place, addressSpaceMib);
    if (containerMib === undefined) return await work(place, null, { ...env, ...narrow });
    const group = new ControlGroup("memory", containerMib * MIB);
    return await cleaned(() => group[Symbol.asyncDispose](), () => work(place, group, { ...env, ...narrow }));
  });
}

async function byRekindle(healing: Healing, spark: SparkInstallation) {
  return await onGround(healing, spark, async (place, group, env) => {
    const retries = ["--retries", String(options.attempts - 1)];
    const beginMs = performance.now();
    const life = await lived(place, {
      ...{ flags: [...retries, ...healing.flags ?? []], need: healing.need, env, group },
    });
    const outcome: Outcome = {
      supervisor: "rekindle",
      passed: life.code === 0,
      attempts: life.jvms.length,
      jvms: life.jvms.length,
      tookMs: performance.now() - beginMs,
    };
    return { outcome, first: firstLimits(healing, life) };
  });
}

/** What is told of a heap is rounded, and Java reads no fractions: only where no JVM ran yet is it taken from there. */
function firstLimits({ starts }: Healing, { jvms }: Lived): Limits {
  const bytes = parseSize((starts?.[0] ?? "").replace(" ", ""));
  const limits = { ...jvms[0], ...bytes === null ? {} : { heap: bytes / MIB } };
  if (!Number.isInteger(limits.heap)) throw new Error(`No first heap to compare with: ${limits.heap}`);
  return limits;
}

/** Nothing but the exit code decides, as in the loops that people write around `spark-submit`. */
const LOOP = 'n=0; until echo attempt; "$@"; do n=$((n + 1)); [ $n -ge $ATTEMPTS ] && exit 1; done';

async function byLoop(
  supervisor: (typeof LOOPS)[number],
  { healing, spark, first }: {
    readonly healing: Healing;
    readonly spark: SparkInstallation;
    readonly first: Limits;
  },
): Promise<Outcome> {
  return await onGround(healing, spark, async (place, group, env) => {
    const words = ["sh", "-c", LOOP, "sh", "python", program("memory.py"), ...healing.need];
    const [name = "", ...args] = group === null ? words : group.enter(words);
    const beginMs = performance.now();
    const { code, stdout } = await place.plain(name, args, {
      ...env,
      ATTEMPTS: String(options.attempts),
      PYSPARK_SUBMIT_ARGS: `${
        supervisor === "loop, same limits" ? same(first) : plain(healing)
      } pyspark-shell`,
    });
    const attempts = stdout.split("\n").filter((line) => line === "attempt").length;
    const tookMs = performance.now() - beginMs;
    return { supervisor, passed: code === 0, attempts, jvms: jvmsOf(stdout).length, tookMs };
  });
}

function same({ heap = 1024, direct, metaspace, classSpace, codeCache, stack }: Limits): string {
  const words = Object.entries({
    "-XX:MaxDirectMemorySize=": direct,
    "-XX:MaxMetaspaceSize=": metaspace,
    "-XX:CompressedClassSpaceSize=": classSpace,
    "-XX:ReservedCodeCacheSize=": codeCache,
    "-Xss": stack,
  }).flatMap(([flag, mib]) => mib === undefined ? [] : [`${flag}${renderSize(mib * MIB)}`]);
  return `--driver-memory ${heap}m --driver-java-options "-XX:+ExitOnOutOfMemoryError ${words.join(" ")}"`;
}

function plain({ flags = [] }: Healing): string {
  const asked = flags[flags.indexOf("--heap") + 1];
  const fixed = flags.find((flag) => flag.startsWith("spark.driver.memory="))?.split("=")[1];
  return `--driver-memory ${flags.includes("--heap") ? asked : fixed ?? "1g"}`;
}

const rows: Row[] = [];
for (const spark of chosen) {
  for (const healing of healings) {
    for (let run = 0; run < options.runs; run++) {
      const { outcome, first } = await byRekindle(healing, spark);
      const outcomes = [outcome];
      for (const supervisor of LOOPS) outcomes.push(await byLoop(supervisor, { healing, spark, first }));
      rows.push({ kind: healing.kind, spark: spark.version, outcomes });
      if (!options.json) say(`${healing.kind}, ${spark.version}: ${outcomes.map(told).join("; ")}`);
    }
  }
}

function told({ supervisor, ...outcome }: Outcome): string {
  return `${supervisor} ${cell(outcome)}`;
}

function cell({ passed, attempts, tookMs }: Omit<Outcome, "supervisor">): string {
  return `${passed ? "passes" : "fails"}, ${attempts} ${attempts === 1 ? "run" : "runs"}, ${
    duration(tookMs)
  }`;
}

const names: readonly Supervisor[] = ["rekindle", ...LOOPS];
const passes = (name: Supervisor) =>
  rows.flatMap(({ outcomes }) => outcomes).filter(({ supervisor, passed }) => supervisor === name && passed)
    .length;
if (options.json) {
  say(JSON.stringify({ machine: machineLine(), attempts: options.attempts, rows }, null, 2));
} else {
  say();
  say(`${machineLine()}; at most ${options.attempts} runs of each program.`);
  say();
  say(markdownTable(["what it lacks", "PySpark", ...names], [
    ...rows.map(({ kind, spark, outcomes }) => [kind, spark, ...outcomes.map(cell)]),
    ["**passed**", "", ...names.map((name) => `**${passes(name)} of ${rows.length}**`)],
  ]));
}
Deno.exit(LOOPS.some((loop) => passes(loop) > passes("rekindle")) ? 1 : 0);
