/**
 * Which text means what: every row of every theme in one table, highest precedence first. The texts are those of
 * HotSpot 8 to 25, Spark 1 to 4 with its launcher and scripts, Ivy, Hadoop, Py4J, Python, the kernel and the shells.
 * @module
 */

import { BANNERS, CRASHES, KILLS } from "./crash_signatures.ts";
import { JAVA_ABSENT, JAVA_FIT, JAVA_OPTIONS, VM_INITIALIZATION } from "./java_signatures.ts";
import { ACCESS, JOBS, NETWORK, PROGRAMS } from "./job_signatures.ts";
import { DISKS, MEMORY, STACKS } from "./memory_signatures.ts";
import type { Signature } from "./signature.ts";
import { CLASSES, RIGHTS, SETTINGS, SURROUNDINGS } from "./start_signatures.ts";

/** The table. The first row with a matching line decides, within what has the same weight. */
export const SIGNATURES: readonly Signature[] = [
  ...BANNERS,
  ...DISKS,
  ...MEMORY,
  ...CRASHES,
  ...KILLS,
  ...STACKS,
  ...JAVA_FIT,
  ...ACCESS,
  ...JOBS,
  ...CLASSES,
  ...JAVA_OPTIONS,
  ...SURROUNDINGS,
  ...JAVA_ABSENT,
  ...SETTINGS,
  ...RIGHTS,
  ...NETWORK,
  ...PROGRAMS,
  ...VM_INITIALIZATION,
];
