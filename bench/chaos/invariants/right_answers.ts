/**
 * Is no wrong result accepted, and does a program fail for nothing but a fault that it was told of?
 * @module
 */

import type { Invariant } from "../invariant.ts";

/** An exit code of 0 means every answer, each right. A wrong one is wrong even of a program that fails later. */
export function rightAnswers(): Invariant {
  return {
    what: "no wrong result is accepted; a program that fails was told why",
    always: (_, programs) => programs.flatMap(({ wrong }) => wrong),
    atRest: ({ programs, cost }) =>
      programs.flatMap(({ plan, end, wasHit }) => {
        if (end === null) return [`${plan.kind} has not ended`];
        const { code, isWhole, wasTold, stderr } = end;
        const told = stderr.trim().split("\n").slice(-12).join("\n");
        if (code === 0) return isWhole ? [] : [`${plan.kind} ended with 0 and not with all its answers`];
        if (wasHit) return [];
        switch (cost) {
          case "nothing":
            return [`${plan.kind} by ${plan.way} failed (${code}), and nothing was done to it:\n${told}`];
          case "gateway":
            return wasTold
              ? []
              : [`${plan.kind} by ${plan.way} failed (${code}) without being told of a loss:\n${told}`];
          case "anything":
            return [];
        }
      }),
  };
}
