import assert from "node:assert/strict";
import fc from "fast-check";
import { GIB } from "../../src/core/jvm_flags.ts";
import { MEMORY } from "./samples.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import type { Input } from "../../src/core/lifecycle.ts";
import { firstMemory } from "../../src/core/memory/memory.ts";
import { DEATHS } from "./gateway_model.ts";
import { ShellModel } from "./shell_model.ts";

/** One thing that happens; which one of its kind, `pick` chooses among those that can. */
interface Happening {
  readonly what: "command" | "report" | "deadline" | "moment" | "stale";
  readonly pick: number;
  readonly random: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 2, arbitrary: fc.constant("command" as const) },
    { weight: 8, arbitrary: fc.constant("report" as const) },
    { weight: 3, arbitrary: fc.constant("deadline" as const) },
    { weight: 1, arbitrary: fc.constant("moment" as const) },
    { weight: 1, arbitrary: fc.constant("stale" as const) },
  ),
  pick: fc.nat({ max: 10_000 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
const history = fc.array(happening, { maxLength: 80, size: "max" });
const restartMode = fc.constantFrom("always", "on-failure", "never");

const COMMANDS: readonly Input[] = [
  { kind: "start" },
  { kind: "start" },
  { kind: "restart", by: "a test" },
  { kind: "stop", by: "a test" },
  { kind: "kill" },
];
const SHUTDOWN: Input = { kind: "shutdown", by: "a test" };

function memoryFor(pinned: boolean) {
  const pins = pinned ? { heap: { bytes: 2 * GIB, by: "spark.driver.memory" } } : {};
  return firstMemory({ ...MEMORY.basis, pins }, { kept: null, mode: "adjust", atMs: 0 });
}

function happen(shell: ShellModel, { what, pick, random }: Happening): void {
  const death = DEATHS[pick % DEATHS.length] ?? DEATHS[0];
  assert.ok(death !== undefined);
  const one = <T>(choices: readonly T[]) => choices[Math.floor(pick / DEATHS.length) % choices.length];
  switch (what) {
    case "command":
      return shell.step(one(COMMANDS) ?? SHUTDOWN, { random });
    case "report": {
      const report = one(shell.reports(death));
      if (report !== undefined) shell.step(report, { random, death });
      return;
    }
    case "deadline":
      return shell.untilDeadline();
    case "moment":
      shell.nowMs += pick;
      return;
    case "stale": {
      const report = one(shell.reports(death)) ?? { kind: "heartbeat" as const, generation: 0 };
      const generation = shell.state.generation + (pick % 2 === 0 ? 1 : -1);
      return shell.step({ ...report, generation } as Input, { random });
    }
  }
}

Deno.test("transition() keeps what must always hold, whatever happens in whatever order", () => {
  fc.assert(
    fc.property(history, restartMode, (happenings, mode) => {
      const shell = new ShellModel(memoryFor(false), { ...DEFAULT_SETTINGS, restartMode: mode });
      shell.step({ kind: "start" });
      for (const each of happenings) happen(shell, each);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("transition() ends every history in exactly one finish once it is told to shut down", () => {
  fc.assert(
    fc.property(history, history, (before, after) => {
      const shell = new ShellModel(memoryFor(false), DEFAULT_SETTINGS);
      for (const each of before) happen(shell, each);
      const { generation } = shell.state;
      shell.step(SHUTDOWN);
      for (const each of after) if (shell.finishes === 0) happen(shell, each);
      for (let turn = 0; shell.finishes === 0; turn++) {
        assert.ok(turn < 20, `no end in ${shell.state.gateway.phase}`);
        const report = shell.goodReport();
        if (report?.kind === "exited" || report?.kind === "collected") shell.step(report);
        else shell.untilDeadline();
      }
      assert.equal(shell.finishes, 1);
      assert.equal(shell.state.gateway.phase, "stopped");
      assert.equal(shell.state.generation, generation, "a gateway was launched after the shutdown");
    }),
    { numRuns: 300 },
  );
});

Deno.test("transition() gets a gateway ready in the end, when it is wanted and the machine lets it", () => {
  fc.assert(
    fc.property(history, (happenings) => {
      const shell = new ShellModel(memoryFor(false), DEFAULT_SETTINGS);
      for (const each of happenings) happen(shell, each);
      shell.step({ kind: "start" });
      for (let turn = 0; shell.state.gateway.phase !== "ready"; turn++) {
        assert.ok(turn < 30, `not ready but ${shell.state.gateway.phase}`);
        const report = shell.goodReport();
        const { gateway } = shell.state;
        if (gateway.phase === "failed" && gateway.deadlineMs === null) shell.step({ kind: "start" });
        else if (report === null) shell.untilDeadline();
        else shell.step(report);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("transition() never moves a heap that the user pinned, unless adjusting was asked for", () => {
  fc.assert(
    fc.property(history, (happenings) => {
      const memory = memoryFor(true);
      const shell = new ShellModel(memory, DEFAULT_SETTINGS);
      for (const each of happenings) {
        happen(shell, each);
        assert.deepEqual(shell.state.memory.plan.heap, memory.plan.heap);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("the histories of these properties reach every phase, ready gateways and deaths", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(history, (happenings) => {
      const shell = new ShellModel(memoryFor(false), DEFAULT_SETTINGS);
      for (const each of happenings) {
        happen(shell, each);
        seen.add(shell.state.gateway.phase);
        if (shell.state.lastIncident !== null) seen.add(shell.state.lastIncident.verdict.class);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
  const wanted = ["stopped", "starting", "warming", "ready", "stopping", "collecting", "backoff", "failed"];
  const deaths = ["heap-oom", "killed-by-oom-killer", "start-timeout", "unresponsive", "unknown"];
  assert.deepEqual([...wanted, ...deaths].filter((name) => !seen.has(name)), []);
});
