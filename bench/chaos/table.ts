/**
 * How does a run's JSON become the tables of docs/RELIABILITY.md?
 *
 *     ./denow run -A bench/chaos/table.ts FIGURES.json
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { duration, say } from "../figures.ts";
import { FAULTS } from "./faults.ts";
import type { FaultFigures } from "./tally.ts";

const DOCUMENT = fromFileUrl(new URL("../../docs/RELIABILITY.md", import.meta.url));
const BEGIN = "<!-- faults: written by bench/chaos/table.ts -->\n";
const END = "<!-- end of faults -->\n";

const [path = ""] = Deno.args;
const faults: Readonly<Record<string, FaultFigures>> = JSON.parse(await Deno.readTextFile(path)).faults;
const cell = (ms: number | null) => ms === null ? "" : duration(ms);
const rows = Object.entries(FAULTS).map(([name, { what }]) => {
  const { times, worstDownMs, worstRestMs } = faults[name] ??
    { times: 0, worstDownMs: null, worstRestMs: null };
  return `| \`${name}\` | ${what} | ${times} | ${cell(worstDownMs)} | ${cell(worstRestMs)} |\n`;
});
const table = `\n| fault | what happens | times | without a gateway | at rest |\n|---|---|---|---|---|\n${
  rows.join("")
}\n`;
const text = await Deno.readTextFile(DOCUMENT);
const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
if (before < 0 || after < before) throw new Error(`Cannot find the place of the table in ${DOCUMENT}`);
await Deno.writeTextFile(DOCUMENT, text.slice(0, before + BEGIN.length) + table + text.slice(after));
say(`${DOCUMENT} is written`);
