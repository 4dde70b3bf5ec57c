/**
 * How does a run's JSON become the tables of docs/RELIABILITY.md?
 *
 *     ./denow run -A bench/chaos/table.ts FIGURES.json
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { duration, mebibytes, say } from "../figures.ts";
import { FAULTS } from "./faults.ts";
import type { Figures } from "./tally.ts";

const DOCUMENT = fromFileUrl(new URL("../../docs/RELIABILITY.md", import.meta.url));
const BEGIN = "<!-- faults: written by bench/chaos/table.ts -->\n";
const END = "<!-- end of faults -->\n";

const [path = ""] = Deno.args;
const figures: Figures = JSON.parse(await Deno.readTextFile(path));
const {
  seed,
  spark,
  minutes,
  isOver,
  machine,
  steps,
  gatewaysMade,
  startsAsked,
  programs,
  faults,
  held,
  left,
} = figures;
const count = Object.values(faults).reduce((sum, { times }) => sum + times, 0);
const files = `${Math.min(...held.fds)} to ${Math.max(...held.fds)}`;
const memory = `${mebibytes(Math.min(...held.rssBytes))} to ${mebibytes(Math.max(...held.rssBytes))}`;
const summary = [
  `Seed ${seed} on PySpark ${spark}, ${
    isOver ? "" : "the first "
  }${minutes} minutes (${machine}): no invariant was broken.`,
  `${steps} steps with ${count} faults; ${gatewaysMade} gateways, and ${startsAsked} times the daemon had given up.`,
  `${programs.right} programs were right, ${programs.told} were told of a loss, ${programs.otherwise} ended otherwise, as they might.`,
  `At rest the daemon held ${files} files and ${memory}${isOver ? "; nothing was left at the end" : ""}.`,
  ...left.map(({ name, reason }) => `Left out: \`${name}\`, because ${reason}.`),
].join("\n");
const cell = (ms: number | null) => ms === null ? "" : duration(ms);
const rows = Object.entries(FAULTS).map(([name, { what }]) => {
  const { times, worstDownMs, worstRestMs } = faults[name] ??
    { times: 0, worstDownMs: null, worstRestMs: null };
  return `| \`${name}\` | ${what} | ${times} | ${cell(worstDownMs)} | ${cell(worstRestMs)} |\n`;
});
const table =
  `\n${summary}\n\n| fault | what happens | times | without a gateway | at rest |\n|---|---|---|---|---|\n${
    rows.join("")
  }\n`;
const text = await Deno.readTextFile(DOCUMENT);
const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
if (before < 0 || after < before) throw new Error(`Cannot find the place of the table in ${DOCUMENT}`);
await Deno.writeTextFile(DOCUMENT, text.slice(0, before + BEGIN.length) + table + text.slice(after));
say(`${DOCUMENT} is written`);
