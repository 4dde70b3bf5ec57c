import assert from "node:assert/strict";
import { deadlineOf, PHASES } from "../../src/core/lifecycle.ts";
import type { Effect, Input, Phase, SupervisorState } from "../../src/core/lifecycle.ts";
import { firstSigns } from "../../src/core/watch/signs.ts";
import { transition } from "../../src/core/transition.ts";
import { at, COMMANDS, dueMs, feed, GENERATION, NOW_MS, REPORTS, SAMPLES, SILENT } from "./samples.ts";
import type { SampleName } from "./samples.ts";

/** Every input against every state; what the words stand for is in {@linkcode OUTCOMES}. */
const TABLE = `
               stopped new    starting warming ready   suspect ending hung   dead   asked  backoff waiting failed
start          launch  ·      ·        ·       ·       ·       ·      ·      ·      ·      launch  launch  launch
stop           settle  gentle gentle   gentle  gentle* gentle* ·      ·      ·      ·      settle  settle  settle
restart        launch  gentle gentle   gentle  gentle* gentle* ·      ·      ·      ·      launch  launch  launch
shutdown       finish  gentle gentle   gentle  gentle* gentle* ·      ·      ·      ·      finish  finish  finish
kill           ·       ·      ·        ·       ·       ·       kill   kill   ·      ·      ·       ·       ·
spawned        ·       learn  learn    ·       ·       ·       learn  learn  ·      ·      ·       ·       ·
progress       ·       learn  learn    ·       ·       ·       ·      ·      ·      ·      ·       ·       ·
doomed         ·       ·      ·        ·       ·       ·       ·      ·      ·      ·      ·       ·       ·
handshake      ·       ·      attach   ·       ·       ·       ·      ·      ·      ·      ·       ·       ·
attached       ·       ·      ·        serve   ·       ·       ·      ·      ·      ·      ·       ·       ·
attach-failed  ·       ·      ·        firm    ·       ·       ·      ·      ·      ·      ·       ·       ·
heartbeat      ·       ·      ·        ·       learn   learn   ·      ·      ·      ·      ·       ·       ·
missed         ·       ·      ·        ·       learn   learn   ·      ·      ·      ·      ·       ·       ·
looked         ·       ·      ·        ·       learn   learn   ·      ·      ·      ·      ·       ·       ·
patience       ·       ·      ·        ·       learn   learn   ·      ·      ·      ·      ·       ·       ·
survived       ·       ·      ·        ·       learn   learn   ·      ·      ·      ·      ·       ·       ·
inspected      ·       ·      ·        ·       ·       ·       ·      ·      ·      ·      ·       ·       ·
exited         ·       gather gather   gather  gather* gather* gather gather ·      ·      ·       ·       ·
collected      ·       ·      ·        ·       ·       ·       ·      ·      died   launch ·       ·       ·
too-early      ·       ·      ·        ·       ·       ·       ·      ·      ·      ·      ·       ·       ·
deadline       ·       firm   firm     firm    learn   firm*   term   kill   lost   launch launch  launch  ·
`;

/** The next phase and the effects; a star ends the heartbeat first. */
const OUTCOMES: Readonly<Record<string, readonly [Phase, ...string[]]>> = {
  "launch": ["starting", "launch"],
  "attach": ["warming", "attach"],
  "serve": ["ready", "begin-heartbeat", "remember"],
  "gentle": ["stopping", "end-step close-stdin"],
  "gentle*": ["stopping", "end-heartbeat", "end-step close-stdin"],
  "firm": ["stopping", "end-step inspect"],
  "firm*": ["stopping", "end-heartbeat", "end-step inspect"],
  "term": ["stopping", "end-step SIGTERM"],
  "kill": ["stopping", "end-step SIGKILL"],
  "gather": ["collecting", "collect"],
  "gather*": ["collecting", "end-heartbeat", "collect"],
  "died": ["backoff", "remember", "record"],
  // Without evidence there is nothing to learn from.
  "lost": ["backoff", "record"],
  "settle": ["stopped"],
  "finish": ["stopped", "finish"],
};

const SAMPLE_NAMES = Object.keys(SAMPLES) as readonly SampleName[];

function inputsFor(state: SupervisorState): Readonly<Record<string, readonly [Input, number]>> {
  const reports = Object.entries(REPORTS).map(([name, make]) => [name, [make(state), NOW_MS]]);
  const commands = Object.entries(COMMANDS).map(([name, input]) => [name, [input, NOW_MS]]);
  const deadline: Input = { kind: "deadline" };
  return {
    ...Object.fromEntries([...reports, ...commands]),
    "too-early": [deadline, dueMs(state) - 1],
    "deadline": [deadline, dueMs(state)],
  };
}

function nameOf(effect: Effect): string {
  return effect.kind === "end-step" ? `end-step ${effect.step}` : effect.kind;
}

function rows(): readonly (readonly [string, ...string[]])[] {
  return TABLE.trim().split("\n").slice(1).map((line) => line.split(/\s+/) as [string, ...string[]]);
}

Deno.test("the table of transition() has every phase and every input", () => {
  const header = TABLE.trim().split("\n")[0]?.split(/\s+/);
  assert.deepEqual(header, SAMPLE_NAMES);
  assert.deepEqual(new Set(SAMPLE_NAMES.map((name) => SAMPLES[name].gateway.phase)), new Set(PHASES));
  assert.deepEqual(rows().map(([input]) => input).sort(), Object.keys(inputsFor(SAMPLES.stopped)).sort());
  for (const [input, ...cells] of rows()) assert.equal(cells.length, SAMPLE_NAMES.length, input);
});

Deno.test("transition() does what the table says for every phase and input", () => {
  for (const [inputName, ...cells] of rows()) {
    for (const [index, cell] of cells.entries()) {
      const name = SAMPLE_NAMES[index] ?? "stopped";
      const before: SupervisorState = SAMPLES[name];
      const [input, nowMs] = inputsFor(before)[inputName] ?? [];
      assert.ok(input !== undefined && nowMs !== undefined);
      const { state, effects } = transition(before, input, at(nowMs));
      const told = `${inputName} while ${name}`;
      if (cell === "·" || cell === "learn") {
        assert.deepEqual(effects, [], told);
        if (cell === "·") assert.deepEqual(state.gateway, before.gateway, told);
        else assert.notDeepEqual(state.gateway, before.gateway, told);
        assert.equal(state.gateway.phase, before.gateway.phase, told);
      } else {
        const [phase, ...wanted] = OUTCOMES[cell] ?? [];
        assert.deepEqual([state.gateway.phase, ...effects.map(nameOf)], [phase, ...wanted], told);
      }
      const launched = cell === "launch" ? 1 : 0;
      assert.equal(state.generation, before.generation + launched, told);
      assert.equal(state.ending, inputName === "shutdown", told);
      const desired = { start: "up", restart: "up", stop: "down", shutdown: "down" }[inputName];
      assert.equal(state.desired, desired ?? before.desired, told);
      for (const effect of effects) {
        if ("generation" in effect) assert.equal(effect.generation, state.generation, told);
      }
    }
  }
});

Deno.test("transition() changes nothing for a report of another generation", () => {
  for (const name of SAMPLE_NAMES) {
    const state: SupervisorState = SAMPLES[name];
    for (const [kind, make] of Object.entries(REPORTS)) {
      for (const generation of [GENERATION - 1, GENERATION + 1]) {
        const input = { ...make(state), generation };
        assert.deepEqual(transition(state, input, at(NOW_MS)), { state, effects: [] }, `${kind} ${name}`);
      }
    }
  }
});

Deno.test("transition() hears no start and no restart once the daemon is ending", () => {
  for (const name of SAMPLE_NAMES) {
    const state: SupervisorState = { ...SAMPLES[name], desired: "down", ending: true };
    for (const input of [COMMANDS.start, COMMANDS.restart]) {
      assert.deepEqual(transition(state, input, at(NOW_MS)), { state, effects: [] }, `${input.kind} ${name}`);
    }
  }
});

Deno.test("transition() takes a gateway from nothing to serving, with a deadline for each wait", () => {
  const { state: launched } = transition(SAMPLES.stopped, { kind: "start" }, at(NOW_MS));
  const generation = GENERATION + 1;
  assert.deepEqual(launched.gateway, {
    phase: "starting",
    pid: null,
    startedMs: NOW_MS,
    deadlineMs: NOW_MS + 60_000,
  });
  assert.equal(launched.launches, 1);
  const warmed = feed(launched, [{ kind: "spawned", generation, pid: 5, startTicks: 8 }, {
    kind: "handshake",
    generation,
  }]);
  assert.deepEqual(warmed.state.gateway, {
    phase: "warming",
    pid: 5,
    startedMs: NOW_MS,
    deadlineMs: NOW_MS + 30_000,
  });
  assert.equal(warmed.state.everReady, false);
  const { state } = transition(warmed.state, { kind: "attached", generation }, at(NOW_MS + 7));
  assert.deepEqual(state.gateway, {
    phase: "ready",
    pid: 5,
    startedMs: NOW_MS,
    readyMs: NOW_MS + 7,
    beats: 0,
    signs: firstSigns(NOW_MS + 7),
    condition: null,
    excuse: null,
    deadlineMs: NOW_MS + 7 + 5_000,
  });
  assert.equal(state.everReady, true);
});

Deno.test("transition() launches with the plan of the state, and counts", () => {
  const first = transition(
    { ...SAMPLES.stopped, generation: 0, lastGeneration: 0 },
    { kind: "start" },
    at(NOW_MS),
  );
  assert.deepEqual(first.effects, [{
    kind: "launch",
    generation: 1,
    plan: SAMPLES.stopped.memory.plan,
    isAwaited: true,
  }]);
  assert.equal(first.state.launches, 1);
  assert.equal(feed(first.state, [COMMANDS.restart]).state.launches, 1, "not before the old one has ended");
});

Deno.test("transition() gives a start that makes progress its whole time again", () => {
  const { state } = transition(SAMPLES.starting, REPORTS.progress(SAMPLES.starting), at(NOW_MS));
  assert.deepEqual(state.gateway, { ...SAMPLES.starting.gateway, deadlineMs: NOW_MS + 60_000 });
});

Deno.test("transition() waits less long for a start that has lost a thread", () => {
  const state = {
    ...SAMPLES.starting,
    gateway: { ...SAMPLES.starting.gateway, deadlineMs: NOW_MS + 50_000 },
  };
  for (const report of [REPORTS.doomed, REPORTS.survived]) {
    assert.equal(deadlineOf(transition(state, report(state), at(NOW_MS)).state), NOW_MS + 5_000);
  }
});

Deno.test("transition() suspects silence, forgives an answer, and acts on lasting silence", () => {
  const silent = transition(SAMPLES.ready, { kind: "deadline" }, at(dueMs(SAMPLES.ready)));
  const lastMs = NOW_MS - 4_000;
  assert.deepEqual(silent.state.gateway, {
    ...SAMPLES.ready.gateway,
    condition: { ...SILENT, sinceMs: lastMs, reason: "no answer for 5 s" },
    beats: 0,
    deadlineMs: lastMs + 15_000,
  });
  const heard = transition(silent.state, REPORTS.heartbeat(silent.state), at(NOW_MS + 9_000));
  assert.deepEqual(heard.state.gateway, {
    ...SAMPLES.ready.gateway,
    beats: 1,
    signs: { ...firstSigns(lastMs), answeredMs: { kept: NOW_MS + 9_000, fresh: lastMs } },
    deadlineMs: NOW_MS + 14_000,
  });
  const lost = transition(silent.state, { kind: "deadline" }, at(dueMs(silent.state)));
  assert.deepEqual(lost.state.gateway, {
    phase: "stopping",
    pid: 42,
    intent: {
      kind: "unfit",
      condition: { ...SILENT, sinceMs: lastMs, reason: "no answer for 15 s" },
      survived: null,
    },
    wasReady: true,
    step: "inspect",
    remaining: ["SIGKILL"],
    deadlineMs: dueMs(silent.state) + 4_000,
  });
});

Deno.test("transition() begins anew with what it watched when the daemon itself was not there", () => {
  const { ready, starting, ending, suspect } = SAMPLES;
  const lateMs = NOW_MS + 1_000 + 2_000;
  for (const input of [{ kind: "deadline" }, REPORTS.missed(ready), REPORTS.looked(ready)] as const) {
    for (const sample of [ready, suspect]) {
      const { state, effects } = transition(sample, input, at(lateMs));
      assert.deepEqual(effects, []);
      assert.equal(state.gateway.phase, "ready");
      assert.equal(deadlineOf(state), lateMs + 5_000);
      const { gateway } = transition(state, { kind: "deadline" }, at(lateMs + 5_000)).state;
      assert.equal(gateway.phase === "ready" && gateway.condition?.reason, "no answer for 5 s");
    }
  }
  for (const sample of [starting, ending]) {
    const { state, effects } = transition(sample, { kind: "deadline" }, at(lateMs));
    assert.deepEqual(effects, []);
    assert.deepEqual(state.gateway, { ...sample.gateway, deadlineMs: lateMs + 5_000 });
    assert.notDeepEqual(transition(sample, { kind: "deadline" }, at(lateMs - 1)).effects, []);
  }
});

Deno.test("transition() starts what was asked for while a gateway ended, whatever else it would decide", () => {
  const never = { restartMode: "never" } as const;
  for (const sample of [SAMPLES.hung, SAMPLES.dead]) {
    for (const [command, phase] of [[COMMANDS.restart, "backoff"], [null, "failed"]] as const) {
      let state: SupervisorState = sample;
      if (command !== null) state = transition(state, command, at(NOW_MS, never)).state;
      if (sample === SAMPLES.hung) state = transition(state, REPORTS.exited(state), at(NOW_MS, never)).state;
      state = transition(state, REPORTS.collected(state), at(NOW_MS, never)).state;
      assert.equal(state.gateway.phase, phase);
      if (command === null) continue;
      assert.equal(deadlineOf(state), NOW_MS);
      assert.equal(transition(state, { kind: "deadline" }, at(NOW_MS, never)).state.asked, false);
    }
  }
});

Deno.test("transition() forgives earlier deaths after enough heartbeats in a row", () => {
  const deaths = [{ atMs: 1, class: "heap-oom", wasReady: true }] as const;
  let state: SupervisorState = { ...SAMPLES.ready, gateway: { ...SAMPLES.ready.gateway, beats: 28 }, deaths };
  state = transition(state, REPORTS.heartbeat(state), at(NOW_MS)).state;
  assert.deepEqual(state.deaths, deaths);
  assert.deepEqual(transition(state, REPORTS.heartbeat(state), at(NOW_MS)).state.deaths, []);
  const suspect = transition(state, { kind: "deadline" }, at(dueMs(state))).state;
  assert.deepEqual(transition(suspect, REPORTS.heartbeat(suspect), at(NOW_MS)).state.deaths, deaths);
});

Deno.test("transition() names why it ends a start that takes too long", () => {
  const reasonAt = (state: SupervisorState, input: Input) => {
    const { gateway } = transition(state, input, at(dueMs(state))).state;
    assert.equal(gateway.phase, "stopping");
    return gateway.phase === "stopping" ? gateway.intent : null;
  };
  const { starting, warming } = SAMPLES;
  const kind = "start-timeout";
  assert.deepEqual(reasonAt(starting, { kind: "deadline" }), { kind, reason: "no hand-shake within 3 s" });
  assert.deepEqual(reasonAt(warming, { kind: "deadline" }), {
    kind,
    reason: "the first calls were not answered within 30 s",
  });
  assert.deepEqual(reasonAt(warming, REPORTS["attach-failed"](warming)), { kind, reason: "no answer" });
});
