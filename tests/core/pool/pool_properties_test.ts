import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_SETTINGS, initialState } from "../../../src/core/lifecycle.ts";
import type { Input } from "../../../src/core/lifecycle.ts";
import { frontOf } from "../../../src/core/pool/front.ts";
import { initialPool, SINGLE } from "../../../src/core/pool/pool.ts";
import type { PoolPolicy } from "../../../src/core/pool/pool.ts";
import { poolTransition } from "../../../src/core/pool/step.ts";
import type { PoolInput } from "../../../src/core/pool/step.ts";
import { transition } from "../../../src/core/transition.ts";
import { MEMORY } from "../samples.ts";
import { DEATHS } from "../gateway_model.ts";
import { ShellModel } from "../shell_model.ts";
import { PoolModel } from "./pool_model.ts";

/** One thing that happens; which one of its kind, `pick` chooses among those that can. */
interface Happening {
  readonly what: "command" | "report" | "good" | "come" | "go" | "deadline" | "moment" | "stale";
  readonly pick: number;
  readonly random: number;
}

const kind = (weight: number, what: Happening["what"]) => ({ weight, arbitrary: fc.constant(what) });
const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    kind(1, "command"),
    kind(6, "report"),
    kind(14, "good"),
    kind(5, "come"),
    kind(3, "go"),
    kind(4, "deadline"),
    kind(2, "moment"),
    kind(1, "stale"),
  ),
  pick: fc.nat({ max: 10_000 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
const history = fc.array(happening, { maxLength: 120, size: "max" });
const policy: fc.Arbitrary<PoolPolicy> = fc.record({
  gateways: fc.constantFrom(1, 2, 3),
  standby: fc.constantFrom(1, 0),
  recycle: fc.constantFrom("always", "dirty", "never"),
  sharing: fc.constantFrom("exclusive", "exclusive", "shared"),
});

const START: Input = { kind: "start" };
const SHUTDOWN: Input = { kind: "shutdown", by: "a test" };
const COMMANDS: readonly Input[] = [
  START,
  START,
  { kind: "restart", by: "a test" },
  { kind: "stop", by: "a test" },
  { kind: "kill" },
];

function modelOf(pool: PoolPolicy): PoolModel {
  return new PoolModel({ ...DEFAULT_SETTINGS, pool });
}

function happen(model: PoolModel, { what, pick, random }: Happening): void {
  const death = DEATHS[pick % DEATHS.length];
  assert.ok(death !== undefined);
  const one = <T>(choices: readonly T[]) => choices[Math.floor(pick / DEATHS.length) % choices.length];
  switch (what) {
    case "command":
      return model.step(one(COMMANDS) ?? START, { random });
    case "report": {
      const report = one(model.reports(death));
      if (report !== undefined) model.step(report, { random, death });
      return;
    }
    case "good": {
      const report = model.goodReport();
      if (report !== null) model.step(report, { random });
      return;
    }
    case "come":
      return model.come();
    case "go":
      return model.go(one(model.programs) ?? "");
    case "deadline":
      return model.untilDeadline({ answering: pick % 3 > 0 });
    case "moment":
      model.nowMs += pick;
      return;
    case "stale": {
      const report = one(model.reports(death));
      if (report === undefined || !("generation" in report)) return;
      const generation = pick % 2 === 0 ? model.pool.seats[0].life.lastGeneration + 1 : -1;
      return model.step({ ...report, generation } as PoolInput, { random });
    }
  }
}

Deno.test("poolTransition() keeps what must always hold, whatever happens in whatever order", () => {
  fc.assert(
    fc.property(policy, history, (pool, happenings) => {
      const model = modelOf(pool);
      model.step(START);
      for (const each of happenings) happen(model, each);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("poolTransition() fills every seat in the end, when gateways are wanted and the machine lets it", () => {
  fc.assert(
    fc.property(policy, history, (pool, happenings) => {
      const model = modelOf(pool);
      for (const each of happenings) happen(model, each);
      for (const lease of model.programs) model.go(lease);
      model.step(START);
      const isFull = () =>
        model.pool.seats.length === pool.gateways + pool.standby &&
        model.pool.seats.every(({ life, retirement }) =>
          life.gateway.phase === "ready" && retirement === null
        ) && frontOf(model.pool, pool).kind === "ready";
      for (let turn = 0; !isFull(); turn++) {
        const seats = model.pool.seats.map(({ life, warmth }) => `${life.gateway.phase} ${warmth}`);
        assert.ok(turn < 300, `not full but ${seats.join(", ")}`);
        const report = model.goodReport();
        if (report === null) model.untilDeadline({ answering: true });
        else model.step(report);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("poolTransition() ends every history in exactly one finish once it is told to shut down", () => {
  fc.assert(
    fc.property(policy, history, history, (pool, before, after) => {
      const model = modelOf(pool);
      for (const each of before) happen(model, each);
      const { lastGeneration } = model.pool.seats[0].life;
      model.step(SHUTDOWN);
      for (const each of after) if (model.finishes === 0) happen(model, each);
      for (let turn = 0; model.finishes === 0; turn++) {
        assert.ok(turn < 100, "no end");
        const report = model.goodReport();
        if (report?.kind === "exited" || report?.kind === "collected") model.step(report);
        else model.untilDeadline();
      }
      assert.equal(model.finishes, 1);
      for (const { life } of model.pool.seats) {
        assert.equal(life.gateway.phase, "stopped");
        assert.equal(life.lastGeneration, lastGeneration, "a gateway was launched after the shutdown");
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("a pool of one for all does step by step what its gateway's life does alone", () => {
  const settings = { ...DEFAULT_SETTINGS, pool: SINGLE };
  const wish = fc.record({ pick: fc.nat(), command: fc.boolean(), late: fc.boolean() });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 80, size: "max" }), (wishes) => {
      const shell = new ShellModel(MEMORY, settings);
      let pool = initialPool(initialState(MEMORY));
      const both = (input: Input) => {
        const context = { nowMs: shell.nowMs, wallMs: shell.nowMs, random: 0.5, settings };
        const alone = transition(shell.state, input, context);
        const { pool: next, effects } = poolTransition(pool, input, context);
        pool = next;
        assert.equal(pool.seats.length, 1);
        assert.deepEqual(pool.seats[0].life, alone.state);
        assert.deepEqual(effects, alone.effects);
      };
      const give = (input: Input, death?: (typeof DEATHS)[number]) => {
        both(input);
        shell.step(input, death === undefined ? {} : { death });
      };
      give(START);
      for (const { pick, command, late } of wishes) {
        if (shell.finishes > 0) return;
        const death = DEATHS[pick % DEATHS.length];
        assert.ok(death !== undefined);
        const choices = late
          ? []
          : command && pick % 3 === 0
          ? [...COMMANDS, SHUTDOWN]
          : shell.reports(death);
        const input = choices[Math.floor(pick / DEATHS.length) % choices.length];
        if (input !== undefined) give(input, death);
        else {
          shell.nowMs = Math.max(
            shell.nowMs,
            "deadlineMs" in shell.state.gateway ? shell.state.gateway.deadlineMs ?? 0 : 0,
          );
          give({ kind: "deadline" });
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("the histories of these properties reach everything that a pool does and is told", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(policy, history, (pool, happenings) => {
      const model = modelOf(pool);
      model.step(START);
      for (const each of happenings) happen(model, each);
      for (const each of model.seen) seen.add(each);
    }),
    { numRuns: 300, seed: 1 },
  );
  const wanted = [
    ...[
      "bound",
      "released",
      "searched",
      "warmed",
      "warm-up-failed",
      "exited",
      "collected",
      "restart",
      "stop",
    ],
    ...["launch", "warm-up", "search", "record", "remember", "end-step", "retirement"],
    ...["ready", "busy", "coming", "hopeless"],
  ];
  assert.deepEqual(wanted.filter((name) => !seen.has(name)), []);
});
