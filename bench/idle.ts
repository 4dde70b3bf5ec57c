/**
 * What does a daemon cost that has nothing to do? Processor time and memory over a minute, on every PySpark.
 *
 *     ./denow run -A bench/idle.ts [--seconds 60]
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest } from "./daemon_under_test.ts";
import { columns, mebibytes, pause, say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import { cpuMs, holdingsOf, machineLine } from "./proc.ts";

const { seconds } = parseArgs(Deno.args, { default: { seconds: 60 } });
/** What belongs to the start is over by then. */
const SETTLED_MS = 5_000;

const rows = [["PySpark", "process", "CPU of one core", "RSS", "PSS", "fds", "threads"]];
for (const spark of sparkInstallations()) {
  await inPlace(spark, async (place) => {
    const daemon = await DaemonUnderTest.ready(place);
    await pause(SETTLED_MS);
    const gateway = (await daemon.status())?.gateway.pid ?? 0;
    const processes = [["rekindle", daemon.pid], ["its JVM", gateway]] as const;
    const before = processes.map(([, pid]) => cpuMs(pid) ?? 0);
    const startMs = performance.now();
    await pause(seconds * 1000);
    const elapsedMs = performance.now() - startMs;
    processes.forEach(([name, pid], index) => {
      const percent = ((cpuMs(pid) ?? 0) - (before[index] ?? 0)) / elapsedMs * 100;
      const { rssBytes, pssBytes, fds, threads } = holdingsOf(pid);
      const sizes = [mebibytes(rssBytes), mebibytes(pssBytes), `${fds}`, `${threads}`];
      rows.push([spark.version, name, `${percent.toFixed(2)} %`, ...sizes]);
    });
    await daemon.end();
  });
}
say(`Idle for ${seconds} s (n = 1); ${machineLine()}`);
say(columns(rows));
