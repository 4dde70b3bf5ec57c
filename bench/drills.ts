/**
 * Which faults does the daemon notice, how soon, does it name them rightly, and how long until a program can attach
 * again? One daemon for every run of every fault, on every PySpark.
 *
 *     ./denow run -A bench/drills.ts [--runs 3] [--spark 3.5.7] [--only sigkill,no-java] [--write] [--log]
 *
 * `--write` puts the tables into docs/SUPERVISION.md, `--log` shows what each daemon said. Ends with 1 when something is not as expected.
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { POLL_MS } from "../src/drill/daemon_process.ts";
import { VERSION } from "../src/version.ts";
import { ROOT } from "../tests/real/rekindle.ts";
import { sparkInstallations } from "../tests/real/spark_installations.ts";
import { writeInto } from "./document.ts";
import { isAsExpected, launchTable, type Rows, runningTable } from "./drill_table.ts";
import { say } from "./figures.ts";
import { launchDrill, type LaunchOutcome } from "./launch_drill.ts";
import { LAUNCH_FAULTS, type LaunchFault } from "./launch_faults.ts";
import { machineLine } from "./proc.ts";
import { drill, type RunningOutcome } from "./running_drill.ts";
import { RUNNING_FAULTS, type RunningFault } from "./running_faults.ts";

const DOCUMENT = join(ROOT, "docs/SUPERVISION.md");

const options = parseArgs(Deno.args, {
  string: ["spark", "only"],
  boolean: ["write", "log"],
  default: { runs: 3 },
});
const only = options.only?.split(",");
const known = [...RUNNING_FAULTS, ...LAUNCH_FAULTS].map(({ name }) => name);
const unknown = only?.filter((name) => !known.includes(name)) ?? [];
if (unknown.length > 0) {
  say(`There is no drill "${unknown.join('", "')}". Drills: ${known.join(", ")}.`);
  Deno.exit(64);
}
const chosen = ({ name }: { name: string }) => only?.includes(name) ?? true;
const sparks = sparkInstallations().filter(({ version }) =>
  options.spark?.split(",").includes(version) ?? true
);

/** Runs one kind of fault on every PySpark and gathers what came of it. */
async function all<
  F extends RunningFault | LaunchFault,
  O extends { readonly expected: boolean; readonly log: string },
>(
  faults: readonly F[],
  run: (fault: F, spark: (typeof sparks)[number]) => Promise<O>,
): Promise<readonly Rows<F, O>[]> {
  const rows: Rows<F, O>[] = [];
  for (const fault of faults.filter(chosen)) {
    if ("possible" in fault && !fault.possible?.()) {
      say(`${fault.name}: skipped, this machine does not allow it`);
      continue;
    }
    for (const spark of sparks) {
      if ("versions" in fault && !fault.versions?.test(spark.version)) continue;
      const outcomes: O[] = [];
      const failures: string[] = [];
      for (let n = 0; n < options.runs; n++) {
        try {
          const outcome = await run(fault, spark);
          outcomes.push(outcome);
          say(
            `${outcome.expected ? "as expected" : "NOT AS EXPECTED"} ${fault.name} ${spark.version} ${
              told(outcome)
            }`,
          );
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          failures.push(reason.split("\n")[0] ?? "");
          say(`FAILED ${fault.name} ${spark.version}: ${reason}`);
        }
      }
      rows.push({ fault, version: spark.version, outcomes, failures });
    }
  }
  return rows;
}

function told({ log, ...outcome }: { readonly log: string }): string {
  const figures = JSON.stringify(
    outcome,
    (_, value) => typeof value === "number" ? Math.round(value) : value,
  );
  return options.log ? `${figures}\n${log}` : figures;
}

const running = await all<RunningFault, RunningOutcome>(RUNNING_FAULTS, drill);
const launch = await all<LaunchFault, LaunchOutcome>(LAUNCH_FAULTS, launchDrill);
const date = new Date().toISOString().slice(0, 10);
const rows = [...running, ...launch];
const wrong = rows.filter((row) => !isAsExpected(row));
const text = [
  `Measured on ${date} with rekindle ${VERSION} (\`bench/drills.ts\`): ${machineLine()}, PySpark ` +
  `${
    sparks.map(({ version }) => version).join(" and ")
  }. Medians of n runs, each on a daemon of its own; the ` +
  `status is asked every ${POLL_MS} ms.`,
  ...(running.length === 0 ? [] : [runningTable(running)]),
  ...(launch.length === 0 ? [] : [launchTable(launch)]),
].join("\n\n");
say();
say(text);
say();
say(`${rows.length - wrong.length} of ${rows.length} rows as expected`);
if (options.write) {
  await writeInto(DOCUMENT, "drills", text);
  say(`written into ${DOCUMENT}`);
}
Deno.exit(wrong.length === 0 ? 0 : 1);
