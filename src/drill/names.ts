/**
 * Which drills are there? Their names alone, for the command line.
 * @module
 */

/** Every name, in the order in which they are run. */
export const DRILL_NAMES = [
  "kill",
  "hang",
  "heap",
  "metaspace",
  "direct-memory",
  "stack",
  "exit",
  "crash",
  "oom-kill",
  "full-disk",
  "failed-start",
  "bad-start",
  "daemon-kill",
] as const;

/** One of {@linkcode DRILL_NAMES}. */
export type DrillName = (typeof DRILL_NAMES)[number];
