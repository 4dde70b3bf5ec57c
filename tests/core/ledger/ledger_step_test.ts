import assert from "node:assert/strict";
import { readLedger } from "../../../src/core/ledger/ledger.ts";
import type { LedgerRecord } from "../../../src/core/ledger/ledger_record.ts";
import { recordsOf } from "../../../src/core/ledger/ledger_step.ts";
import { DEFAULT_SETTINGS, initialState } from "../../../src/core/lifecycle.ts";
import type { Input, SupervisorState } from "../../../src/core/lifecycle.ts";
import { transition } from "../../../src/core/transition.ts";
import { AT, FLAGS, render, STAMP } from "./ledger_samples.ts";
import { MEMORY, WALL_MS } from "../samples.ts";

const NOW_MS = 1_000_000;
const OUT_OF_HEAP = [{ number: 1, text: "Terminating due to java.lang.OutOfMemoryError: Java heap space" }];

/** A real life on the machine, and the records of each step of it. */
class Life {
  state: SupervisorState = initialState(MEMORY, 6);
  nowMs = NOW_MS;

  /** What the step is worth. */
  take(input: Input): readonly LedgerRecord[] {
    const before = this.state;
    const context = { nowMs: this.nowMs, wallMs: WALL_MS, random: 1 - 2 ** -53, settings: DEFAULT_SETTINGS };
    this.state = transition(before, input, context).state;
    return recordsOf({ before, after: this.state, input }, STAMP);
  }

  /** The next report of a gateway on its way from its start to its grave. */
  report(kind: "spawned" | "handshake" | "attached" | "exited" | "collected"): readonly LedgerRecord[] {
    const { generation, gateway } = this.state;
    switch (kind) {
      case "spawned":
        return this.take({ kind, generation, pid: 40 + generation, startTicks: 7_000 });
      case "handshake":
      case "attached":
        return this.take({ kind, generation });
      case "exited":
        return this.take({ kind, generation, exit: { code: 3, signal: null } });
      case "collected": {
        assert.ok(gateway.phase === "collecting");
        const { exit, intent, wasReady } = gateway;
        const oomKills = { group: 0, machine: 0 };
        const evidence = { exit, intent, wasReady, stdout: OUT_OF_HEAP, stderr: [], hsErr: [], oomKills };
        return this.take({ kind, generation, evidence });
      }
    }
  }

  /** Starts a gateway and brings it up. */
  up(): this {
    this.take({ kind: "start" });
    for (const kind of ["spawned", "handshake", "attached"] as const) this.report(kind);
    return this;
  }
}

Deno.test("recordsOf() a process that was made: what names it", () => {
  const life = new Life();
  assert.deepEqual(life.take({ kind: "start" }), []);
  const started = { kind: "started", at: AT, generation: 7, pid: 47, bootId: "one boot" };
  assert.deepEqual(life.report("spawned"), [{ ...started, startTicks: 7_000 }]);
  life.report("handshake");
  // The machine has gone on meanwhile, and the process is there all the same.
  const late: Input = { kind: "spawned", generation: 6, pid: 47, startTicks: null };
  assert.deepEqual(life.take(late), [{ ...started, generation: 6, startTicks: null }]);
  const nowhere = { before: life.state, after: life.state, input: late };
  assert.deepEqual(recordsOf(nowhere, { at: AT, bootId: null, flags: null }), [
    { ...started, generation: 6, startTicks: null, bootId: null },
  ]);
});

Deno.test("recordsOf() a gateway that got ready: how long that took, in whole milliseconds, once", () => {
  const life = new Life();
  life.take({ kind: "start" });
  life.report("spawned");
  life.nowMs += 1_999.6;
  assert.deepEqual(life.report("handshake"), []);
  assert.deepEqual(life.report("attached"), [
    { kind: "ready", at: AT, generation: 7, afterMs: 2_000, flags: FLAGS },
  ]);
  assert.deepEqual(life.report("attached"), []);
  assert.deepEqual(life.take({ kind: "deadline" }), []);
});

Deno.test("recordsOf() a death: the verdict, and what follows in words", () => {
  const life = new Life().up();
  assert.deepEqual(life.report("exited"), []);
  assert.deepEqual(life.take({ kind: "kill" }), []);
  assert.deepEqual(life.report("collected"), [{
    kind: "ended",
    at: AT,
    generation: 7,
    exit: { code: 3, signal: null },
    class: "heap-oom",
    confidence: "certain",
    wasReady: true,
    next: 'death 1 since health was last proven, "heap-oom": start again at once',
  }]);
});

Deno.test("recordsOf() a death whose evidence never came: the verdict without it", () => {
  const life = new Life().up();
  life.report("exited");
  life.nowMs += DEFAULT_SETTINGS.collectTimeoutMs;
  const [ended] = life.take({ kind: "deadline" });
  assert.ok(ended?.kind === "ended");
  assert.deepEqual([ended.generation, ended.class, ended.wasReady], [7, "unknown", true]);
});

Deno.test("recordsOf() an end that was asked for: requested, and by whom, whatever died before", () => {
  const nextOf = (...asked: readonly Input[]) => {
    const life = new Life().up();
    for (const kind of ["exited", "collected"] as const) life.report(kind);
    // Generation 7 died, and an incident tells of it; this is about generation 8.
    life.up();
    for (const input of asked) assert.deepEqual(life.take(input), []);
    life.report("exited");
    return life.report("collected").map((record) =>
      record.kind === "ended" ? [record.generation, record.class, record.confidence, record.next] : []
    );
  };
  const requested = [8, "requested", "certain"];
  const by = "somebody";
  assert.deepEqual(nextOf({ kind: "stop", by }), [[...requested, "stop by somebody: stay stopped"]]);
  assert.deepEqual(nextOf({ kind: "shutdown", by }), [[...requested, "stop by somebody: the daemon ends"]]);
  assert.deepEqual(nextOf({ kind: "restart", by }), [[
    ...requested,
    "restart by somebody: start again at once",
  ]]);
  assert.deepEqual(nextOf({ kind: "stop", by }, { kind: "start" }), [[
    ...requested,
    "stop by somebody: start again at once",
  ]]);
});

Deno.test("a whole life leaves no generation open, and a daemon that is cut off leaves one", () => {
  const life = new Life();
  const records = [...life.take({ kind: "start" })];
  for (const kind of ["spawned", "handshake", "attached", "exited", "collected"] as const) {
    records.push(...life.report(kind));
    const open = readLedger(render(records)).open.map(({ generation, pid }) => [generation, pid]);
    assert.deepEqual(open, kind === "collected" ? [] : [[7, 47]]);
  }
  assert.deepEqual(records.map(({ kind }) => kind), ["started", "ready", "ended"]);
});
