/**
 * What is read for the metrics at a moment: the words between those who read and those who name the numbers.
 * @module
 */

/** What the kernel says of this container, or of the machine where there is none. Everything may be unknown. */
export interface ContainerReading {
  /** Of the group with the least processor quota. */
  readonly cpu: {
    /** How many processors may be used; `null` without a quota. */
    readonly limitProcessors: number | null;
    /** Periods in which there was something to do, and those of them in which the quota was used up. */
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledMs: number;
  } | null;
  /** What the memory group of this process uses, page cache included. */
  readonly memoryUsedBytes: number | null;
  readonly pressure: readonly PressureReading[];
}

/** How long tasks have waited for something so far (PSI). */
export interface PressureReading {
  readonly resource: "cpu" | "memory" | "io";
  /** Whose tasks. */
  readonly scope: "container" | "machine";
  /** At least one of them. */
  readonly waitingMs: number;
  /** All that could have run; `null` where it is not told. */
  readonly stalledMs: number | null;
}

/** What the kernel says of the daemon's own process. */
export interface OwnReading {
  readonly cpuMs: number;
  readonly residentBytes: number | null;
  readonly virtualBytes: number | null;
  readonly openFiles: number;
  readonly maxFiles: number | null;
}

/** What HotSpot's performance data tells of a JVM, under names that JVM metrics are known by. */
export interface JvmReading {
  readonly heapUsedBytes: number | null;
  readonly heapCommittedBytes: number | null;
  readonly heapMaxBytes: number | null;
  /** By the names of the JVM's own memory pool beans. */
  readonly pools: readonly PoolReading[];
  /** By the names of the JVM's own collector beans. */
  readonly collectors: readonly {
    readonly name: string;
    readonly count: number;
    readonly pausedMs: number;
  }[];
  readonly threads: {
    readonly current: number | null;
    readonly daemon: number | null;
    readonly peak: number | null;
    readonly started: number | null;
  };
  readonly classes: { readonly loaded: number | null; readonly unloaded: number | null };
  readonly compilationMs: number | null;
  readonly runtime: { readonly runtime: string; readonly vendor: string; readonly version: string };
}

/** One memory pool. */
export interface PoolReading {
  readonly name: string;
  readonly usedBytes: number;
  readonly committedBytes: number;
  /** `null` when it is only limited together with others. */
  readonly maxBytes: number | null;
}
