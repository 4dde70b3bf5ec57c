import assert from "node:assert/strict";
import { end, GENTLE } from "../../../src/core/ending.ts";
import type { SupervisorState } from "../../../src/core/lifecycle.ts";
import { lossIn } from "../../../src/core/relay/turn.ts";
import { transition } from "../../../src/core/transition.ts";
import { at, COMMANDS, dueMs, GENERATION, NOW_MS, REPORTS, SAMPLES } from "../samples.ts";

function lost(reason: string) {
  const sentence = `rekindle: gateway JVM (generation ${GENERATION}) was lost: ${reason}. ` +
    "Its SparkContext and data are gone; restart the program.";
  return { generation: GENERATION, sentence };
}

/** What a step of the machine means for programs. */
function stepOf(state: SupervisorState, input: Parameters<typeof transition>[1], nowMs = NOW_MS) {
  return lossIn(state, transition(state, input, at(nowMs)).state);
}

Deno.test("a gateway that serves on is not lost", () => {
  assert.equal(lossIn(SAMPLES.warming, SAMPLES.ready), null);
  assert.equal(lossIn(SAMPLES.ready, SAMPLES.suspect), null);
});

Deno.test("a loss is told with its reason", () => {
  assert.deepEqual(stepOf(SAMPLES.ready, REPORTS.exited(SAMPLES.ready)), lost("exit code 3"));
  assert.deepEqual(stepOf(SAMPLES.ready, COMMANDS.restart), lost("restart by a test"));
  assert.deepEqual(stepOf(SAMPLES.ready, COMMANDS.stop), lost("stop by a test"));
});

Deno.test("a gateway that is retired is lost for the reason it is retired for", () => {
  const why = "it has served its program";
  const retired = end(SAMPLES.ready, { kind: "retire", why }, { steps: GENTLE, context: at(NOW_MS) });
  assert.deepEqual(lossIn(SAMPLES.ready, retired.state), lost(why));
});

Deno.test("a gateway that is ended for its silence is lost before it is ended", () => {
  const silent = transition(SAMPLES.suspect, { kind: "deadline" }, at(dueMs(SAMPLES.suspect)));
  assert.equal(silent.state.gateway.phase, "stopping");
  assert.match(lossIn(SAMPLES.suspect, silent.state)?.sentence ?? "", /was lost: no answer for \d+ s\./);
});

Deno.test("every loss is of what was ready", () => {
  for (const before of Object.values(SAMPLES)) {
    for (const after of Object.values(SAMPLES)) {
      if (lossIn(before, after) !== null) assert.equal(before.gateway.phase, "ready");
      assert.equal(lossIn(after, after), null);
    }
  }
});
