import assert from "node:assert/strict";
import { PHASES } from "../../../src/core/lifecycle.ts";
import type { SupervisorState } from "../../../src/core/lifecycle.ts";
import { turnsOf } from "../../../src/core/relay/turn.ts";
import type { Turn } from "../../../src/core/relay/turn.ts";
import { transition } from "../../../src/core/transition.ts";
import { at, COMMANDS, dueMs, GENERATION, NOW_MS, REPORTS, SAMPLES } from "../samples.ts";

const READY: Turn = { kind: "ready", generation: GENERATION };

function lost(reason: string): Turn {
  const sentence = `rekindle: gateway JVM (generation ${GENERATION}) was lost: ${reason}. ` +
    "Its SparkContext and data are gone; restart the program.";
  return { kind: "lost", generation: GENERATION, sentence };
}

/** What a step of the machine means for programs. */
function stepOf(
  state: SupervisorState,
  input: Parameters<typeof transition>[1],
  nowMs = NOW_MS,
): readonly Turn[] {
  return turnsOf(state, transition(state, input, at(nowMs)).state);
}

Deno.test("programs are let in when the gateway is ready, and not before", () => {
  assert.deepEqual(turnsOf(SAMPLES.warming, SAMPLES.ready), [READY]);
  assert.deepEqual(turnsOf(SAMPLES.starting, SAMPLES.warming), []);
  assert.deepEqual(turnsOf(SAMPLES.ready, SAMPLES.suspect), []);
});

Deno.test("a loss is told before anything else, with its reason", () => {
  const exited = REPORTS.exited(SAMPLES.ready);
  assert.deepEqual(stepOf(SAMPLES.ready, exited), [lost("exit code 3"), { kind: "coming" }]);
  assert.deepEqual(stepOf(SAMPLES.ready, COMMANDS.restart), [lost("restart by a test"), { kind: "coming" }]);
  const [loss, next] = stepOf(SAMPLES.ready, COMMANDS.stop);
  assert.deepEqual(loss, lost("stop by a test"));
  assert.match(
    next?.kind === "hopeless" ? next.sentence : "",
    /was stopped; "rekindle start" brings it back/,
  );
});

Deno.test("a gateway that is ended for its silence is lost before it is ended", () => {
  const silent = transition(SAMPLES.suspect, { kind: "deadline" }, at(dueMs(SAMPLES.suspect)));
  assert.equal(silent.state.gateway.phase, "stopping");
  const [loss] = turnsOf(SAMPLES.suspect, silent.state);
  assert.match(loss?.kind === "lost" ? loss.sentence : "", /was lost: no answer for \d+ s\./);
});

Deno.test("programs that find no gateway are told why none will come", () => {
  const gone: SupervisorState = { ...SAMPLES.dead, gateway: { phase: "failed", deadlineMs: null } };
  const [turn] = turnsOf(SAMPLES.dead, gone);
  assert.match(
    turn?.kind === "hopeless" ? turn.sentence : "",
    /^rekindle: there is no gateway: it was given up\./,
  );
});

Deno.test("no step says the same twice, and every loss is of what was ready", () => {
  for (const before of Object.values(SAMPLES)) {
    for (const after of Object.values(SAMPLES)) {
      const turns = turnsOf(before, after);
      if (turns.some(({ kind }) => kind === "lost")) assert.equal(before.gateway.phase, "ready");
      assert.deepEqual(turnsOf(after, after), []);
    }
  }
  assert.equal(PHASES.length, 8);
});
