import assert from "node:assert/strict";
import { eventRoutes } from "../../src/api/events.ts";
import { StreamRoom } from "../../src/api/stream_room.ts";
import { events, readEventsRequest } from "../../src/cli/events.ts";
import type { DaemonEvent } from "../../src/core/events/event.ts";
import { EXIT } from "../../src/errors.ts";
import { EventLog } from "../../src/supervisor/event_log.ts";
import { turnsUntil } from "../fakes/turns.ts";
import { ScriptedDaemon, statusIn, Surroundings } from "./scripted_daemon.ts";

const STARTING: DaemonEvent = {
  ...{ kind: "starting", generation: 1, heapBytes: 2 ** 30, level: "info" },
  text: "starting gateway generation 1 with a heap of 1 GiB",
};
const PHASE: DaemonEvent = {
  ...{ kind: "phase", generation: 1, phase: "starting", from: null, level: "debug" },
  text: "generation 1 is starting",
};
const SICK: DaemonEvent = {
  ...{ kind: "condition", generation: 1, condition: "silent", reason: "no answer for 5 s", excuse: null },
  ...{ level: "warn", text: "generation 1 is not fit (silent): no answer\u001b[2J for 5 s" },
};

/** A daemon with events, which a command finds from here. */
async function eventful() {
  const here = new Surroundings();
  const log = new EventLog({ clock: here.clock, redact: (event) => event, onError: assert.ifError });
  const routes = eventRoutes({ history: log, status: () => ({}), room: new StreamRoom() });
  const daemon = new ScriptedDaemon(statusIn("ready"), routes);
  await daemon.moveIn(here.files);
  return { here, log, daemon, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

/** The lines that were printed, without their times. */
function told({ printed }: Surroundings): readonly string[] {
  return printed.join("").trimEnd().split("\n").map((line) =>
    line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/, "")
  );
}

Deno.test("events() without a daemon says so", async () => {
  const here = new Surroundings();
  assert.equal(await events(here.context(), { count: 10, follow: true, json: false }), EXIT.notRunning);
  assert.match(told(here)[0] ?? "", /^No daemon is running/);
  assert.equal(await events(here.context(), { count: 10, follow: true, json: true }), EXIT.notRunning);
  assert.equal(here.printed.length, 1);
});

Deno.test("events() tells the newest as the log does, with nothing that commands a terminal", async () => {
  await using place = await eventful();
  const { here, log } = place;
  for (const event of [PHASE, STARTING, SICK]) log.publish(event);
  assert.equal(await events(here.context(), { count: 10, follow: false, json: false }), EXIT.ok);
  assert.deepEqual(told(here), [
    "starting gateway generation 1 with a heap of 1 GiB",
    "warn: generation 1 is not fit (silent): no answer [2J for 5 s",
  ]);
  here.printed.length = 0;
  await events(here.context(), { count: 2, follow: false, json: true });
  const objects = here.printed.join("").trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(objects.map(({ kind, text }) => [kind, text]), [
    ["starting", STARTING.text],
    ["condition", SICK.text],
  ]);
});

Deno.test("events() counts only what it shows", async () => {
  await using place = await eventful();
  const { here, log } = place;
  for (const event of [STARTING, SICK, PHASE, PHASE]) log.publish(event);
  assert.equal(await events(here.context(), { count: 1, follow: false, json: false }), EXIT.ok);
  assert.deepEqual(told(here), ["warn: generation 1 is not fit (silent): no answer [2J for 5 s"]);
});

Deno.test("events() follows what comes, each once, until the daemon has ended", async () => {
  const place = await eventful();
  const { here, log, daemon } = place;
  log.publish(STARTING);
  const following = here.during(events(here.context(), { count: 10, follow: true, json: false }));
  await turnsUntil(() => log.listeners === 1);
  log.publish(PHASE);
  log.publish(SICK);
  await turnsUntil(() => told(here).length === 2);
  // A stream that breaks off is taken up again behind its last event.
  log.close();
  log.publish(STARTING);
  await turnsUntil(() => told(here).length === 3);
  await turnsUntil(() => log.listeners === 1);
  log.close();
  await daemon[Symbol.asyncDispose]();
  assert.equal(await following, EXIT.ok);
  assert.deepEqual(told(here), [
    "starting gateway generation 1 with a heap of 1 GiB",
    "warn: generation 1 is not fit (silent): no answer [2J for 5 s",
    "starting gateway generation 1 with a heap of 1 GiB",
    "The daemon has ended.",
  ]);
});

Deno.test("readEventsRequest() reads the flags, and refuses a number that is none", () => {
  assert.deepEqual(readEventsRequest({ own: {} }), { count: 100, follow: false, json: false });
  const all = { lines: "7", follow: true, json: true };
  assert.deepEqual(readEventsRequest({ own: all }), { count: 7, follow: true, json: true });
  for (const lines of ["0", "-1", "1001", "x", "1.5"]) {
    assert.throws(
      () => readEventsRequest({ own: { lines } }),
      /^UserError: Cannot use --lines ".*": it is no whole/,
    );
  }
});
