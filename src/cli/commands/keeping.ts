/**
 * Which commands keep a gateway?
 * @module
 */

import { ALL_OPTIONS, FINDING } from "../../options.ts";
import type { CommandSpec } from "../command.ts";

const WAITING = {
  "no-wait": { value: "", help: "do not wait until it is ready" },
  timeout: { value: "TIME", help: "how long to wait, such as 90, 90s or 5m (90s)" },
} as const;

/** They begin, change and end what the daemon does. */
export const KEEPING = {
  run: {
    summary: "start the daemon and its gateway, in the foreground",
    synopsis: "[options]",
    examples: [
      ["rekindle run", "keep a gateway until Ctrl-C"],
      ["rekindle run --heap 4g --conf spark.sql.shuffle.partitions=8", "with a larger heap and a setting"],
      [
        "rekindle run --verbose",
        "say first what the gateway is started with, and where each value came from",
      ],
    ],
    options: ALL_OPTIONS,
    own: {
      verbose: {
        value: "",
        help: "first say which settings, properties, variables and command it starts the gateway with",
        short: "v",
      },
    },
    operands: { kind: "none" },
    load: () => import("../run.ts"),
  },
  start: {
    summary: "have the daemon start its gateway again, after a stop or when it was given up",
    synopsis: "[--no-wait | --timeout TIME] [options]",
    examples: [
      ["rekindle start", "and wait until it is ready"],
      ["rekindle start --no-wait", "only ask for it"],
    ],
    options: FINDING,
    own: WAITING,
    operands: { kind: "none" },
    load: () => import("../start.ts"),
  },
  restart: {
    summary: "have the daemon replace its gateway; a program that has it is told so and loses it",
    synopsis: "[--no-wait | --timeout TIME] [options]",
    examples: [["rekindle restart", "and wait until the next one is ready"]],
    options: FINDING,
    own: WAITING,
    operands: { kind: "none" },
    load: () => import("../restart.ts"),
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
