/**
 * How soon is the next program answered when the gateway of the one before has been killed: by a warm standby, and without
 * one by a gateway that has to be started? Beside it the time that `spark-submit` takes to the hand-shake.
 *
 *     ./denow run -A bench/takeover.ts [--rounds 5] [--spark 3.5.7] [--json]
 *
 * The next program holds a lease already, and connects in the moment of the kill.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import type { Status } from "../src/api/status.ts";
import { Py4jClient } from "../src/gateway/py4j.ts";
import { dialer } from "../src/runtime/net.ts";
import { Place, program, RunningDaemon } from "../tests/real/rekindle.ts";
import { rests } from "../tests/real/rest.ts";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { columns, duration, median, say } from "./figures.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], boolean: ["json"], default: { rounds: 5 } });
const EXCLUSIVE = { REKINDLE_SHARING: "exclusive", REKINDLE_NO_ARCHIVE: "" };
const LAUNCH = "import time; from pyspark.java_gateway import launch_gateway; start = time.time(); " +
  "launch_gateway(); print((time.time() - start) * 1000)";

/** From the kill of the gateway that a program has to the first answer to the next program, in milliseconds. */
async function takeover(
  place: Place,
  daemon: RunningDaemon,
  isAtRest: (status: Status) => boolean,
): Promise<number> {
  await daemon.untilStatus(isAtRest);
  const victim = place.exec(["--", "python", program("guest.py"), "stays-until-killed"]);
  const { gateway } = await daemon.untilStatus(({ pool }) => pool.seats.some(({ programs }) => programs > 0));
  const headers = { authorization: `Bearer ${daemon.token}` };
  const lease = JSON.parse((await daemon.get("/v1/leases", { method: "POST", headers })).text);
  const startMs = performance.now();
  Deno.kill(gateway.pid ?? 0, "SIGKILL");
  const signal = new AbortController().signal;
  using client = await Py4jClient.connect({ dialer, signal, port: lease.port, secret: lease.secret });
  await client.call("java.lang.System", "currentTimeMillis", { signal });
  const tookMs = performance.now() - startMs;
  await daemon.get(`/v1/leases/${lease.id}`, { method: "DELETE", headers });
  await victim;
  return tookMs;
}

function isReadyAlone({ pool: { seats } }: Status): boolean {
  return seats.length === 1 &&
    seats.every(({ phase, programs, retirement }) =>
      phase === "ready" && programs === 0 && retirement === null
    );
}

/** How long PySpark waits for the gateway it has started itself. */
async function handshakeMs(place: Place): Promise<number> {
  const { stdout, stderr } = await place.plain("python", ["-c", LAUNCH]);
  const ms = Number(stdout.trim());
  if (!(ms > 0)) throw new Error(stderr);
  return ms;
}

/** A daemon that has its archive, if there can be one, for as long as `use` takes. */
async function withDaemon<T>(
  place: Place,
  standby: "0" | "1",
  use: (daemon: RunningDaemon) => Promise<T>,
): Promise<T> {
  const daemon = await RunningDaemon.start(place, [], { ...EXCLUSIVE, REKINDLE_STANDBY: standby });
  try {
    await daemon.untilStatus(({ archive }) => !/none yet|being made/.test(archive));
    return await use(daemon);
  } finally {
    await daemon.end("SIGTERM");
  }
}

/** With a standby: one daemon, killed again and again. */
async function warmTimes(spark: SparkInstallation): Promise<readonly number[]> {
  await using place = await Place.make(spark);
  return await withDaemon(place, "1", async (daemon) => {
    // The first gateways were started before there was an archive.
    await takeover(place, daemon, rests);
    const all: number[] = [];
    while (all.length < options.rounds) all.push(await takeover(place, daemon, rests));
    return all;
  });
}

/** Without one: the first death of a daemon each time, for the pause before a start grows with each death. */
async function coldTimes(spark: SparkInstallation) {
  const cold: number[] = [];
  const bare: number[] = [];
  await using archived = await Place.make(spark);
  await withDaemon(archived, "0", async () => {});
  while (cold.length < options.rounds) {
    await using place = await Place.make(spark);
    await Deno.mkdir(place.stateDir, { recursive: true });
    await new Deno.Command("cp", {
      args: ["-a", join(archived.stateDir, "archive"), place.stateDir],
    }).output();
    bare.push(await handshakeMs(place));
    cold.push(await withDaemon(place, "0", (daemon) => takeover(place, daemon, isReadyAlone)));
  }
  return { cold, bare };
}

async function measure(spark: SparkInstallation) {
  return { warm: await warmTimes(spark), ...await coldTimes(spark) };
}

for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  const { warm, cold, bare } = await measure(spark);
  if (options.json) {
    say(JSON.stringify({ machine: machineLine(), spark: spark.version, warm, cold, bare }));
    continue;
  }
  const row = (what: string, all: readonly number[]) => [
    ...[what, duration(median(all) ?? NaN), duration(Math.min(...all)), duration(Math.max(...all))],
    `${((median(all) ?? NaN) / (median(bare) ?? NaN)).toFixed(2)}`,
  ];
  say(`PySpark ${spark.version}: kill to the next program's first answer, ${options.rounds} times`);
  say(columns([
    ["", "median", "least", "most", "of spark-submit"],
    row("warm standby", warm),
    row("no standby", cold),
    row("spark-submit to its hand-shake", bare),
  ]));
  say(machineLine());
}
