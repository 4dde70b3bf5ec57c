/**
 * A short chaos run: `./denow task chaos` has the long ones.
 * @module
 */

import { deepStrictEqual, notDeepStrictEqual, strictEqual } from "node:assert/strict";
import { availableFaults } from "../../bench/chaos/faults.ts";
import { runChaos } from "../../bench/chaos/run.ts";
import { schedule, type Step } from "../../bench/chaos/schedule.ts";
import { sparkInstallations } from "./spark_installations.ts";

/** Three to five minutes on two processors that have other tests to run. */
const STEPS = 6;

function firstSteps(seed: number, count: number): readonly Step[] {
  const deck = { others: ["a", "b", "c"], endDaemon: ["d"] };
  return schedule(seed, deck).take(count).toArray();
}

Deno.test("a chaos run is its seed's: the same programs and faults at the same lines", () => {
  deepStrictEqual(firstSteps(7, 50), firstSteps(7, 50));
  notDeepStrictEqual(firstSteps(7, 50), firstSteps(8, 50));
  const names = firstSteps(7, 50).flatMap(({ faults }) => faults.map(({ name }) => name)).toSorted();
  deepStrictEqual([...new Set(names)], ["a", "b", "c", "d"]);
});

/** The same in every run, so that what fails can be had again. `./denow task chaos` draws another each time. */
const seed = 34;
const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("No PySpark to test on");

Deno.test(`chaos with seed ${seed} on PySpark ${spark.version}: faults at random break nothing that is promised`, async () => {
  const keepIn = await Deno.makeTempDir({ prefix: `rekindle-chaos-${seed}-` });
  const { names } = await availableFaults([]);
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const goesOn = (steps: number) => steps < STEPS;
  const { steps } = await runChaos({ spark, seed, faults: names, goesOn, say, keepIn }).catch((cause) => {
    const replay = `./denow task chaos --seed ${seed} --spark ${spark.version}; what is left is in ${keepIn}`;
    throw new Error(`${lines.join("\n")}\n${cause.message}\nThe same again: ${replay}`, { cause });
  });
  strictEqual(steps, STEPS);
  await Deno.remove(keepIn, { recursive: true });
});
