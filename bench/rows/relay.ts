/**
 * What does a program pay for the relay between it and its gateway?
 * @module
 */

import { program } from "../../tests/real/rekindle.ts";
import { median, microseconds } from "../figures.ts";
import { runProgram } from "../program_run.ts";
import type { Keeper } from "../rivals/rival.ts";
import type { Row } from "./row.ts";

const DIRECT = "plain PySpark";
const RELAYED = "rekindle";
const NONE = "direct as well";

async function wayTo(keeper: Keeper): Promise<readonly string[]> {
  const way = await keeper.way();
  if (way === null) throw new Error("there is no gateway to call");
  return [String(way.port), way.secret];
}

/** One Python calls plain PySpark's gateway and rekindle's, in blocks that alternate. */
export const relay: Row<"call" | "string"> = {
  name: "relay",
  figures: {
    call: { what: "a call of Java, median", show: microseconds, never: "" },
    string: { what: "a string of 20 MB there and back, median", show: microseconds, never: "" },
  },
  keeps: "one gateway",
  breakable: false,
  without: { "shell loop": NONE, supervisord: NONE, runit: NONE, systemd: NONE },
  isOnce: false,
  way: {
    kind: "at once",
    measure: async (keepers) => {
      const [direct, relayed] = [keepers.get(DIRECT), keepers.get(RELAYED)];
      if (direct === undefined || relayed === undefined) throw new Error("one of the two is missing");
      const words = ["python", program("overhead.py"), ...await wayTo(direct), ...await wayTo(relayed)];
      const { place } = direct;
      const { code, stdout, stderr } = await runProgram(place, { words, env: place.env });
      if (code !== 0) throw new Error(stderr);
      const times: Readonly<Record<string, readonly (readonly number[])[]>> = JSON.parse(stdout);
      const of = (what: string, way: number) => (median(times[what]?.[way] ?? []) ?? NaN) / 1000;
      return new Map([DIRECT, RELAYED].map((name, way) => [
        name,
        { call: of("call", way), string: of("20 MB string", way) },
      ]));
    },
  },
};
