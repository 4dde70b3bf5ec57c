/**
 * How soon after its start does a daemon's API answer? From the command to the first answer of `/livez`, with and
 * without the bundle in turn.
 *
 *     ./denow run -A bench/start.ts [--n 15]
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest, FROM_SOURCES, REKINDLE } from "./daemon_under_test.ts";
import { columns, duration, median, pause, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { machineLine } from "./proc.ts";

const { n } = parseArgs(Deno.args, { default: { n: 15 } });
const WAYS = [["from sources", FROM_SOURCES], ["rekindle", REKINDLE]] as const;
const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("There is no PySpark to start");

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Milliseconds from the command to the first answer. */
async function startMs(command: readonly string[]): Promise<number> {
  let elapsedMs = 0;
  await inPlace(spark!, async (place) => {
    const api = `http://127.0.0.1:${freePort()}`;
    const daemon = new DaemonUnderTest(place, { command, args: ["--api", api.slice(7)] });
    const answers = () => fetch(`${api}/livez`).then((answer) => answer.text(), () => null);
    while (daemon.exit === null && await answers() === null) await pause(1);
    elapsedMs = performance.now() - daemon.spawnedAtMs;
    if (daemon.exit !== null) throw new Error(`The daemon ended:\n${daemon.log}`);
    // The second one does not wait for the gateway, which has hardly begun.
    daemon.signal("SIGTERM");
    await daemon.end();
  });
  return elapsedMs;
}

const times = new Map(WAYS.map(([name]) => [name, [] as number[]]));
for (let round = 0; round < n; round++) {
  for (const [name, command] of WAYS) times.get(name)?.push(await startMs(command));
}
say(`From the command to the API's first answer, in turn (n = ${n}); ${machineLine()}`);
say(columns([
  ["", "median", "least", "most"],
  ...[...times].map(([name, all]) => [
    name,
    ...[median(all), Math.min(...all), Math.max(...all)].map((ms) => duration(ms ?? 0)),
  ]),
]));
