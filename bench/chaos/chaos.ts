/**
 * Does everything that is promised hold while programs run and faults hit at random, for as long as you like?
 *
 *     ./denow task chaos [--minutes 60 | --steps N] [--seed N [--from STEP]] [--spark 3.5.7] [--only FAULT,FAULT] [--json FILE]
 *
 * The seed decides which programs run, which faults hit and when in their course: the same one gives the same again, on a
 * machine that allows the same faults. Ends with 1 when an invariant was broken; the state folder is kept then.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { sparkInstallations } from "../../tests/real/spark_installations.ts";
import { say } from "../figures.ts";
import { machineLine } from "../proc.ts";
import { availableFaults } from "./faults.ts";
import { runChaos } from "./run.ts";
import type { Figures, Tally } from "./tally.ts";

const options = parseArgs(Deno.args, {
  string: ["minutes", "steps", "seed", "from", "spark", "only", "json"],
  default: { minutes: "60" },
});
const seed = Number(options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
const spark = sparkInstallations().find(({ version }) =>
  options.spark === undefined || version === options.spark
);
if (spark === undefined) throw new Error(`There is no PySpark ${options.spark}`);
const { version } = spark;
const { names, left } = await availableFaults(options.only?.split(",") ?? []);
const untilMs = performance.now() + Number(options.minutes) * 60_000;
const startMs = performance.now();
const replay = `./denow task chaos --seed ${seed} --spark ${version}` +
  (options.only ? ` --only ${options.only}` : "");

say(`${replay}: ${names.length} faults on PySpark ${version}; ${machineLine()}`);
for (const { name, reason } of left) say(`left out: ${name}: ${reason}`);
const keepIn = await Deno.makeTempDir({ prefix: `rekindle-chaos-${seed}-` });
let broken: string | null = null;

function minutes(): number {
  return Math.round((performance.now() - startMs) / 6_000) / 10;
}

/** Also of a run that is ended before its time. */
function keepFigures(
  { steps, gatewaysMade, startsAsked, programs, faults, held }: Tally,
  isOver: boolean,
): void {
  if (options.json === undefined) return;
  const run = { seed, spark: version, minutes: minutes(), isOver, machine: machineLine(), left };
  const figures: Figures = { ...run, steps, gatewaysMade, startsAsked, programs, faults, held };
  Deno.writeTextFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
}

try {
  const tally = await runChaos({
    ...{
      spark,
      seed,
      faults: names,
      keepIn,
      from: Number(options.from ?? 1),
      onStep: (tally) => keepFigures(tally, false),
    },
    say: (line) => say(`${new Date().toISOString().slice(11, 19)} ${line}`),
    goesOn: (steps) =>
      options.steps === undefined ? performance.now() < untilMs : steps < Number(options.steps),
  });
  const { steps, gatewaysMade, programs: { right, told, otherwise } } = tally;
  say(tally.table);
  keepFigures(tally, true);
  say(
    `verdict: no invariant broken in ${steps} steps and ${minutes()} minutes, seed ${seed}; ${gatewaysMade} gateways, ` +
      `programs: ${right} right, ${told} told of a loss, ${otherwise} ended otherwise`,
  );
  await Deno.remove(keepIn, { recursive: true });
} catch (error) {
  broken = error instanceof Error ? error.message : String(error);
  say(
    `verdict: ${broken}\nThe same again: ${replay}\nThe state folder and the daemons' log are in ${keepIn}`,
  );
}
Deno.exit(broken === null ? 0 : 1);
