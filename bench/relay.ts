/**
 * What does the relay cost a program? Calls, strings, a chatty piece of work and new connections, directly and through
 * a relay in a process of its own, in blocks that alternate, and the relay's memory with 64 connections.
 *
 *     ./denow run -A bench/relay.ts [--spark 3.5.7]
 *
 * Ends with 1 when the median of a call grows by more than 60 µs.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Relay } from "../src/relay/relay.ts";
import { clock } from "../src/runtime/clock.ts";
import { createMachine } from "../src/runtime/machine.ts";
import { loopback } from "../src/runtime/net.ts";
import { userId } from "../src/runtime/process.ts";
import { PlainGateway } from "../tests/real/plain_gateway.ts";
import { program } from "../tests/real/rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { columns, mebibytes, microseconds, percentile, say } from "./figures.ts";
import { holdingsOf, machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark", "serve", "gateway-port", "gateway-secret"] });
const CONNECTIONS = 64;
const TARGET_MICROS = 60;

/** The relay's own process: it says how to reach it, and ends with its standard input. */
async function serve(): Promise<never> {
  const relay = new Relay({
    port: 0,
    clock,
    loopback,
    machine: createMachine(),
    userId: userId(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onEvent: () => {},
  });
  relay.gatewayReady({
    generation: 1,
    port: Number(Deno.env.get("GATEWAY_PORT")),
    secret: Deno.env.get("GATEWAY_SECRET") ?? "",
  });
  relay.face({ kind: "ready", generation: 1 });
  const lease = await relay.issue({ pinned: true, by: "a bench" });
  say(JSON.stringify({ port: relay.port, secret: lease?.secret }));
  await Deno.stdin.read(new Uint8Array(1));
  Deno.exit(0);
}

type Times = Readonly<Record<string, readonly [direct: readonly number[], relayed: readonly number[]]>>;

interface Served {
  readonly pid: number;
  readonly port: number;
  readonly secret: string;
}

async function withRelay<T>(gateway: PlainGateway, work: (relay: Served) => Promise<T>): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", "--serve", "yes"],
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

async function measure(spark: SparkInstallation, gateway: PlainGateway, relay: Served): Promise<Times> {
  const direct = [String(gateway.handshake.port), gateway.handshake.secret()];
  const { stdout } = await new Deno.Command(spark.python, {
    args: [program("overhead.py"), ...direct, String(relay.port), relay.secret],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
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

if (options.serve !== undefined) await serve();
let slow = false;
say(machineLine());
for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  await using gateway = await PlainGateway.start(spark);
  await withRelay(gateway, async (relay) => {
    const sizes = await memory(relay);
    const times = await measure(spark, gateway, relay);
    const rows = [["PySpark " + spark.version, "n", "direct p50", "p99", "relay p50", "p99", "p50 more"]];
    for (const [name, [direct, relayed]] of Object.entries(times)) {
      const at = (values: readonly number[], percent: number) => (percentile(values, percent) ?? 0) / 1000;
      const more = at(relayed, 50) - at(direct, 50);
      if (name === "call" && more > TARGET_MICROS) slow = true;
      const cells = [at(direct, 50), at(direct, 99), at(relayed, 50), at(relayed, 99), more];
      rows.push([name, String(direct.length), ...cells.map(microseconds)]);
    }
    say(columns(rows));
    const [before = 0, attached = 0, worked = 0] = sizes;
    say(
      `memory: ${mebibytes(before)}, with ${CONNECTIONS} connections ${mebibytes(attached)}, after calls ` +
        mebibytes(worked),
    );
  });
}
Deno.exit(slow ? 1 : 0);
