/**
 * Is there ever more than one gateway, or anything left behind, when the daemon itself is killed? `kill -9` of the
 * daemon alone, at a random moment of its life, and a new one at once, again and again.
 *
 *     ./denow run -A bench/daemon_kills.ts [--times 50] [--spark 3.5.7] [--log]
 *
 * Ends with 1 when two gateways answered at the same time, when something of an older daemon was there beside a ready
 * one, when the ledger could not be read, or when something was left at the end.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { Py4jClient } from "../src/gateway/py4j.ts";
import { Py4jAuthError } from "../src/gateway/py4j_error.ts";
import { dialer } from "../src/runtime/net.ts";
import type { Place } from "../tests/real/rekindle.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest, provesUsable } from "./daemon_under_test.ts";
import { duration, median, pause, percentile, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { childrenOf, gatewaysOf, isGateway, listeningPorts, machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], boolean: ["log"], default: { times: 50 } });
const LOOK_MS = 20;
const READY_MS = 60_000;
/** How long a gateway may take to say that it does not know a secret. */
const ANSWER_MS = 500;

/** When the daemon is killed. */
const MOMENTS = {
  "some time after its start": () => pause(Math.random() * 3_000),
  "as soon as the JVM appears": (daemon: DaemonUnderTest) => untilGateway(daemon, 0),
  "while the JVM starts": (daemon: DaemonUnderTest) => untilGateway(daemon, Math.random() * 1_500),
  "some time after it was ready": async (daemon: DaemonUnderTest) => {
    await daemon.until(({ ready }) => ready, READY_MS);
    await pause(Math.random() * 1_000);
  },
} as const;

async function untilGateway(daemon: DaemonUnderTest, moreMs: number): Promise<void> {
  const giveUpMs = performance.now() + READY_MS;
  while (!childrenOf(daemon.pid).some(isGateway) && performance.now() < giveUpMs) await pause(2);
  await pause(moreMs);
}

/** What was wrong, each with the round and the moment of the kill. */
const faults: string[] = [];
let round = 0;
let moment: keyof typeof MOMENTS = "some time after its start";

function fault(what: string): void {
  const line = `round ${round} (killed ${moment}): ${what}`;
  if (faults.includes(line)) return;
  faults.push(line);
  say(`  ${line}`);
}

/** Whether a gateway speaks Py4J: it refuses a secret that is none. */
async function answers(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    using client = await Py4jClient.connect({ dialer, port, secret: "none", signal });
    return !client.closed;
  } catch (error) {
    return error instanceof Py4jAuthError;
  }
}

/** Looks all the time at who answers, until it is told to end. */
class Lookout {
  readonly #place: Place;
  #ended = false;

  constructor(place: Place) {
    this.#place = place;
  }

  end(): void {
    this.#ended = true;
  }

  async run(): Promise<void> {
    for (; !this.#ended; await pause(LOOK_MS)) {
      const listening = gatewaysOf(this.#place).filter((pid) => listeningPorts(pid).length > 0);
      if (listening.length < 2) continue;
      const asked = listening.map(async (pid) => ({
        pid,
        answering: (await Promise.all(listeningPorts(pid).map(answers))).includes(true),
      }));
      const answering = (await Promise.all(asked)).filter((each) => each.answering).map(({ pid }) => pid);
      if (answering.length > 1) fault(`${answering.length} gateways answer`);
    }
  }
}

/** What there is beside a ready daemon and its gateway. */
function lookForOrphans(place: Place, daemon: DaemonUnderTest, gatewayPid: number | null): void {
  for (const line of place.processes()) {
    const pid = Number(line.split(" ")[0]);
    if (pid !== daemon.pid && pid !== gatewayPid && !childrenOf(daemon.pid).includes(pid)) {
      fault(`beside the ready daemon there is process ${line.slice(0, 100)}`);
    }
  }
}

let ledgerSeen = false;

/** The daemon's ledger must be whole lines of JSON, whenever it was killed. */
async function readLedger({ stateDir }: Place): Promise<void> {
  const text = await Deno.readTextFile(join(stateDir, "ledger.jsonl")).catch(() => null);
  if (text === null) return;
  ledgerSeen = true;
  for (const line of text.split("\n").filter((each) => each !== "")) {
    try {
      JSON.parse(line);
    } catch {
      fault(`the ledger has a line that is no JSON: ${line.slice(0, 80)}`);
    }
  }
}

const [spark] = sparkInstallations().filter(({ version }) =>
  options.spark === undefined || version === options.spark
);
if (spark === undefined) throw new Error(`There is no PySpark ${options.spark}`);
say(`kill -9 of the daemon on PySpark ${spark.version}, ${options.times} times; ${machineLine()}`);
await inPlace(spark, async (place) => {
  const lookout = new Lookout(place);
  const looking = lookout.run();
  const readyMs: number[] = [];
  let daemon = new DaemonUnderTest(place);
  const moments = Object.keys(MOMENTS) as (keyof typeof MOMENTS)[];
  try {
    for (round = 1; round <= options.times; round++) {
      moment = moments[Math.floor(round / 2) % moments.length] ?? moment;
      await MOMENTS[moment](daemon);
      daemon.signal("SIGKILL");
      await daemon.ended;
      await readLedger(place);
      daemon = new DaemonUnderTest(place);
      // Every other new daemon gets ready; the others are killed on their way as well.
      if (round % 2 === 1) continue;
      const status = await daemon.until(({ ready }) => ready, READY_MS);
      if (status === null) {
        fault(`the new daemon did not get ready:\n${daemon.log}`);
        continue;
      }
      readyMs.push(performance.now() - daemon.spawnedAtMs);
      if (!await provesUsable(status)) fault("the new daemon says that it is ready, and no call is answered");
      lookForOrphans(place, daemon, status.gateway.pid);
      if (options.log) say(daemon.log);
    }
  } finally {
    lookout.end();
    await looking;
  }
  const { code } = await daemon.end();
  moment = "some time after its start";
  if (code !== 0) fault(`the last daemon ended with ${code}`);
  await readLedger(place);
  for (const each of place.processes()) fault(`at the end there is process ${each.slice(0, 100)}`);
  for (const each of place.temporary()) fault(`at the end there is in the temporary folder ${each}`);
  say(
    `ready again after the start of a new daemon: median ${duration(median(readyMs) ?? 0)}, greatest ` +
      `${duration(percentile(readyMs, 100) ?? 0)} (n = ${readyMs.length})`,
  );
});
if (!ledgerSeen) say("note: there was no ledger.jsonl to read");
say(faults.length === 0 ? "verdict: never two, nothing left" : `verdict: ${faults.length} FAULTS`);
Deno.exit(faults.length === 0 ? 0 : 1);
