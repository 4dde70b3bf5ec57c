import assert from "node:assert/strict";
import { logRoutes } from "../../src/api/logs.ts";
import type { LogRequest } from "../../src/api/logs.ts";
import { StreamRoom } from "../../src/api/stream_room.ts";
import { serve } from "../../src/runtime/http.ts";
import { turnsUntil } from "../fakes/turns.ts";
import { apiOf, TOKEN } from "./asking.ts";

/** A log that says what was asked, then goes on until it is stopped, behind a real listener. */
async function listening(limit = 2) {
  const asked: Omit<LogRequest, "signal">[] = [];
  let ended = 0;
  const room = new StreamRoom(limit);
  async function* read({ signal, ...request }: LogRequest): AsyncGenerator<string, void, void> {
    asked.push(request);
    try {
      yield "wörds\n";
      if (!request.follow) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve());
      if (!signal.aborted) await promise;
    } finally {
      ended++;
    }
  }
  const api = apiOf(logRoutes({ read, room }));
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, (request, arrival) => api(request, arrival));
  const ask = (query: string, token = TOKEN) =>
    fetch(`http://127.0.0.1:${server.port}/v1/logs${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  return { ask, asked, room, server, ended: () => ended };
}

Deno.test("/v1/logs gives the lines that are asked for, to their user alone", async () => {
  const { ask, asked, server, ended } = await listening();
  for (const query of ["", "?stream=stdout&lines=0", "?stream=stderr&lines=10000&follow=false"]) {
    const response = await ask(query);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(await response.text(), "wörds\n");
  }
  assert.deepEqual(asked, [
    { output: null, lines: 100, follow: false },
    { output: "stdout", lines: 0, follow: false },
    { output: "stderr", lines: 10_000, follow: false },
  ]);
  for (
    const query of ["?stream=both", "?stream=", "?lines=-1", "?lines=10001", "?lines=x", "?follow=maybe"]
  ) {
    const response = await ask(query);
    assert.equal(response.status, 400, query);
    await response.body?.cancel();
  }
  const refused = await ask("", "another");
  assert.deepEqual([refused.status, (await refused.text()).includes("wörds")], [401, false]);
  assert.deepEqual([asked.length, ended()], [3, 3]);
  await server.stop();
});

Deno.test("/v1/logs?follow ends when its reader leaves and when the daemon does, and has room for so many", async () => {
  const { ask, room, server, ended } = await listening();
  const [one, two] = [await ask("?follow"), await ask("?follow=1")];
  const refused = await ask("?follow=true");
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  const reader = two.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader?.read())?.value, "wörds\n");
  await one.body?.cancel();
  await turnsUntil(() => room.taken === 1 && ended() === 1);
  await server.stop();
  assert.equal((await reader?.read())?.done, true);
  assert.deepEqual([room.taken, ended()], [0, 2]);
});
