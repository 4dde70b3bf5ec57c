/**
 * What is an invariant of a chaos run? Something that holds whatever happens: asked again and again, or when all is at rest.
 * @module
 */

import type { Status } from "../../src/api/status.ts";
import type { RunningProgram } from "./program.ts";
import type { Site } from "./site.ts";
import type { Cost } from "./fault.ts";

/** What a step has come to, once all is at rest again. */
export interface Rest {
  readonly site: Site;
  readonly status: Status;
  /** The programs of the step, which have all ended. */
  readonly programs: readonly RunningProgram[];
  /** The most that the step's faults may have cost. */
  readonly cost: Cost;
  /** Whether records of this step may be lost: the disk that they are written to was full. */
  readonly mayLackRecords: boolean;
  /** What the daemons have written to their logs since the last rest. */
  readonly log: string;
}

/** One invariant. Each function returns what is broken, in words; nothing when all is well. */
export interface Invariant {
  readonly what: string;
  /** Asked several times a second, whatever happens. Must not wait for the daemon. */
  readonly always?: (site: Site, programs: readonly RunningProgram[]) => readonly string[];
  /** Asked after each step. */
  readonly atRest?: (rest: Rest) => Promise<readonly string[]> | readonly string[];
  /** Asked when the last daemon has ended in an orderly way. */
  readonly atEnd?: (site: Site) => Promise<readonly string[]> | readonly string[];
}
