import assert from "node:assert/strict";
import { CHECK_NAMES, healthOf, isReady, LOOP_STUCK_MS } from "../../src/core/health.ts";
import type { HealthReport } from "../../src/core/health.ts";
import type { SupervisorState } from "../../src/core/lifecycle.ts";
import { transition } from "../../src/core/transition.ts";
import { at, NOW_MS, REPORTS, SAMPLES } from "./samples.ts";

const DEATH = { atMs: NOW_MS, class: "heap-oom", wasReady: true } as const;

function health(state: SupervisorState, lagMs = 0): HealthReport {
  return healthOf(state, { nowMs: NOW_MS, lagMs, unrecorded: null });
}

Deno.test("healthOf() passes every check while the gateway serves", () => {
  const report = health(SAMPLES.ready);
  assert.equal(report.status, "pass");
  assert.deepEqual(Object.keys(report.checks), CHECK_NAMES);
  for (const name of CHECK_NAMES) {
    assert.deepEqual(report.checks[name], { status: "pass", output: null }, name);
  }
});

Deno.test("isReady() holds only while the gateway serves and answers", () => {
  for (const [name, state] of Object.entries(SAMPLES)) {
    assert.equal(isReady(health(state)), name === "ready", name);
    assert.equal(health(state).status, name === "ready" ? "pass" : "fail", name);
  }
});

Deno.test("healthOf() says in which phase a gateway is that does not serve, and after which death", () => {
  const died = transition(SAMPLES.dead, REPORTS.collected(SAMPLES.dead), at(NOW_MS)).state;
  assert.equal(health(SAMPLES.starting).checks.gateway.output, "the gateway is starting");
  assert.equal(health(died).checks.gateway.output, 'the gateway is backoff after "heap-oom"');
  const stopped = { ...died, gateway: SAMPLES.stopped.gateway };
  assert.equal(health(stopped).checks.gateway.output, "the gateway is stopped");
});

Deno.test("healthOf() fails a gateway that serves when the daemon is ending", () => {
  const report = health({ ...SAMPLES.ready, ending: true });
  assert.deepEqual(report.checks.gateway, { status: "fail", output: "the daemon is shutting down" });
  assert.equal(isReady(report), false);
});

Deno.test("healthOf() says how long a suspect gateway has been silent", () => {
  const { checks } = health(SAMPLES.suspect);
  assert.deepEqual(checks.heartbeat, { status: "fail", output: "no answer for 14 s" });
  assert.equal(checks.gateway.status, "pass");
});

Deno.test("healthOf() fails a gateway that is not fit, with the reason and what excuses it", () => {
  const condition = { kind: "gc-spiral", sinceMs: NOW_MS, reason: "it only collects", evidence: [] } as const;
  const gateway = { ...SAMPLES.ready.gateway, condition, excuse: "it may still find room" };
  const report = health({ ...SAMPLES.ready, gateway });
  assert.deepEqual(report.checks.condition, {
    status: "fail",
    output: "gc-spiral: it only collects (not ended yet: it may still find room)",
  });
  assert.equal(report.checks.heartbeat.status, "pass");
  assert.equal(isReady(report), false);
  const bare = health({ ...SAMPLES.ready, gateway: { ...gateway, excuse: null } });
  assert.equal(bare.checks.condition.output, "gc-spiral: it only collects");
});

Deno.test("healthOf() warns of what cannot be written, which keeps nobody from attaching", () => {
  const report = healthOf(SAMPLES.ready, { nowMs: NOW_MS, lagMs: 0, unrecorded: "the disk is full" });
  assert.deepEqual(report.checks.records, { status: "warn", output: "the disk is full" });
  assert.deepEqual([report.status, isReady(report)], ["warn", true]);
});

Deno.test("healthOf() warns of deaths, which keep nobody from attaching", () => {
  const once = health({ ...SAMPLES.ready, deaths: [DEATH] });
  assert.deepEqual(once.checks.restarts, {
    status: "warn",
    output: '1 death since health was last proven, the last "heap-oom"',
  });
  assert.deepEqual([once.status, isReady(once)], ["warn", true]);
  const twice = health({ ...SAMPLES.ready, deaths: [DEATH, { ...DEATH, class: "unknown" }] });
  assert.match(twice.checks.restarts.output ?? "", /^2 deaths .* the last "unknown"$/);
});

Deno.test("healthOf() fails when an input has waited too long for the loop", () => {
  assert.equal(health(SAMPLES.ready, LOOP_STUCK_MS - 1).status, "pass");
  const stuck = health(SAMPLES.ready, LOOP_STUCK_MS);
  assert.deepEqual(stuck.checks.loop, {
    status: "fail",
    output: "the control loop has not turned for 10 s",
  });
  assert.equal(isReady(stuck), false);
});
