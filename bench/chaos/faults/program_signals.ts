/**
 * What becomes of the gateway of a program that is ended, or stopped, in the midst of its work?
 * @module
 */

import type { Fault, Target } from "../fault.ts";

function victim({ programs, amount }: Target) {
  return programs[Math.floor(amount * programs.length)];
}

/** Signals of a program. */
export const PROGRAM_SIGNALS = {
  "program-kill": {
    what: "SIGKILL of a program at work",
    cost: "anything",
    inject: (target) => {
      victim(target)?.signal("SIGKILL");
      return Promise.resolve(null);
    },
  },
  "program-interrupt": {
    what: "SIGINT of a program at work",
    cost: "anything",
    inject: (target) => {
      victim(target)?.signal("SIGINT");
      return Promise.resolve(null);
    },
  },
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
