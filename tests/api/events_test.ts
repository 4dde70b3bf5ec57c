import assert from "node:assert/strict";
import { KEEP_ALIVE_MS } from "../../src/api/event_stream.ts";
import { eventRoutes } from "../../src/api/events.ts";
import { StreamRoom } from "../../src/api/stream_room.ts";
import type { DaemonEvent } from "../../src/core/events/event.ts";
import { serve } from "../../src/runtime/http.ts";
import { EventLog } from "../../src/supervisor/event_log.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { turnsUntil } from "../fakes/turns.ts";
import { apiOf, asker } from "./asking.ts";
import { SseClient } from "./sse_client.ts";

const CAPACITY = 16;

/** The routes of events on a log, behind a real listener. */
async function listening(limit = 4) {
  const clock = new ManualClock();
  const onError = assert.ifError;
  const log = new EventLog({ clock, onError, redact: (event) => event, capacity: CAPACITY });
  const room = new StreamRoom(limit);
  let phase = "ready";
  const routes = eventRoutes({ history: log, status: (caller) => ({ phase, caller }), room });
  const api = apiOf(routes);
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, (request, arrival) => api(request, arrival));
  let count = 0;
  const publish = (times = 1, more: Partial<DaemonEvent> = {}) => {
    for (let time = 0; time < times; time++) {
      const text = `event ${++count}`;
      log.publish({ kind: "recovered", generation: count, level: "info", text, ...more } as DaemonEvent);
    }
  };
  return {
    ...{ clock, log, room, server, publish, ask: asker(api) },
    become: (next: string) => void (phase = next),
    base: clock.date().getTime(),
    url: `http://127.0.0.1:${server.port}/v1/events/stream`,
  };
}

Deno.test("/v1/events gives the newest, what follows a number, and what is missing", async () => {
  const { ask, publish, base, server } = await listening();
  publish(3);
  const newest = await (await ask("/v1/events?limit=2")).json();
  assert.deepEqual(newest, {
    events: [2, 3].map((nth) => ({
      ...{ seq: base + nth, at: "2026-01-01T00:00:00.000Z" },
      ...{ kind: "recovered", generation: nth, level: "info", text: `event ${nth}` },
    })),
    ...{ gap: null, last: base + 3 },
  });
  const { events } = await (await ask(`/v1/events?since=${base + 1}&limit=1`)).json();
  assert.deepEqual(events.map(({ seq }: { seq: number }) => seq - base), [2]);
  const { gap } = await (await ask("/v1/events?since=5")).json();
  assert.deepEqual(gap, { after: 5, before: base + 1, reason: "restart" });
  for (
    const query of [
      "since=-1",
      "since=1.5",
      "since=x",
      "since=",
      "limit=0",
      "limit=1001",
      "since=99999999999999999",
    ]
  ) {
    const { status, headers } = await ask(`/v1/events?${query}`);
    assert.deepEqual([status, headers.get("content-type")], [400, "application/problem+json"], query);
  }
  await server.stop();
});

Deno.test("the stream begins with the status, and tells every event behind it once and in order", async () => {
  const { publish, base, become, server, url } = await listening();
  publish(2);
  const client = await SseClient.open(url);
  assert.equal(client.response.headers.get("content-type"), "text/event-stream");
  assert.equal(client.response.headers.get("cache-control"), "no-store");
  const snapshot = await client.next();
  assert.deepEqual(snapshot, {
    ...{ event: "snapshot", id: String(base + 2), data: { phase: "ready", caller: "anybody" } },
  });
  become("failed");
  publish(3);
  for (const nth of [3, 4, 5]) {
    const heard = await client.next();
    assert.deepEqual([heard?.event, heard?.id, heard?.data.text], [
      "recovered",
      String(base + nth),
      `event ${nth}`,
    ]);
  }
  await server.stop();
  assert.equal(await client.next(), null);
});

Deno.test("the stream resumes behind the last event that its client has seen, which wins over its address", async () => {
  const { publish, base, server, url } = await listening();
  publish(6);
  const client = await SseClient.open(`${url}?since=${base + 1}`, { "last-event-id": String(base + 4) });
  assert.deepEqual([(await client.next())?.event, (await client.next())?.id], ["snapshot", String(base + 5)]);
  await client.close();
  const first = await SseClient.open(`${url}?since=${base + 1}`);
  const { id } = await first.until("snapshot");
  // Whoever is cut off right behind the snapshot has missed nothing yet.
  assert.equal(id, String(base + 1));
  assert.equal((await first.next())?.id, String(base + 2));
  await server.stop();
});

Deno.test("the stream says which events are gone, and whether another daemon has counted them", async () => {
  const { publish, base, server, url } = await listening();
  publish(CAPACITY + 4);
  for (
    const [lastEventId, reason] of [[String(base + 2), "history"], ["7", "restart"], ["mine", "restart"]]
  ) {
    const client = await SseClient.open(url, { "last-event-id": lastEventId ?? "" });
    const gap = await client.until("gap");
    assert.deepEqual([gap.id, gap.data.before, gap.data.reason], [String(base + 4), base + 5, reason]);
    assert.equal((await client.next())?.id, String(base + 5));
    await client.close();
  }
  await server.stop();
});

Deno.test("the stream gives a sign of life when nothing happens", async () => {
  const { clock, server, url, publish } = await listening();
  const client = await SseClient.open(url);
  await client.until("snapshot");
  for (let time = 0; time < 2; time++) {
    await clock.sleeping();
    const comment = client.untilComment();
    await clock.advance(KEEP_ALIVE_MS);
    await comment;
  }
  publish();
  assert.equal((await client.next())?.data.text, "event 1");
  await server.stop();
});

Deno.test("the stream has no more clients than there is room for, and room again when one has gone", async () => {
  const { server, url, room, ask, log } = await listening(2);
  const [one, two] = [await SseClient.open(url), await SseClient.open(url)];
  const refused = await fetch(url);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  assert.match((await refused.json()).detail, /^2 streams are open already/);
  assert.equal((await ask("/v1/events/stream", { method: "HEAD" })).status, 200);
  assert.equal(room.taken, 2);
  await one.close();
  await turnsUntil(() => room.taken === 1 && log.listeners === 1);
  const three = await SseClient.open(url);
  await three.until("snapshot");
  await server.stop();
  assert.deepEqual([await two.until("nothing").catch(() => null), room.taken, log.listeners], [null, 0, 0]);
});

Deno.test("a client that never reads is dropped and counted, and harms no other", async () => {
  const { server, url, log, room, publish } = await listening();
  const stuck = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await stuck.write(new TextEncoder().encode("GET /v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
  await turnsUntil(() => log.listeners === 1);
  const client = await SseClient.open(url);
  await client.until("snapshot");
  // More than the kernel holds for a connection, so that nothing is taken any more.
  const text = "x".repeat(100_000);
  for (let round = 0; log.dropped === 0; round++) {
    assert.ok(round < 1_000);
    publish(1, { text });
    assert.equal((await client.next())?.data.text, text);
  }
  assert.deepEqual([log.dropped, log.listeners, room.taken], [1, 1, 1]);
  publish();
  assert.equal((await client.next())?.event, "recovered");
  // What the kernel holds is all that it will ever get.
  const buffer = new Uint8Array(2 ** 20);
  while (await stuck.read(buffer).catch(() => null) !== null);
  stuck.close();
  await server.stop();
});
