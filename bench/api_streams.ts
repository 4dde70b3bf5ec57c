/**
 * What do clients of the event stream cost, and do those that never read harm anybody? A thousand idle ones, then two
 * hundred that read nothing beside ten that do, while events come as fast as the daemon takes commands.
 *
 *     ./denow run -A bench/api_streams.ts [--idle 1000] [--slow 200] [--most 60000]
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { SseClient } from "../tests/api/sse_client.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest } from "./daemon_under_test.ts";
import { columns, duration, mebibytes, pause, percentile, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { holdingsOf, machineLine } from "./proc.ts";

/** The kernel holds up to 4 MB for a connection, some 20,000 events: after that, and a history, each is dropped. */
const { idle, slow, most } = parseArgs(Deno.args, { default: { idle: 1000, slow: 200, most: 60_000 } });
const SETTLE_MS = 5_000;
const READERS = 10;
/** So many commands are under way at a time. */
const COMMANDS_AT_ONCE = 16;
const CONTROL_EVENTS = 2_000;

/** A client that asks for the stream and reads nothing but what it is told to. */
async function connect(url: string): Promise<Deno.TcpConn> {
  const { hostname, port, host } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(
    new TextEncoder().encode(`GET /v1/events/stream HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  );
  return connection;
}

/** Reads what has come until a text is among it. */
async function readUntil(connection: Deno.TcpConn, text: string): Promise<void> {
  const buffer = new Uint8Array(16_384);
  let seen = "";
  while (!seen.includes(text)) {
    const bytes = await connection.read(buffer);
    if (bytes === null) throw new Error("The daemon has hung up");
    seen = seen.slice(-text.length) + new TextDecoder().decode(buffer.subarray(0, bytes));
  }
}

/** How long `/readyz` takes, asked again and again for as long as some work lasts. */
async function probedDuring<T>(url: string, work: Promise<T>): Promise<{ result: T; line: string }> {
  const tookMs: number[] = [];
  let isOver = false;
  const watched = work.finally(() => isOver = true);
  while (!isOver) {
    const beganMs = performance.now();
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`/readyz answered ${response.status}`);
    tookMs.push(performance.now() - beganMs);
    await pause(10);
  }
  const [p50, p99, worst] = [50, 99, 100].map((percent) => (percentile(tookMs, percent) ?? 0).toFixed(1));
  return {
    result: await watched,
    line: `/readyz p50 ${p50} ms, p99 ${p99} ms, most ${worst} ms (n = ${tookMs.length})`,
  };
}

async function dropped(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^rekindle_event_streams_dropped_total (\d+)$/m.exec(text)?.[1] ?? NaN);
}

const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("No PySpark to measure on");
await inPlace(spark, async (place) => {
  const daemon = await DaemonUnderTest.ready(place);
  const { url } = daemon;
  if (url === null) throw new Error("The daemon has no API");
  const { token } = JSON.parse(await Deno.readTextFile(`${place.stateDir}/run/daemon.json`));
  const start = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/v1/start`, { method: "POST", headers });
    await response.body?.cancel();
    if (response.status !== 202) throw new Error(`A command was answered ${response.status}`);
  };
  const rss = () => holdingsOf(daemon.pid).rssBytes;
  await pause(SETTLE_MS);
  const rows = [["", "clients", "RSS of the daemon", "probe meanwhile"]];
  const row = async (what: string, clients: number, work: Promise<unknown>) => {
    const { line } = await probedDuring(url, work);
    rows.push([what, `${clients}`, mebibytes(rss()), line]);
  };
  await row("alone", 0, pause(SETTLE_MS));

  const idlers: Deno.TcpConn[] = [];
  const connectAll = async () => {
    for (let at = 0; at < idle; at++) {
      const connection = await connect(url);
      await readUntil(connection, "event: snapshot");
      idlers.push(connection);
    }
  };
  await row("connecting", idle, connectAll());
  await row("idle", idle, pause(2 * SETTLE_MS));
  const beganMs = performance.now();
  const all = Promise.all(idlers.map((each) => readUntil(each, "event: command")));
  await start();
  await all;
  const fanOutMs = performance.now() - beganMs;
  for (const each of idlers) each.close();
  await row("gone", 0, pause(SETTLE_MS));

  // The same flood without anybody stuck: what of its slowness is the flood's own?
  const calm = async () => {
    for (let at = 0; at < CONTROL_EVENTS; at += COMMANDS_AT_ONCE) {
      await Promise.all(Array.from({ length: COMMANDS_AT_ONCE }, start));
    }
  };
  const control = await Promise.all(
    Array.from({ length: READERS + slow }, () => SseClient.open(`${url}/v1/events/stream`)),
  );
  const reading = control.map(async (reader) => {
    while (await reader.next() !== null);
  });
  await row("flooded, and all read", READERS + slow, calm());
  for (const reader of control) await reader.close();
  await Promise.all(reading);
  await row("gone", 0, pause(SETTLE_MS));

  const stuck = await Promise.all(Array.from({ length: slow }, () => connect(url)));
  const readers = await Promise.all(
    Array.from({ length: READERS }, () => SseClient.open(`${url}/v1/events/stream`)),
  );
  for (const reader of readers) await reader.until("snapshot");
  let published = 0;
  let wanted = Infinity;
  let isOver = false;
  const flood = async () => {
    while (!isOver && published < most) {
      published++;
      await start();
    }
  };
  const watch = async () => {
    while (!isOver && published < most && await dropped(url) < slow) await pause(500);
    isOver = true;
  };
  let peakBytes = 0;
  const flooding = Promise.all([...Array.from({ length: COMMANDS_AT_ONCE }, flood), watch()]);
  const looking = (async () => {
    while (!isOver) {
      peakBytes = Math.max(peakBytes, rss());
      await pause(100);
    }
  })();
  const heard = readers.map(async (reader) => {
    let [events, gaps, last] = [0, 0, 0];
    for (let next = await reader.next(); next !== null; next = await reader.next()) {
      if (next.event === "gap" || last !== 0 && Number(next.id) !== last + 1) gaps++;
      last = Number(next.id);
      if (next.event === "command") events++;
      if (events >= wanted) break;
    }
    return { events, gaps };
  });
  const floodMs = performance.now();
  await row(`flooded with ${slow} that never read`, slow + READERS, flooding);
  const tookMs = performance.now() - floodMs;
  // Whoever waits for the next one is given it.
  await looking;
  wanted = ++published;
  await start();
  const results = await Promise.all(heard);
  const droppedCount = await dropped(url);
  for (const each of stuck) each.close();
  for (const each of readers) await each.close();
  await row("gone", 0, pause(SETTLE_MS));

  say(`Event streams (n = 1), PySpark ${spark.version}; ${machineLine()}`);
  say(columns(rows));
  say(`one event reached ${idle} clients after ${duration(fanOutMs)}`);
  say(
    `${published} events in ${
      duration(tookMs)
    }: ${droppedCount} of ${slow} that never read were dropped, the daemon's ` +
      `RSS was at most ${mebibytes(peakBytes)}`,
  );
  const whole = results.filter(({ events, gaps }) => events === published && gaps === 0).length;
  say(`${whole} of ${READERS} that read had every event once and in order`);
  await daemon.end();
});
