/**
 * Who speaks in a log record with its stack trace: the main thread, a task, a call from Python, an executor elsewhere?
 * From that follows whether an error in it ended the JVM.
 * @module
 */

import type { Level } from "./log_line.ts";
import type { Fatality } from "./signature.ts";

/** What is known of a record while it is read. */
export interface LogRecord {
  level: Level | null;
  /** The main thread died, or Spark's handler of uncaught exceptions ended the JVM. */
  ended: boolean;
  /** An error of a task that ran in the driver itself, or it is not known where. */
  task: boolean;
  /** An error of another process: an executor, another container. */
  remote: boolean;
  /** A call from Python that failed, and returned. */
  call: boolean;
  /** The making of a SparkContext, without which a gateway is of no use. */
  context: boolean;
  /** Which frames of the table were seen: indices of rows. */
  readonly frames: Set<number>;
}

/** A record of which nothing is known yet. */
export function newRecord(level: Level | null): LogRecord {
  return { level, ended: false, task: false, remote: false, call: false, context: false, frames: new Set() };
}

/** The thread that runs a program, by the names Java, YARN's application master and Spark give it. */
const MAIN =
  /Exception in thread "(?:main|Driver|primordial)"|SparkUncaughtExceptionHandler|User class threw exception|Final app status: FAILED|Exception in thread main\b|uncaught error in thread .*, stopping SparkContext/;
/** A call from Python, or a line typed into a shell. */
const CALL = /An error occurred while calling |Py4JJavaError|^: |\$iwC|\$line\d+\.|<console>:\d+/;
/** What fails behind the end harms nobody: Windows cannot remove jars that are open. */
const TIDYING =
  /ShutdownHookManager|shutdown-hook|Exception while deleting Spark temp dir|Inbox: Ignoring error|RpcEnv already stopped|TransportRequestHandler\b.*Error sending result/;
const CONTEXT =
  /calling None\.org\.apache\.spark\.(?:api\.java\.JavaSparkContext|sql\.SparkSession)|Error initializing SparkContext|org\.apache\.spark\.SparkContext\.<init>/;
const TASK = /Executor: Exception in task|Executor\$TaskRunner\.|scheduler\.Task\.run\(/;
/** Spark 1 and 2: `(TID 7, localhost, executor driver)`, Spark 3 and 4: `(TID 7) (10.0.0.1 executor 3)`. */
const LOST_TASK = /Lost task [\d.]+ in stage [\d.]+ \(TID \d+(?:,|\)) ?(.{0,200})/;
const LOCAL = /executor driver|^\(?localhost/;
/** An application master's container is the first of its attempt. */
const ELSEWHERE =
  /ExecutorLostFailure|Lost executor|executor with id|[Ee]xecutor \S+ (?:exited|finished|lost|is now)|Executor updated: |YarnAllocator|YarnSchedulerBackend|ExecutorPods|spark-kubernetes-executor|container_(?:e\d+_)?\d+_\d+_\d+_(?!0+1\b)\d+/;

/** Learns from a line of the record. */
export function learn(record: LogRecord, text: string): void {
  if (MAIN.test(text)) record.ended = true;
  if (CALL.test(text)) record.call = true;
  if (CONTEXT.test(text)) record.context = true;
  if (TASK.test(text)) record.task = true;
  if (TIDYING.test(text)) record.level = "info";
  const lost = LOST_TASK.exec(text)?.[1];
  if (lost !== undefined) {
    record.task = LOCAL.test(lost);
    record.remote = !record.task;
  } else if (ELSEWHERE.test(text)) record.remote = true;
}

/** Whether the JVM ended, or must be replaced, because of an error in this record. */
export function isFatal(record: LogRecord, fatal: Fatality): boolean {
  switch (fatal) {
    case "always":
      return true;
    case "never":
      return false;
    case "process":
      return !record.remote;
    case "thread":
      return record.ended || record.context && !isQuiet(record);
    case "stack":
      return record.ended || record.task && !record.remote;
    case "memory":
      return record.ended || !record.remote && (record.task || !record.call);
    case "start":
      return record.ended || record.context ||
        !(record.remote || record.call || record.task || record.level !== null);
  }
}

/** A record that says of itself that nothing is lost; a task that failed is more than the warning it is told as. */
export function isQuiet({ level, task, remote }: LogRecord): boolean {
  return level !== null && level !== "error" && !task && !remote;
}
