/**
 * What one look at a living gateway can find: the words between those who look and those who judge.
 * @module
 */

/** What the kernel tells of one process (proc(5)). */
export interface ProcessVitals {
  /** One letter: `R`unning, `S`leeping, `D`isk sleep, s`T`opped, `t`raced, `Z`ombie and more. */
  readonly state: string;
  /** When it started, in clock ticks since boot: with the pid, it names one process for the life of the kernel. */
  readonly startTicks: number;
  /** Processor time of all its threads so far, in milliseconds. */
  readonly cpuMs: number;
  /** Who traces it, such as a debugger; 0 for nobody. */
  readonly tracerPid: number;
  /** What it has in memory; `null` when that is not told, as for a zombie. */
  readonly residentBytes: number | null;
}

/** What HotSpot's performance data tells of garbage collection. */
export interface GcVitals {
  /** Time in stop-the-world collections so far, in milliseconds; grows when a collection ends. */
  readonly pausedMs: number;
  /** Stop-the-world collections so far. */
  readonly collections: number;
  /** Why a collection is under way at this moment, or `null`. */
  readonly cause: string | null;
  /** The old generation, in bytes; as the last collection left it. */
  readonly oldUsedBytes: number;
  readonly oldMaxBytes: number;
  /** What the JVM has taken for its heap so far, in bytes. */
  readonly heapCommittedBytes: number;
  /** Classes and what belongs to them, in bytes; `null` where it is not told. */
  readonly metaspaceBytes: number | null;
}

/** What Spark and the JVM tell over Py4J. */
export interface SparkVitals {
  /** Whether a SparkContext is active: one that is not stopped. */
  readonly contextActive: boolean;
  /** Whether `dag-scheduler-event-loop` runs; `null` where there is no context or it cannot be told. */
  readonly schedulerAlive: boolean | null;
  /** `spark.driver.memory` in the configuration of the active context; `null` where it is not set or there is none. */
  readonly driverMemory: string | null;
  /** Where the active context shows its jobs, as it says itself; `null` where it does not, or there is none. */
  readonly uiUrl: string | null;
  /** The folders the context made for itself, which only an orderly exit removes. */
  readonly folders: readonly string[];
  /** The names of threads that wait for each other for ever, sorted. */
  readonly deadlocked: readonly string[];
}

/** One look at a living gateway. */
export interface Look {
  /** `null` when the process is gone, or this machine does not tell. */
  readonly process: ProcessVitals | null;
  /** `null` when the JVM publishes nothing, or idles and so collects nothing. */
  readonly gc: GcVitals | null;
  /** `null` when it was not asked this time, or did not answer. */
  readonly spark: SparkVitals | null;
  /** What its Python workers have in memory together, in bytes; `null` when that was not looked at this time. */
  readonly pythonBytes: number | null;
  /** What follows costs more, and is only looked for in a gateway that is silent or unfit. */
  readonly closer: CloserLook | null;
}

/** What explains a silence, and whom an end would hurt. */
export interface CloserLook {
  /** What the JVM writes while it stands still, as a clause, or `null`. */
  readonly writing: string | null;
  /** Threads that wait for a disk, or are frozen. */
  readonly diskSleepers: number;
  /** Connections of programs to the gateway; `null` where that cannot be told. */
  readonly programs: number | null;
}
