/**
 * What does the relay cost a program? Calls, strings, a chatty piece of work and new connections, directly, through a
 * process that copies bytes and does nothing else, and through a relay in a process of its own, in blocks that
 * alternate, and the relay's memory with 64 connections.
 *
 *     ./denow run -A bench/relay.ts [--spark 3.5.7]
 *
 * Calls also with every process on one processor, and with the program on one and what it calls on the next: left to itself
 * the scheduler puts a program and its JVM on one, where none has to be woken, and whoever comes between them on another,
 * which takes longer on some machines than all that a relay does. Ends with 1 when in either the median of a call
 * grows by more than 60 µs.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Relay } from "../src/relay/relay.ts";
import { clock } from "../src/runtime/clock.ts";
import { createMachine } from "../src/runtime/machine.ts";
import { loopback } from "../src/runtime/net.ts";
import { userId } from "../src/runtime/process.ts";
import { randomBytes } from "../src/runtime/random_bytes.ts";
import { PlainGateway } from "../tests/real/plain_gateway.ts";
import { program } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { columns, mebibytes, microseconds, percentile, say } from "./figures.ts";
import { holdingsOf, machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark", "serve", "gateway-port", "gateway-secret"] });
const CONNECTIONS = 64;
const TARGET_MICROS = 60;
const PIN_ROUNDS = 20;

/** Tells the parent how it is reached, and ends with its standard input. */
async function serve(way: Way): Promise<never> {
  say(JSON.stringify(way));
  await Deno.stdin.read(new Uint8Array(1));
  Deno.exit(0);
}

/** Passes on whatever comes, to the gateway and back. */
async function serveCopies(): Promise<never> {
  const gateway = gatewayOfParent();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    for await (const client of listener) {
      const upstream = await Deno.connect({ hostname: "127.0.0.1", port: gateway.port });
      for (const each of [client, upstream]) each.setNoDelay();
      void copy(client, upstream);
      void copy(upstream, client);
    }
  })();
  return await serve({ port: listener.addr.port, secret: gateway.secret });
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(2 ** 16);
  try {
    for (let length; (length = await from.read(buffer)) !== null;) {
      for (let sent = 0; sent < length;) sent += await to.write(buffer.subarray(sent, length));
    }
    to.close();
  } catch {
    // Either end has hung up.
  }
}

async function serveRelay(): Promise<never> {
  const gateway = gatewayOfParent();
  const relay = new Relay({
    port: 0,
    clock,
    loopback,
    machine: createMachine(),
    userId: userId(),
    randomBytes,
    onEvent: () => {},
  });
  relay.gatewayReady({ generation: 1, ...gateway });
  relay.face({ kind: "ready", generation: 1 });
  const lease = await relay.issue({ pinned: true, by: "a bench" });
  return await serve({ port: relay.port, secret: lease?.secret ?? "" });
}

function gatewayOfParent(): Way {
  return { port: Number(Deno.env.get("GATEWAY_PORT")), secret: Deno.env.get("GATEWAY_SECRET") ?? "" };
}

/** For each way: directly, through copies, through the relay. */
type Times = Readonly<Record<string, readonly (readonly number[])[]>>;

interface Way {
  readonly port: number;
  readonly secret: string;
}

interface Served extends Way {
  readonly pid: number;
}

async function withServed<T>(
  what: "relay" | "copies",
  gateway: PlainGateway,
  work: (served: Served) => Promise<T>,
): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", "--serve", what],
    env: {
      GATEWAY_PORT: String(gateway.handshake.port),
      GATEWAY_SECRET: gateway.handshake.secret(),
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let text = "";
    while (!text.includes("\n")) text += (await output.read()).value ?? "";
    return await work({ pid: child.pid, ...JSON.parse(text) });
  } finally {
    await child.stdin.close();
    await output.cancel();
    await child.status;
  }
}

async function measure(
  spark: SparkInstallation,
  ways: readonly Way[],
  processor: number | null = null,
): Promise<Times> {
  const pinned = processor === null ? [] : ["taskset", "-c", String(processor)];
  const words = [spark.python, program("overhead.py")];
  const [first = "", ...args] = [
    ...pinned,
    ...words,
    ...ways.flatMap(({ port, secret }) => [String(port), secret]),
  ];
  const { stdout } = await new Deno.Command(first, {
    args,
    env: processor === null ? {} : { CALLS_ONLY: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Moves all threads of these processes to one processor (util-linux). */
async function pin(pids: readonly number[], processor: number): Promise<void> {
  for (const pid of pids) {
    const args = ["-a", "-c", "-p", String(processor), String(pid)];
    let moved = false;
    // It gives up at a thread that has ended since it looked.
    for (let round = 0; round < PIN_ROUNDS && !moved; round++) {
      const command = new Deno.Command("taskset", { args, stdout: "null", stderr: "null" });
      moved = (await command.output()).success;
    }
    if (!moved) throw new Error(`taskset could not move process ${pid}`);
  }
}

/** The calls alone, where the scheduler has no choice. */
async function measurePlaced(
  spark: SparkInstallation,
  ways: readonly Way[],
  pids: readonly number[],
): Promise<Times> {
  await pin(pids, 0);
  const { call: together = [] } = await measure(spark, ways, 0);
  const { call: apart = [] } = await measure(spark, ways, 1);
  return { "call, on one processor": together, "call, from the next": apart };
}

/** Resident memory before, with, and after so many authenticated connections. */
async function memory(relay: Served): Promise<readonly number[]> {
  const rss = () => holdingsOf(relay.pid).rssBytes;
  const before = rss();
  const connections: Deno.Conn[] = [];
  for (let count = 0; count < CONNECTIONS; count++) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: relay.port });
    await conn.write(new TextEncoder().encode(`A\n${relay.secret}\n`));
    await conn.read(new Uint8Array(10));
    connections.push(conn);
  }
  const attached = rss();
  for (const conn of connections) {
    for (let call = 0; call < 100; call++) {
      await conn.write(new TextEncoder().encode("c\nz:java.lang.System\ncurrentTimeMillis\ne\n"));
      await conn.read(new Uint8Array(100));
    }
  }
  const worked = rss();
  for (const conn of connections) conn.close();
  return [before, attached, worked];
}

if (options.serve === "relay") await serveRelay();
if (options.serve === "copies") await serveCopies();
let slow = false;
say(machineLine());
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  await using gateway = await PlainGateway.start(spark);
  const { sizes, times } = await withServed("relay", gateway, async (relay) => {
    const sizes = await memory(relay);
    const times = await withServed(
      "copies",
      gateway,
      async (copies) => {
        const ways = [gateway.way, copies, relay];
        const free = await measure(spark, ways);
        const pids = [gateway.pid, copies.pid, relay.pid];
        return {
          ...free,
          ...navigator.hardwareConcurrency < 2 ? {} : await measurePlaced(spark, ways, pids),
        };
      },
    );
    return { sizes, times };
  });
  const rows = [
    [
      "PySpark " + spark.version,
      "n",
      "direct p50",
      "p99",
      "copies p50",
      "p99",
      "more",
      "relay p50",
      "p99",
      "more",
    ],
  ];
  for (const [name, ways] of Object.entries(times)) {
    const at = (way: number, percent: number) => (percentile(ways[way] ?? [], percent) ?? 0) / 1000;
    const middles = ways.map((_, way) => at(way, 50));
    const [base = 0] = middles;
    if (name.startsWith("call, ") && (middles[2] ?? 0) - base > TARGET_MICROS) slow = true;
    const cells = middles.flatMap((
      middle,
      way,
    ) => [middle, at(way, 99), ...(way === 0 ? [] : [middle - base])]);
    rows.push([name, String(ways[0]?.length), ...cells.map(microseconds)]);
  }
  say(columns(rows));
  const [before = 0, attached = 0, worked = 0] = sizes;
  say(
    `memory: ${mebibytes(before)}, with ${CONNECTIONS} connections ${mebibytes(attached)}, after calls ` +
      mebibytes(worked),
  );
}
Deno.exit(slow ? 1 : 0);
