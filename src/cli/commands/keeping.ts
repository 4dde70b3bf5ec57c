/**
 * Which commands keep a gateway?
 * @module
 */

import { ALL_OPTIONS, FINDING } from "../../options.ts";
import type { CommandSpec } from "../command.ts";

/** They begin, change and end what the daemon does. */
export const KEEPING = {
  run: {
    summary: "start the daemon and its gateway, in the foreground",
    synopsis: "[options]",
    examples: [
      ["rekindle run", "keep a gateway until Ctrl-C"],
      ["rekindle run --heap 4g --conf spark.sql.shuffle.partitions=8", "with a larger heap and a setting"],
    ],
    options: ALL_OPTIONS,
    own: {},
    operands: { kind: "none" },
    load: () => import("../run.ts"),
  },
  stop: {
    summary: "end the daemon, or the gateway alone",
    synopsis: "[--gateway] [options]",
    examples: [
      ["rekindle stop", "end the daemon and its gateway"],
      ["rekindle stop --gateway", "end the gateway, keep the daemon"],
    ],
    options: FINDING,
    own: { gateway: { value: "", help: "end the gateway only; the daemon stays and reports it" } },
    operands: { kind: "none" },
    load: () => import("../stop.ts"),
  },
} as const satisfies Record<string, CommandSpec>;
