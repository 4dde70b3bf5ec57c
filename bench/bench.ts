/**
 * How does rekindle fare beside what people would otherwise put around a gateway: nothing, a loop, a supervisor?
 *
 *     ./denow task bench [--rounds 3] [--spark 3.5.7] [--only kill,hang] [--json FILE] [--write]
 *
 * All are measured in one run, in turn within each round, each time in a place of its own; what is here and what is
 * not is found out first. Prints a table in Markdown, which `--write` puts into docs/BENCHMARKS.md, and writes all
 * readings as JSON. Ends with 1 when rekindle could not be measured somewhere.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { ROOT } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { writeInto } from "./document.ts";
import { duration, say } from "./figures.ts";
import { machineLine } from "./proc.ts";
import { standingOf, tableOf } from "./report.ts";
import { plain } from "./rivals/plain.ts";
import { rekindle, withArchive } from "./rivals/rekindle.ts";
import { runit } from "./rivals/runit.ts";
import { shellLoop } from "./rivals/shell_loop.ts";
import { supervisord } from "./rivals/supervisord.ts";
import { systemd } from "./rivals/systemd.ts";
import { type Answer, ask } from "./rounds.ts";
import { crashLoop } from "./rows/crash_loop.ts";
import { firstResult } from "./rows/first_result.ts";
import { hang } from "./rows/hang.ts";
import { heal } from "./rows/heal.ts";
import { idle } from "./rows/idle.ts";
import { kill, killOfOne } from "./rows/kill.ts";
import { orphan } from "./rows/orphan.ts";
import { relay } from "./rows/relay.ts";
import type { Row } from "./rows/row.ts";

const ROWS: readonly Row[] = [firstResult, kill, killOfOne, hang, crashLoop, idle, relay, orphan, heal];
const DOCUMENT = join(ROOT, "docs/BENCHMARKS.md");

const options = parseArgs(Deno.args, {
  string: ["spark", "only", "json"],
  boolean: ["write"],
  default: { rounds: 3, spark: "3.5.7" },
});
const readingsFile = options.json ?? join(ROOT, ".rekindle/bench.json");
const only = options.only?.split(",");
const unknown = only?.filter((name) => !ROWS.some((row) => row.name === name)) ?? [];
const [spark] = sparkInstallations().filter(({ version }) => version === options.spark);
if (unknown.length > 0 || spark === undefined) {
  const mistakes = [...unknown.map((name) => `row ${name}`), ...spark ? [] : [`PySpark ${options.spark}`]];
  say(`There is no ${mistakes.join(", no ")}. Rows: ${ROWS.map(({ name }) => name).join(", ")}.`);
  Deno.exit(64);
}

const beginMs = performance.now();
const machine = machineLine();
await withArchive(spark, async (archived) => {
  const own = rekindle(archived);
  const rivals = [own, plain, shellLoop, supervisord, runit, systemd];
  const absences = new Map<string, string>();
  const setups: string[] = [];
  for (const rival of rivals) {
    const absence = await rival.absence();
    if (absence !== null) absences.set(rival.name, `not here: ${absence}`);
    setups.push(`${rival.name} (${absence === null ? await rival.setup() : `not here: ${absence}`})`);
  }
  const lines: Answer[] = [];
  for (const row of ROWS.filter(({ name }) => only?.includes(name) ?? true)) {
    lines.push(...await ask(row, { spark, rivals, absences, rounds: options.rounds }));
  }
  const names = rivals.map(({ name }) => name);
  const date = new Date().toISOString().slice(0, 10);
  const text = [
    `Measured on ${date} in ${
      duration(performance.now() - beginMs)
    }, rounds: ${options.rounds}. ${machine} at the beginning, PySpark ${spark.version}, ` +
    `Java ${await javaVersion(spark)}.`,
    `${setups.join("; ")}.`,
    tableOf(lines, names),
  ].join("\n\n");
  say(`\n${text}\n`);
  const document = {
    ...{ date, machine, spark: spark.version, java: await javaVersion(spark), rounds: options.rounds },
    ...{ rivals: Object.fromEntries(rivals.map(({ name }, index) => [name, setups[index]])) },
    lines: lines.map(({ row, key, figure, cells }) => ({
      ...{ row, figure: key, what: figure.what, cells: Object.fromEntries(cells) },
      standing: standingOf(cells, own.name),
    })),
  };
  await Deno.writeTextFile(readingsFile, `${JSON.stringify(document, null, 2)}\n`);
  say(`all readings: ${readingsFile}`);
  if (options.write) await writeInto(DOCUMENT, "bench", text);
  const isWhole = lines.every(({ cells }) => cells.get(own.name)?.kind === "measured");
  Deno.exitCode = isWhole ? 0 : 1;
});
Deno.exit();

async function javaVersion({ javaHome }: SparkInstallation): Promise<string> {
  const release = await Deno.readTextFile(join(javaHome, "release"));
  return /^JAVA_VERSION="(.*)"/m.exec(release)?.[1] ?? "of unknown version";
}
