import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Status } from "../../src/api/status.ts";
import { Watch } from "../../src/drill/watch.ts";
import type { Files } from "../../src/ports.ts";
import { ManualClock } from "../fakes/manual_clock.ts";

/** What a watch reads of a status. */
function status(generation: number, ready: boolean, death: string | null = null): Status {
  const lastIncident = death === null ? null : { verdict: { class: death } };
  return {
    ...{ generation, ready, lastIncident, environmentFile: "/run/gateway.env" },
    health: { status: ready ? "pass" : "fail" },
  } as unknown as Status;
}

/** Lets a watch see one status after the other, 20 ms apart; the last one stays. */
async function watched(statuses: readonly (Status | null)[], { end = false } = {}) {
  const clock = new ManualClock();
  let looks = 0;
  const daemon = {
    exit: null as unknown,
    status: () => {
      const at = Math.min(looks++, statuses.length - 1);
      if (end && looks > statuses.length) daemon.exit = { code: 1 };
      return Promise.resolve(statuses[at] ?? null);
    },
  };
  const files = { readText: () => Promise.reject(new Error("no file")) } as unknown as Files;
  const dialer = { dial: () => Promise.reject(new Error("no gateway")) };
  const watch = new Watch(daemon, status(1, true), { clock, dialer, files });
  const running = watch.run();
  for (let look = 0; look <= statuses.length + 1; look++) await clock.advance(20);
  watch.end();
  await clock.advance(20);
  await running;
  return watch;
}

Deno.test("Watch: remembers when each thing showed first", async () => {
  const watch = await watched([
    status(1, true),
    null,
    status(1, false),
    status(1, false, "heap-oom"),
    status(2, false, "heap-oom"),
  ]);
  deepStrictEqual([watch.noticedAtMs, watch.namedAtMs], [40, 60]);
  strictEqual(watch.incident?.verdict.class, "heap-oom");
  strictEqual(watch.last.generation, 2);
});

Deno.test("Watch: a newer generation is noticed, though it was never seen to be ill", async () => {
  const watch = await watched([status(1, true), status(2, true, "killed-by-signal")]);
  strictEqual(watch.noticedAtMs, 20);
});

Deno.test("Watch: a gateway that is ready and takes no call is not usable", async () => {
  strictEqual((await watched([status(2, true, "killed-by-signal")])).usableAtMs, null);
});

Deno.test("Watch: ends with its daemon", async () => {
  strictEqual((await watched([status(1, true)], { end: true })).daemonEnded, true);
});
