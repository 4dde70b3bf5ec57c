import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BACKOFF_MAX_MS,
  backoffMs,
  decideRestart,
  GIVE_UP_DEATHS,
  GIVE_UP_STARTS,
  GIVE_UP_WINDOW_MS,
  HALF_OPEN_MAX_MS,
  HALF_OPEN_MIN_MS,
  isDeterministic,
} from "../../src/core/restart_policy.ts";
import type { Death, RestartDecision, RestartInput } from "../../src/core/restart_policy.ts";
import { CAUSE_CLASSES } from "../../src/core/verdict.ts";
import type { CauseClass } from "../../src/core/verdict.ts";

/** The highest wait that full jitter can draw. */
const HIGHEST = 1 - 2 ** -53;
const NOW_MS = 5_000_000;

interface Case extends Partial<Omit<RestartInput, "verdict" | "deaths">> {
  /** Deaths before this one. */
  readonly earlier?: readonly Death[];
}

function decide(cause: CauseClass, { earlier = [], ...given }: Case = {}): RestartDecision {
  const wasReady = given.wasReady ?? true;
  return decideRestart({
    verdict: { class: cause, fatal: true, confidence: "certain", summary: "", evidence: [], remedy: "" },
    planChanged: false,
    deaths: [...earlier, { atMs: NOW_MS, class: cause, wasReady }],
    mode: "always",
    nowMs: NOW_MS,
    random: HIGHEST,
    ...given,
    wasReady,
  });
}

function deaths(count: number, death: Partial<Death> = {}): readonly Death[] {
  return Array.from({ length: count }, () => ({
    atMs: NOW_MS - 1,
    class: "killed-by-signal" as const,
    wasReady: true,
    ...death,
  }));
}

Deno.test("backoffMs() doubles its upper bound with each death, up to a minute", () => {
  const waits = Array.from({ length: 12 }, (_, index) => backoffMs(index + 1, HIGHEST));
  assert.deepEqual(waits, [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000, 60_000]);
  assert.equal(backoffMs(3, 0), 0);
  assert.equal(backoffMs(3, 0.5), 400);
});

Deno.test("backoffMs() never waits less than nothing or more than a minute", () => {
  const random = fc.double({ min: 0, max: HIGHEST, noNaN: true });
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), random, (attempt, drawn) => {
    const wait = backoffMs(attempt, drawn);
    assert.ok(Number.isInteger(wait) && wait >= 0 && wait <= BACKOFF_MAX_MS);
  }));
});

Deno.test("decideRestart() replaces a gateway that had been ready at once, and waits before anything else", () => {
  assert.deepEqual(decide("heap-oom"), {
    kind: "restart",
    delayMs: 0,
    reason: 'death 1 since health was last proven, "heap-oom": start again at once',
  });
  assert.deepEqual(decide("heap-oom", { wasReady: false }), {
    kind: "restart",
    delayMs: 200,
    reason: 'death 1 since health was last proven, "heap-oom": start again in 0.2 s',
  });
});

Deno.test("decideRestart() waits longer with every death since health was proven, of whatever class", () => {
  const third = decide("heap-oom", { earlier: deaths(2) });
  assert.deepEqual(third, {
    kind: "restart",
    delayMs: 800,
    reason: 'death 3 since health was last proven, "heap-oom": start again in 0.8 s',
  });
});

Deno.test("decideRestart() gives up after deaths of one class within the window, and tries again later", () => {
  for (const [wasReady, most] of [[false, GIVE_UP_STARTS], [true, GIVE_UP_DEATHS]] as const) {
    const on = (earlier: readonly Death[]) => decide("killed-by-signal", { wasReady, earlier });
    assert.equal(on(deaths(most - 2, { wasReady })).kind, "restart");
    assert.deepEqual(on(deaths(most - 1, { wasReady })), {
      kind: "give-up",
      reason: `${most} deaths by "killed-by-signal" within 10 minutes`,
      retryInMs: HALF_OPEN_MIN_MS,
    });
    assert.equal(on(deaths(most, { wasReady, class: "heap-oom" })).kind, "restart", "another class");
    assert.equal(on(deaths(most, { wasReady: !wasReady })).kind, "restart", "another stage");
    const edge = NOW_MS - GIVE_UP_WINDOW_MS;
    assert.equal(on(deaths(most, { wasReady, atMs: edge - 1 })).kind, "restart", "too long ago");
    assert.equal(on(deaths(most, { wasReady, atMs: edge })).kind, "give-up");
  }
});

Deno.test("decideRestart() gives up again at once when the try after giving up fails, and waits twice as long", () => {
  const waits = Array.from({ length: 7 }, (_, tries) => {
    const earlier = deaths(GIVE_UP_STARTS - 1 + tries, { wasReady: false });
    const decision = decide("killed-by-signal", { wasReady: false, earlier });
    assert.equal(decision.kind, "give-up");
    return decision.retryInMs;
  });
  const [min, max] = [HALF_OPEN_MIN_MS, HALF_OPEN_MAX_MS];
  assert.deepEqual(waits, [min, 2 * min, 4 * min, 8 * min, max, max, max]);
});

Deno.test("decideRestart() counts tries that failed before the window when it waits again", () => {
  const earlier = [
    ...deaths(GIVE_UP_STARTS, { wasReady: false, atMs: NOW_MS - GIVE_UP_WINDOW_MS - 1 }),
    ...deaths(GIVE_UP_STARTS - 1, { wasReady: false }),
  ];
  const decision = decide("killed-by-signal", { wasReady: false, earlier });
  assert.ok(decision.kind === "give-up" && decision.retryInMs === HALF_OPEN_MAX_MS);
});

Deno.test("decideRestart() does not repeat a start that will fail until somebody corrects something", () => {
  for (const cause of CAUSE_CLASSES) {
    const decision = decide(cause, { wasReady: false });
    assert.equal(decision.kind, isDeterministic(cause) ? "give-up" : "restart", cause);
    if (decision.kind === "give-up") assert.equal(decision.retryInMs, null);
    assert.equal(decide(cause, { wasReady: true }).kind, "restart", `${cause} after it was ready`);
    assert.equal(decide(cause, { wasReady: false, planChanged: true }).kind, "restart", `${cause}, new plan`);
  }
});

Deno.test("isDeterministic() holds for what a person must correct, and for nothing that may pass", () => {
  const lasting: readonly CauseClass[] = [
    "invalid-jvm-option",
    "heap-exceeds-machine",
    "java-missing",
    "java-version-mismatch",
    "module-access-denied",
    "class-version-conflict",
    "class-missing",
    "bad-spark-config",
    "permission-denied",
  ];
  assert.deepEqual(CAUSE_CLASSES.filter(isDeterministic), lasting);
});

Deno.test("decideRestart() obeys the restart mode", () => {
  const table = [
    ["always", "clean-exit", "restart"],
    ["always", "heap-oom", "restart"],
    ["on-failure", "clean-exit", "give-up"],
    ["on-failure", "heap-oom", "restart"],
    ["on-failure", "unknown", "restart"],
    ["never", "clean-exit", "give-up"],
    ["never", "heap-oom", "give-up"],
  ] as const;
  for (const [mode, cause, kind] of table) {
    const decision = decide(cause, { mode });
    assert.equal(decision.kind, kind, `${mode} ${cause}`);
    if (decision.kind === "give-up") {
      assert.equal(decision.retryInMs, null);
      assert.match(decision.reason, new RegExp(`the restart mode is ${mode}`));
    }
  }
});
