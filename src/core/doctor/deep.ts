/**
 * What does a scratch gateway say that was started, warmed up and given a first program?
 * @module
 */

import type { Verdict } from "../verdict.ts";
import type { Examination, Finding } from "./finding.ts";

/** The name of the step without which programs still work. */
export const WARM_UP = "warm-up";

/** How far it came, and what ended it. */
export interface DeepFacts {
  /** What was done, in order, and how long it took. */
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
  /** What failed; `null` when nothing did. */
  readonly failure: {
    readonly step: string;
    /** The last line that says so. */
    readonly line: string;
    /** What is to be made of everything that was written. */
    readonly verdict: Pick<Verdict, "class" | "summary" | "remedy">;
  } | null;
  /** The versions that the first program saw on both sides; `null` when it did not come so far. */
  readonly versions: {
    readonly driver: Readonly<Record<string, string>>;
    readonly worker: Readonly<Record<string, string>>;
  } | null;
}

/** Judges it. */
export function examineDeep({ steps, failure, versions }: DeepFacts): Examination {
  const findings: Finding[] = [];
  if (failure !== null) {
    const { step, line, verdict } = failure;
    findings.push({
      // A gateway that cannot be warmed up is used as it starts.
      severity: step === WARM_UP ? "warning" : "error",
      what: `A scratch gateway failed at "${step}"${
        verdict.class === "unknown" ? "" : ` (${verdict.class})`
      }: ${line}`,
      why: verdict.summary,
      fix: verdict.remedy,
    });
  }
  const other = versions === null
    ? []
    : Object.keys(versions.driver).filter((name) => versions.driver[name] !== versions.worker[name]);
  if (versions !== null && other.length > 0) {
    const each = other.map((name) =>
      `${name} ${versions.driver[name]} and ${versions.worker[name] ?? "none"}`
    );
    findings.push({
      severity: "warning",
      what: `A program and its worker really have other versions: ${each.join(", ")}`,
      why: "What is pickled on one side may not be read on the other.",
      fix: "Give the workers the program's Python: export PYSPARK_PYTHON=PATH",
    });
  }
  const done = steps.map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)} s`).join(", ");
  return { seen: done === "" ? "no gateway" : done, findings };
}
