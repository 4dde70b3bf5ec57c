/**
 * Which commands run programs?
 * @module
 */

import { ALL_OPTIONS, BESIDE_SPARK, FINDING } from "../../options.ts";
import type { CommandSpec } from "../command.ts";

/** They give a program its gateway. */
export const PROGRAMS = {
  exec: {
    summary: "run a program attached to the gateway, again when the gateway was lost",
    synopsis: "[options] -- CMD [ARG…]",
    examples: [
      ["rekindle exec -- python job.py", "run a program; its exit code is the command's"],
      ["rekindle exec --retries 2 -- python job.py", "again, at most twice, when the gateway was lost"],
      ["rekindle exec --heap 4g -- python job.py", "without a daemon, on a gateway for its own life"],
    ],
    options: ALL_OPTIONS,
    own: { retries: { value: "N", help: "run CMD again up to N times when the gateway was lost (0)" } },
    operands: { kind: "program", missing: "Cannot run anything: no command is given" },
    load: () => import("../exec.ts"),
  },
  submit: {
    summary: "run a Python program as spark-submit does, with its options",
    synopsis: "[options] [spark-submit options] job.py [ARG…]",
    examples: [
      ["rekindle submit --master 'local[2]' job.py a b", "in spark-submit's place"],
      ["rekindle submit --retries 2 --driver-memory 4g job.py", "rekindle's own options come first"],
    ],
    options: BESIDE_SPARK,
    own: {
      retries: { value: "N", help: "run the program again up to N times when the gateway was lost (0)" },
    },
    operands: { kind: "foreign" },
    page: "SUBMIT.md",
    load: () => import("../submit.ts"),
  },
  shell: {
    summary: "open PySpark's shell on the gateway",
    synopsis: "[options] [pyspark options]",
    examples: [
      ["rekindle shell", "as pyspark"],
      ["rekindle shell --driver-memory 4g", "with a gateway of its own, for a larger heap"],
    ],
    options: BESIDE_SPARK,
    own: {},
    operands: { kind: "foreign" },
    page: "SUBMIT.md",
    load: () => import("../shell.ts"),
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
    page: "PROGRAMS.md#attach-without-exec",
    load: () => import("../env.ts"),
  },
} as const satisfies Record<string, CommandSpec>;
