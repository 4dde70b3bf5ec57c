import assert from "node:assert/strict";
import type { SupervisorState } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import type { PoolState } from "../../src/core/pool/pool.ts";
import { EXTENSION_MS, NOTHING_TOLD, noticeOf } from "../../src/core/service_notice.ts";
import type { Told } from "../../src/core/service_notice.ts";
import { transition } from "../../src/core/transition.ts";
import { at, NOW_MS, REPORTS, SAMPLES } from "./samples.ts";

function notice(life: SupervisorState | PoolState, told: Told = NOTHING_TOLD, watched = false) {
  return noticeOf("seats" in life ? life : initialPool(life), { told, nowMs: NOW_MS, watched });
}

function status(life: SupervisorState): string {
  return notice(life).lines.find((line) => line.startsWith("STATUS="))?.slice("STATUS=".length) ?? "";
}

Deno.test("noticeOf() says READY=1 on the first turn, whatever the gateway does, and never again", () => {
  for (const [name, life] of Object.entries(SAMPLES)) {
    const first = notice(life);
    assert.equal(first.lines[0], "READY=1", name);
    assert.equal(first.lines.length, 2, name);
    assert.deepEqual(notice(life, first.told).lines, [], name);
  }
});

Deno.test("noticeOf() gives a sign of life on every turn when one is waited for", () => {
  const { told } = notice(SAMPLES.ready, NOTHING_TOLD, true);
  assert.deepEqual(notice(SAMPLES.ready, told, true).lines, ["WATCHDOG=1"]);
  assert.deepEqual(notice({ ...SAMPLES.ready, ending: true }, told, true).lines.includes("WATCHDOG=1"), true);
});

Deno.test("noticeOf() says STOPPING=1 once", () => {
  const { told } = notice(SAMPLES.ready);
  const ending = notice({ ...SAMPLES.ready, ending: true }, told);
  assert.equal(ending.lines[0], "STOPPING=1");
  assert.equal(notice({ ...SAMPLES.ready, ending: true }, ending.told).lines.includes("STOPPING=1"), false);
});

Deno.test("noticeOf() asks for more time while gateways end or evidence is collected, and only at the stop", () => {
  const collecting = { ...SAMPLES.dead, gateway: { ...SAMPLES.dead.gateway, deadlineMs: NOW_MS + 9_000 } };
  const isExtension = (line: string) => line.startsWith("EXTEND_TIMEOUT_USEC=");
  assert.equal(notice(collecting).lines.some(isExtension), false);
  const { lines, told } = notice({ ...collecting, ending: true });
  assert.ok(lines.includes(`EXTEND_TIMEOUT_USEC=${(9_000 + EXTENSION_MS) * 1000}`));
  // Every turn anew: systemd counts from when it is told.
  assert.equal(notice({ ...collecting, ending: true }, told).lines.some(isExtension), true);
  assert.equal(notice({ ...SAMPLES.stopped, ending: true }, told).lines.some(isExtension), false);
});

Deno.test("noticeOf() waits for the gateway of any seat that takes the longest, and for none that is late", () => {
  const seat = (deadlineMs: number) => ({
    ...initialPool({ ...SAMPLES.dead, ending: true, gateway: { ...SAMPLES.dead.gateway, deadlineMs } })
      .seats[0],
  });
  const extension = (...deadlines: readonly [number, ...number[]]) => {
    const [first, ...rest] = deadlines.map((ms) => seat(NOW_MS + ms));
    assert.ok(first !== undefined);
    const pool = { ...initialPool(first.life), seats: [first, ...rest] } as const;
    return notice(pool).lines.find((line) => line.startsWith("EXTEND"));
  };
  assert.equal(extension(1_000, 4_000, 2_000), `EXTEND_TIMEOUT_USEC=${(4_000 + EXTENSION_MS) * 1000}`);
  assert.equal(extension(-5_000), `EXTEND_TIMEOUT_USEC=${EXTENSION_MS * 1000}`);
});

Deno.test("noticeOf() tells generation, condition and verdict in one line", () => {
  const died = transition(SAMPLES.dead, REPORTS.collected(SAMPLES.dead), at(NOW_MS)).state;
  assert.equal(status(SAMPLES.ready), "generation 7 is ready, process 42");
  assert.equal(status(SAMPLES.suspect), "generation 7 is ready, process 42, not fit: silent");
  assert.equal(status(died), "waiting before the next start; generation 7 died: heap-oom");
  assert.equal(status({ ...SAMPLES.ready, ending: true }), "ending: generation 7 is ready, process 42");
  assert.equal(
    status({ ...SAMPLES.ready, generation: 8, lastIncident: died.lastIncident }),
    "generation 8 is ready, process 42; generation 7 died: heap-oom",
  );
});

Deno.test("noticeOf() says nothing of a death that was asked for", () => {
  const died = transition(SAMPLES.dead, REPORTS.collected(SAMPLES.dead), at(NOW_MS)).state;
  assert.ok(died.lastIncident !== null);
  const verdict = { ...died.lastIncident.verdict, class: "requested" } as const;
  assert.equal(
    status({ ...died, lastIncident: { ...died.lastIncident, verdict } }),
    "waiting before the next start",
  );
});

Deno.test("noticeOf() has one line of words for each phase", () => {
  const lines = Object.values(SAMPLES).map(status);
  for (const line of lines) assert.match(line, /^[a-z][ -~]+$/);
  assert.ok(new Set(lines).size >= 7, lines.join("\n"));
});
