/**
 * What becomes of the gateway of a program that is ended, or stopped, in the midst of its work?
 * @module
 */

import type { Fault, Target } from "../fault.ts";
import type { RunningProgram } from "../program.ts";

function victim({ programs, amount }: Target): RunningProgram | undefined {
  return programs[Math.floor(amount * programs.length)];
}

/** Ends one program: the others are to notice nothing of it. */
function ended(name: Deno.Signal): Fault {
  return {
    what: `${name} of a program at work`,
    cost: "nothing",
    inject: (target) => {
      const program = victim(target);
      if (program !== undefined) program.wasHit = true;
      program?.signal(name);
      return Promise.resolve(null);
    },
  };
}

/** Signals of a program. */
export const PROGRAM_SIGNALS = {
  "program-kill": ended("SIGKILL"),
  "program-interrupt": ended("SIGINT"),
  "program-pause": {
    what: "SIGSTOP of a program, and SIGCONT up to 8 s later",
    cost: "nothing",
    inject: (target) => {
      const program = victim(target);
      program?.signal("SIGSTOP");
      return Promise.resolve(() => Promise.resolve(program?.signal("SIGCONT")));
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;
