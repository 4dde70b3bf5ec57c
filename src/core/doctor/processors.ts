/**
 * Are there processors for the tasks that Spark is told to run at once?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";
import type { SparkSettings } from "./settings.ts";

/** What there is, and what is asked for. */
export interface ProcessorFacts {
  readonly processors: number;
  /** What a control group allows, in processors, such as 1.5; `null` without a limit. */
  readonly quota: number | null;
  readonly settings: SparkSettings;
  readonly master: string;
}

/** So many tasks for a processor are usual where they wait for a network. */
const USUAL_TASKS = 4;

/** Judges the numbers. */
export function examineProcessors(facts: ProcessorFacts): Examination {
  const { processors, quota, master } = facts;
  return {
    seen: `${processors} processors${quota === null ? "" : `, a quota of ${quota}`}, master ${master}`,
    findings: [...ofMaster(facts), ...ofQuota(facts), ...contradictions(facts)],
  };
}

function ofMaster({ processors, quota, master }: ProcessorFacts): readonly Finding[] {
  const there = Math.min(processors, quota ?? Infinity);
  const [, threads] = /^local\[(\d+)/.exec(master) ?? [];
  const [, count, cores] = /^local-cluster\[\s*(\d+)\s*,\s*(\d+)/.exec(master) ?? [];
  const asked = threads !== undefined ? Number(threads) : Number(count ?? 0) * Number(cores ?? 0);
  if (asked <= USUAL_TASKS * there) return [];
  return [{
    severity: "warning",
    what: `${master} runs ${asked} tasks at once on ${there} ${there === 1 ? "processor" : "processors"}`,
    why: "Each takes memory and waits for the others: heartbeats come late, and nothing is done sooner.",
    fix: `--conf spark.master=local[${Math.max(1, Math.floor(there))}]`,
  }];
}

function ofQuota({ processors, quota }: ProcessorFacts): readonly Finding[] {
  if (quota === null || quota >= 1) return [];
  return [{
    severity: "warning",
    what: `The container may use ${quota} of a processor (of ${processors})`,
    why:
      "A start takes many times as long, collections stop the JVM for seconds, and health checks time out.",
    fix: "Raise the container's CPU limit to 1 or more, or --start-timeout 300",
  }];
}

function contradictions({ settings }: ProcessorFacts): readonly Finding[] {
  const number = (name: string) => {
    const text = settings[name]?.value;
    return text === undefined || !/^\d+$/.test(text) ? null : Number(text);
  };
  const findings: Finding[] = [];
  const [cores, most, task] = [
    number("spark.executor.cores"),
    number("spark.cores.max"),
    number("spark.task.cpus"),
  ];
  if (cores !== null && most !== null && most < cores) {
    findings.push({
      severity: "error",
      what: `spark.cores.max=${most} is less than the spark.executor.cores=${cores} of one executor`,
      why: "No executor is ever given: jobs wait for ever.",
      fix: `--conf spark.cores.max=${cores}, or a multiple of it`,
    });
  }
  if (cores !== null && task !== null && cores < task) {
    findings.push({
      severity: "error",
      what: `spark.executor.cores=${cores} is less than the spark.task.cpus=${task} of one task`,
      why: "Spark makes no context, or no task ever runs.",
      fix: `--conf spark.executor.cores=${task}`,
    });
  }
  return findings;
}
