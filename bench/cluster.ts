/**
 * The driver's JVM is killed in the middle of a job on a real standalone cluster: how soon is each thing right again? With a
 * daemon that keeps a standby, with one that does not, and with `spark-submit` in a loop of a shell.
 *
 *     ./denow run -A bench/cluster.ts [--rounds 3] [--spark 3.5.7] [--json]
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { type SparkInstallation, sparkInstallations } from "../tests/real/spark_installations.ts";
import { StandaloneCluster } from "../tests/real/standalone_cluster.ts";
import { DRIVERS } from "./cluster_drivers.ts";
import { type Marks, STAGES, tell } from "./cluster_story.ts";
import { columns, duration, median, say } from "./figures.ts";
import { cleaned, inPlace } from "./lifetime.ts";
import { machineLine } from "./proc.ts";

const options = parseArgs(Deno.args, { string: ["spark"], boolean: ["json"], default: { rounds: 3 } });

interface Told {
  readonly driver: string;
  readonly marks: readonly Marks[];
}

async function measure(spark: SparkInstallation): Promise<readonly Told[]> {
  return await inPlace(spark, async (home) => {
    const cluster = await StandaloneCluster.start(home);
    return await cleaned(() => cluster[Symbol.asyncDispose](), async () => {
      const told = DRIVERS.map(({ name }) => ({ driver: name, marks: [] as Marks[] }));
      // In turn, so that what else the machine does meets all alike.
      for (let round = 0; round < options.rounds; round++) {
        for (const [at, driver] of DRIVERS.entries()) {
          // A place of its own for each: the pause before a start grows with the deaths that a daemon remembers.
          const marks = await inPlace(spark, (place) => tell({ place, cluster, driver }));
          told[at]?.marks.push(marks);
          await cluster.untilState(({ activeapps }) => activeapps.length === 0);
        }
      }
      return told;
    });
  });
}

for (const spark of sparkInstallations()) {
  if (options.spark !== undefined && options.spark !== spark.version) continue;
  const told = await measure(spark);
  if (options.json) {
    say(JSON.stringify({ machine: machineLine(), spark: spark.version, told }));
    continue;
  }
  say(`PySpark ${spark.version}: after the kill, median of ${options.rounds} (least to most)`);
  say(columns([
    ["", ...told.map(({ driver }) => driver)],
    ...Object.entries(STAGES).map(([stage, words]) => [
      words,
      ...told.map(({ marks }) => cell(marks.flatMap((each) => each[stage as keyof Marks] ?? []))),
    ]),
  ]));
  say(machineLine());
}

function cell(all: readonly number[]): string {
  const middle = median(all);
  if (middle === null) return "";
  return `${duration(middle)} (${duration(Math.min(...all))} to ${duration(Math.max(...all))})`;
}
