/**
 * Which command lines of `spark-submit` need no gateway for a Python program, and who does what they ask for?
 * @module
 */

import { lastValue } from "./submit_line.ts";
import type { SubmitLine } from "./submit_line.ts";

/** Why a line is not for `rekindle submit`, and what to do instead. */
export interface Refusal {
  readonly reason: string;
  readonly hint: string;
}

/** The options that ask Spark's own script for something else than to run a program. */
const QUESTIONS = ["--help", "--version", "--usage-error"];

/** Whether Spark's own script has the answer. */
export function isQuestion({ options }: SubmitLine): boolean {
  return options.some(({ name }) => QUESTIONS.includes(name));
}

const SPARK_SUBMIT = "Use Spark's own bin/spark-submit for it";

/** Everything that stands against it. */
export function refusals({ options, resource }: SubmitLine): readonly Refusal[] {
  const found: Refusal[] = [];
  const refuse = (reason: string, hint: string) => void found.push({ reason, hint: `${hint}.` });
  if (lastValue(options, "--deploy-mode") === "cluster") {
    refuse(
      "--deploy-mode cluster runs the driver on the cluster, where this machine has no gateway",
      `${SPARK_SUBMIT}, or leave the option out to run the driver here`,
    );
  }
  const managing = options.find(({ name }) => name === "--kill" || name === "--status");
  if (managing !== undefined) {
    refuse(`${managing.name} is about a driver on the cluster, not one of this machine`, SPARK_SUBMIT);
  } else if (options.some(({ name }) => name === "--class")) {
    refuse("--class names the main class of a Java or Scala program, which needs no gateway", SPARK_SUBMIT);
  } else if (options.some(({ name }) => name === "--remote")) {
    refuse(
      "--remote is for Spark Connect, which needs no gateway",
      `Set SPARK_REMOTE and run the program with python, or use Spark's own bin/spark-submit`,
    );
  } else if (resource !== null) {
    const refusal = resourceRefusal(resource);
    if (refusal !== null) found.push(refusal);
  }
  return found;
}

function resourceRefusal(resource: string): Refusal | null {
  if (resource.endsWith("-shell") || resource === "pyspark-shell-main") {
    return { reason: `${resource} is a shell, not a program`, hint: 'Use "rekindle shell" for PySpark\'s.' };
  }
  if (!resource.endsWith(".py")) {
    return {
      reason: `${resource} is no Python program: its name does not end in .py`,
      hint: `${SPARK_SUBMIT}: a program in Java, Scala or R needs no gateway.`,
    };
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(resource)?.[1];
  if (scheme === undefined || scheme === "file" || scheme === "local") return null;
  return {
    reason: `${resource} is not on this machine`,
    hint: "Fetch it first, or use Spark's own bin/spark-submit, which does.",
  };
}
