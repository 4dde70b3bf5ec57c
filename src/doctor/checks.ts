/**
 * Which checks are there, and what does each ask?
 * @module
 */

import { examinePaths } from "../core/doctor/class_path.ts";
import { examineConfiguration } from "../core/doctor/configuration.ts";
import { examineControlGroup } from "../core/doctor/control_group.ts";
import { examineDisk } from "../core/doctor/disk.ts";
import { examineEnvironment } from "../core/doctor/environment.ts";
import type { Examination } from "../core/doctor/finding.ts";
import { examineJava } from "../core/doctor/java.ts";
import { examineLimits } from "../core/doctor/limits.ts";
import { examineLocks } from "../core/doctor/locks.ts";
import type { LockFacts } from "../core/doctor/locks.ts";
import { examineMemory } from "../core/doctor/memory.ts";
import { examineNetwork } from "../core/doctor/network.ts";
import { examinePackages } from "../core/doctor/packages.ts";
import { examinePorts } from "../core/doctor/ports.ts";
import { examineProcessors } from "../core/doctor/processors.ts";
import { examinePython } from "../core/doctor/python.ts";
import { examineSparkHome } from "../core/doctor/spark_home.ts";
import { packagesFacts, pathFacts } from "./class_path_facts.ts";
import { javaSearch, sparkHomeFacts } from "./installation_facts.ts";
import { controlGroupFacts, limitFacts, memoryFacts, processorFacts } from "./machine_facts.ts";
import { networkFacts } from "./network_facts.ts";
import { folderFacts, lockFacts, portFacts } from "./place_facts.ts";
import { pythonSearch } from "./python_facts.ts";
import type { Surroundings } from "./surroundings.ts";

/** A check's name, and what it has seen. */
export interface Checked extends Examination {
  readonly check: string;
}

/** Runs every check, in the order in which a start would meet what they look at. */
export async function* examineAll(surroundings: Surroundings): AsyncGenerator<Checked> {
  const { spark, sparkRefusal, context } = surroundings;
  // What leads a program elsewhere never reaches the launcher.
  const env = { ...surroundings.env, ...context.env };
  if (spark === null) yield { check: "spark", ...noSpark(sparkRefusal) };
  else {
    yield { check: "spark", ...examineSparkHome(await sparkHomeFacts({ ...surroundings, spark })) };
  }
  yield { check: "java", ...examineJava(await javaSearch(surroundings)) };
  if (spark !== null) {
    yield { check: "python", ...examinePython(await pythonSearch({ ...surroundings, spark })) };
  }
  yield { check: "environment", ...examineEnvironment({ env, sparkHome: spark?.home ?? null }) };
  yield { check: "configuration", ...examineConfiguration(surroundings) };
  yield { check: "files", ...examinePaths(await pathFacts(surroundings)) };
  yield { check: "packages", ...examinePackages(await packagesFacts(surroundings)) };
  yield { check: "memory", ...examineMemory(await memoryFacts(surroundings)) };
  yield { check: "processors", ...examineProcessors(processorFacts(surroundings)) };
  yield { check: "control group", ...examineControlGroup(controlGroupFacts(surroundings)) };
  yield { check: "limits", ...examineLimits(await limitFacts(surroundings)) };
  yield { check: "network", ...examineNetwork(await networkFacts(surroundings)) };
  const locks = await lockFacts(surroundings);
  yield { check: "ports", ...examinePorts(portFacts(surroundings, { isOurs: isOurs(locks) })) };
  yield { check: "disk", ...examineDisk(await folderFacts(surroundings)) };
  yield { check: "locks", ...examineLocks(locks) };
}

function isOurs({ isHeld, answers }: LockFacts): boolean {
  return isHeld && answers;
}

function noSpark(refusal: Surroundings["sparkRefusal"]): Examination {
  return {
    seen: "none",
    findings: [{
      severity: "error",
      what: refusal?.what ?? "There is no Spark: neither SPARK_HOME nor a Python with PySpark was found",
      why: "The gateway is a program of Spark's.",
      fix: refusal?.fix ?? "python3 -m pip install pyspark, or name one: --spark-home DIR, --python PATH",
    }],
  };
}
