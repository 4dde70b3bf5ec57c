/**
 * How fast is /readyz answered, and how many times a second, while the JVM has both cores and while it writes its heap
 * to the disk? Load from connections that ask one request after the other, and one patient probe.
 *
 *     ./denow run -A bench/api_load.ts [--seconds 10] [--connections 16] [--spark 3.5.7]
 *
 * Ends with 1 when an answer was wrong or missing.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { program } from "../tests/real/rekindle.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest } from "./daemon_under_test.ts";
import { columns, pause, percentile, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { cpuMs, machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], default: { seconds: 10, connections: 16 } });
/** A patient probe asks this often. */
const PERIOD_MS = 20;
const READYZ = new TextEncoder().encode("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");

/** What came of asking. */
class Answers {
  readonly latenciesMs: number[] = [];
  wrong = 0;

  /** Asks over one connection until it is told to stop. */
  async gather(port: number, isOver: () => boolean, periodMs: number): Promise<void> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay();
    const buffer = new Uint8Array(4096);
    while (!isOver()) {
      const startMs = performance.now();
      await connection.write(READYZ);
      let answer = "";
      let length: number | null = 0;
      while (length !== null && !answer.includes("\r\n\r\nok\n")) {
        length = await connection.read(buffer).catch(() => null);
        answer += new TextDecoder().decode(buffer.subarray(0, length ?? 0));
      }
      this.latenciesMs.push(performance.now() - startMs);
      if (!answer.startsWith("HTTP/1.1 200 ")) this.wrong++;
      if (length === null) return;
      if (periodMs > 0) await pause(periodMs);
    }
  }
}

const rows = [["/readyz", "answers/s", "p50", "p99", "greatest", "wrong", "CPU of the daemon"]];
let wrong = 0;

/** Measures until it is over, and notes a row. */
async function measure(
  what: string,
  daemon: DaemonUnderTest,
  { connections, periodMs, isOver }: {
    readonly connections: number;
    readonly periodMs: number;
    readonly isOver: (elapsedMs: number) => boolean;
  },
): Promise<void> {
  const port = Number(new URL(daemon.url ?? "").port);
  const answers = new Answers();
  const [startMs, cpuBeforeMs] = [performance.now(), cpuMs(daemon.pid) ?? 0];
  const over = () => isOver(performance.now() - startMs);
  await Promise.all(Array.from({ length: connections }, () => answers.gather(port, over, periodMs)));
  const elapsedMs = performance.now() - startMs;
  const at = (percent: number) => `${(percentile(answers.latenciesMs, percent) ?? NaN).toFixed(1)} ms`;
  const cpu = ((cpuMs(daemon.pid) ?? 0) - cpuBeforeMs) / elapsedMs * 100;
  const rate = answers.latenciesMs.length / elapsedMs * 1000;
  rows.push([
    what,
    rate.toFixed(0),
    at(50),
    at(99),
    at(100),
    `${answers.wrong}`,
    `${cpu.toFixed(0)} % of a core`,
  ]);
  wrong += answers.wrong;
}

const spark = sparkInstallations().find(({ version }) =>
  options.spark === undefined || version === options.spark
);
if (spark === undefined) throw new Error(`There is no PySpark ${options.spark} among those of the tests`);
await inPlace(spark, async (place) => {
  const daemon = await DaemonUnderTest.ready(place);
  const timed = (elapsedMs: number) => elapsedMs >= options.seconds * 1000;
  const load = { connections: options.connections, periodMs: 0, isOver: timed };
  const probe = { connections: 1, periodMs: PERIOD_MS, isOver: timed };
  await measure("one probe, an idle JVM", daemon, probe);
  await measure(`${options.connections} connections, an idle JVM`, daemon, load);
  const job = ["exec", "--state-dir", place.stateDir, "--", "python", program("faults.py"), "heavy"];
  const working = place.rekindle([...job, String(options.seconds * 4 + 10)]);
  await daemon.until(({ gateway }) => gateway.contextActive === true, 60_000);
  await measure("one probe, a JVM on both cores", daemon, probe);
  await measure(`${options.connections} connections, a JVM on both cores`, daemon, load);
  const { id } = JSON.parse(await dumps(daemon, { kind: "heap" }));
  let isWritten = false;
  const written = (async () => {
    while (!isWritten) {
      isWritten = JSON.parse(await dumps(daemon, id)).state !== "writing";
      await pause(PERIOD_MS);
    }
  })();
  await measure("one probe, a heap dump being written", daemon, { ...probe, isOver: () => isWritten });
  await written;
  await working;
  await daemon.end();
});
say(`${options.seconds} s each (n = 1), PySpark ${spark.version}; ${machineLine()}`);
say(columns(rows));
Deno.exit(wrong === 0 ? 0 : 1);

/** Begins a heap dump, or asks after the one of this name. */
async function dumps(daemon: DaemonUnderTest, what: object | string): Promise<string> {
  const path = typeof what === "string" ? `/v1/dumps/${what}` : "/v1/dumps";
  const init = typeof what === "string" ? {} : { method: "POST", body: JSON.stringify(what) };
  const { token } = JSON.parse(await Deno.readTextFile(join(daemon.place.stateDir, "run/daemon.json")));
  const headers = { "authorization": `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${daemon.url}${path}`, { ...init, headers });
  return await response.text();
}
