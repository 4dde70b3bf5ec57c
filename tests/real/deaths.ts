/**
 * What is a death that a test makes, on which PySpark and Java, and in which words is it asked for?
 * @module
 */

import type { CauseClass, Verdict } from "../../src/core/verdict.ts";
import { javaHomes } from "../incident/attachable_jvm.ts";
import type { ControlGroup } from "./control_group.ts";
import { type Place, program } from "./rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "./spark_installations.ts";

/** What to run so that the gateway dies. */
export interface Run {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program to `exec`; by itself one that does nothing. */
  readonly command?: readonly string[];
  /** Where to run it all. */
  readonly group?: ControlGroup;
}

/** Where a death is prepared; what is made for it goes on the stack. */
export interface Ground {
  readonly place: Place;
  readonly stack: AsyncDisposableStack;
}

/** The PySpark and Java it is made on: the oldest that is tested, the newest, and the newest on the newest Java. */
export type Platform = "old" | "new" | "newest Java";

/** One kind of death. */
export interface Death {
  readonly kind: string;
  readonly run: Run | ((ground: Ground) => Run | Promise<Run>);
  /** By itself only the oldest. */
  readonly on?: readonly Platform[];
  /** Whether the machine allows it. */
  readonly possible?: () => boolean;
  /** Whether the daemon ends the gateway only when the program has left: then it runs beside it, and not within. */
  readonly outlived?: true;
  /** As `describeExit` has it, one for each platform where they differ. */
  readonly exit: string | Readonly<Partial<Record<Platform, string>>>;
  readonly is: CauseClass;
  /** Left out where either would do. */
  readonly confidence?: Verdict["confidence"];
  /** What one line of the evidence has to say, where there is more than the exit. */
  readonly says?: RegExp;
  /** What the incident must hold besides what it always holds. */
  readonly kept?: readonly string[];
  /** Whether it was no JVM yet that ended: then there is no log of its collections. */
  readonly neverRan?: true;
  /** What is wrong about the verdict: such a row is not run. */
  readonly known?: string;
}

const [oldest, newest] = [sparkInstallations().at(0), sparkInstallations().at(-1)];
if (oldest === undefined || newest === undefined) throw new Error("No PySpark to test on");
const [, newestJava] = javaHomes();

/** `null` where this machine has none. */
export const PLATFORMS: Readonly<Record<Platform, SparkInstallation | null>> = {
  "old": oldest,
  "new": newest,
  "newest Java": newestJava === undefined ? null : { ...newest, javaHome: newestJava },
};

/** All of them. */
export const EVERYWHERE: readonly Platform[] = ["old", "new", "newest Java"];
/** What a JVM is asked for before the daemon ends it. */
export const DUMPS = ["threads-1.txt", "threads-2.txt", "heap.txt", "histogram.txt"] as const;

/** A program that ends its gateway: `programs/deaths.py`. */
export function dies(...args: readonly string[]): readonly string[] {
  return ["python", program("deaths.py"), ...args];
}

/** A program that brings its gateway into trouble: `programs/faults.py`. */
export function faults(kind: string): readonly string[] {
  return ["python", program("faults.py"), kind];
}

/** Settings for Spark. */
export function conf(...pairs: readonly string[]): readonly string[] {
  return pairs.flatMap((pair) => ["--conf", pair]);
}

/** Options for the JVM. */
export function javaOptions(options: string): readonly string[] {
  return conf(`spark.driver.extraJavaOptions=${options}`);
}
