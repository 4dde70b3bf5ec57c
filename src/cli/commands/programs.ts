/**
 * Which commands run programs?
 * @module
 */

import { ALL_OPTIONS } from "../../options.ts";
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
} as const satisfies Record<string, CommandSpec>;
