/**
 * Which commands run programs?
 * @module
 */

import { ALL_OPTIONS, FINDING } from "../../options.ts";
import type { CommandSpec } from "../command.ts";

/** They give a program its gateway. */
export const PROGRAMS = {
  exec: {
    summary: "run a program attached to the gateway, again when the gateway was lost",
    synopsis: "[options] -- CMD [ARG…]",
    examples: [
      ["rekindle exec -- python job.py", "run a program; its exit code is the command's"],
      ["rekindle exec --retries 2 -- python job.py", "again, at most twice, when the gateway was lost"],
    ],
    options: ALL_OPTIONS,
    own: { retries: { value: "N", help: "run CMD again up to N times when the gateway was lost (0)" } },
    operands: { kind: "program", missing: "Cannot run anything: no command is given" },
    load: () => import("../exec.ts"),
  },
  env: {
    summary: "print the variables by which a program attaches",
    synopsis: "[--json] [options]",
    examples: [
      ['eval "$(rekindle env)"', "for the programs of this shell"],
      ["rekindle env --json", "for other programs; it holds a secret"],
    ],
    options: FINDING,
    own: { json: { value: "", help: "as one JSON object" } },
    operands: { kind: "none" },
    section: "attach-without-exec",
    load: () => import("../env.ts"),
  },
} as const satisfies Record<string, CommandSpec>;
