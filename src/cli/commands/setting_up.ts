/**
 * Which commands help to set rekindle up, and to learn of it?
 * @module
 */

import type { CommandSpec } from "../command.ts";

/** They need no daemon. */
export const SETTING_UP = {
  version: {
    summary: "print the version",
    synopsis: "",
    examples: [["rekindle version", "of rekindle"]],
    options: [],
    own: {},
    operands: { kind: "none" },
    load: () => import("../version.ts"),
  },
  help: {
    summary: "explain a command",
    synopsis: "[COMMAND]",
    examples: [["rekindle help exec", "its options; the same as rekindle exec --help"]],
    options: [],
    own: {},
    operands: { kind: "command" },
    load: () => import("../help.ts"),
  },
} as const satisfies Record<string, CommandSpec>;
