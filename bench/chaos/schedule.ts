/**
 * Which programs run, which faults hit, and when? A pure function of the seed: times are those of the programs' steps, so
 * that the same seed gives the same order again, however fast the machine is.
 * @module
 */

import { Draw } from "./draw.ts";
import { type Question, WORK_KINDS, type WorkKind } from "./work.ts";

/** How a program comes to its gateway. */
export type Way = "exec" | "exec --retries 2" | "environment file";

/** One program. */
export interface ProgramPlan {
  readonly kind: WorkKind;
  readonly way: Way;
  readonly questions: readonly Question[];
}

/** One fault. */
export interface FaultPlan {
  readonly name: string;
  /** After so many lines of the step's first program: 0 is before it has said anything, 2 is when it has its JVM. */
  readonly afterLines: number;
  /** And so much later, in milliseconds: less than a line takes. */
  readonly delayMs: number;
  /** For a fault that lasts: when it is healed, in milliseconds. */
  readonly lastsMs: number;
  /** From 0 up to, not including, 1: whatever else of the fault is left to chance. */
  readonly amount: number;
}

/** Programs and faults that come together. What they left behind is judged before the next step begins. */
export interface Step {
  readonly number: number;
  readonly programs: readonly ProgramPlan[];
  readonly faults: readonly FaultPlan[];
}

/** The faults there are to choose from. */
export interface Deck {
  /** Those that leave the daemon alive. */
  readonly others: readonly string[];
  /** Those that end it: only in every other round, because what a daemon leaks shows in a long life. */
  readonly endDaemon: readonly string[];
}

/** Steps without end. Every fault comes once before any comes again. */
export function* schedule(seed: number, deck: Deck): Generator<Step, never> {
  const draw = new Draw(seed);
  let waiting: string[] = [];
  let round = 0;
  const next = (): string => {
    if (waiting.length === 0) {
      const all = round++ % 2 === 0 || deck.others.length === 0
        ? [...deck.others, ...deck.endDaemon]
        : deck.others;
      waiting = [...draw.shuffled(all)];
    }
    const name = waiting.shift();
    if (name === undefined) throw new RangeError("Cannot draw faults: there is none");
    return name;
  };
  for (let number = 1;; number++) {
    const [first, second] = [programPlan(draw), draw.fraction() < 0.3 ? programPlan(draw) : null];
    const programs = second === null ? [first] : [first, besides(first, second)];
    const count = draw.fraction() < 0.35 ? 2 : 1;
    const faults = Array.from({ length: count }, () => faultPlan(next(), { draw, programs, count }));
    yield { number, programs, faults: faults.toSorted((a, b) => a.afterLines - b.afterLines) };
  }
}

/** Two programs that read the same environment file at once are one by their lease, with one gateway: not what is tried. */
function besides(first: ProgramPlan, second: ProgramPlan): ProgramPlan {
  return first.way === "environment file" && second.way === first.way ? { ...second, way: "exec" } : second;
}

function programPlan(draw: Draw): ProgramPlan {
  return {
    kind: draw.of(WORK_KINDS),
    way: draw.of(["exec", "exec", "exec --retries 2", "environment file"]),
    questions: Array.from({ length: draw.whole(3, 8) }, () => ({
      n: draw.whole(100, 40_000),
      m: draw.whole(2, 97),
    })),
  };
}

/** What is stopped for 15 s is replaced: together, the faults of a step last less. */
const LASTS_MS = 8_000;

function faultPlan(
  name: string,
  { draw, programs: [first], count }: {
    readonly draw: Draw;
    readonly programs: readonly ProgramPlan[];
    readonly count: number;
  },
): FaultPlan {
  return {
    name,
    afterLines: draw.whole(0, 2 + (first?.questions.length ?? 0)),
    delayMs: draw.whole(0, 300),
    lastsMs: draw.whole(200, LASTS_MS / count),
    amount: draw.fraction(),
  };
}

/** A step as a line that a person reads. */
export function inWords({ number, programs, faults }: Step): string {
  const running = programs.map(({ kind, way, questions }) => `${kind} ×${questions.length} by ${way}`);
  const hitting = faults.map(({ name, afterLines, delayMs, lastsMs }) =>
    `${name} (line ${afterLines} + ${delayMs} ms, ${lastsMs} ms)`
  );
  return `step ${number}: ${running.join(" and ")}; ${hitting.join(", ")}`;
}
