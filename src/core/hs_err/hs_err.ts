/**
 * What does an error report of HotSpot (`hs_err_pid<pid>.log`) tell? Reads those of JDK 8 to 25 and of every
 * vendor's OpenJDK, whole or cut off anywhere. What it makes of a cause is in `hs_err_verdict.ts`.
 * @module
 */

import { type ExceptionCounts, parseExceptionCounts } from "./exception_counts.ts";
import {
  type CurrentThread,
  type FailingStack,
  type Failure,
  type Frame,
  readCompileTask,
  readFailure,
  readFrame,
  readOperation,
  readPid,
  readSignalInfo,
  readStack,
  readStackOverflow,
  readThread,
  type SignalInfo,
} from "./hs_err_failure.ts";
import { type Fact, findFact, findHsErr } from "./hs_err_report.ts";
import {
  type ContainerMemory,
  type HostMemory,
  type JavaVersion,
  type ProcessLimits,
  readContainer,
  readElapsed,
  readHostMemory,
  readJava,
  readLimits,
  readSavedAs,
  readVm,
} from "./hs_err_surroundings.ts";
import type { OutputLine } from "../verdict.ts";

/** A report. `null` is what it does not tell, or what was cut off. */
export interface HsErr {
  /** The line it begins with. */
  readonly start: OutputLine;
  readonly failure: Fact<Failure>;
  readonly pid: number | null;
  readonly signalInfo: Fact<SignalInfo> | null;
  /** The code that failed. */
  readonly frame: Fact<Frame> | null;
  readonly stack: FailingStack;
  /** Why it is believed that a stack was full. */
  readonly stackOverflow: Fact<string> | null;
  readonly thread: Fact<CurrentThread> | null;
  /** The method that the failing compiler was at, as `class::method`. */
  readonly compiling: Fact<string> | null;
  readonly operation: Fact<string> | null;
  readonly java: Fact<JavaVersion> | null;
  /** The vendor's name for the JVM, its build, collector and platform. */
  readonly vm: Fact<string> | null;
  readonly elapsedSeconds: Fact<number> | null;
  readonly memory: HostMemory | null;
  readonly container: ContainerMemory | null;
  readonly limits: Fact<ProcessLimits> | null;
  /** Errors that were survived before. */
  readonly exceptions: ExceptionCounts | null;
  /** Where the JVM's arguments and the program's stand; not their text, which may hold passwords. */
  readonly argumentsLine: number | null;
  readonly commandLine: number | null;
  /** Where the JVM says that the whole report is, when this may be only its beginning. */
  readonly savedAs: Fact<string> | null;
  /** Whether the report goes to its end. */
  readonly complete: boolean;
}

/**
 * Reads the last report in an output.
 * @returns `null` when there is none, not even a part that says what happened.
 */
export function parseHsErr(output: readonly OutputLine[]): HsErr | null {
  const report = findHsErr(output);
  if (report === null) return null;
  const { start, lines } = report;
  const pid = readPid(lines);
  const signalInfo = readSignalInfo(lines, pid);
  const lineOf = (pattern: RegExp) => findFact(lines, pattern, () => null)?.line.number ?? null;
  return {
    start,
    failure: readFailure(lines, start),
    pid,
    signalInfo,
    frame: readFrame(lines),
    stack: readStack(lines),
    stackOverflow: readStackOverflow(lines, signalInfo),
    thread: readThread(lines),
    compiling: readCompileTask(lines),
    operation: readOperation(lines),
    java: readJava(lines),
    vm: readVm(lines),
    elapsedSeconds: readElapsed(lines),
    memory: readHostMemory(lines),
    container: readContainer(lines),
    limits: readLimits(lines),
    exceptions: parseExceptionCounts(lines),
    argumentsLine: lineOf(/^(?:jvm_args: |Command Line: )/),
    commandLine: lineOf(/^(?:java_command: |Command Line: )/),
    savedAs: readSavedAs(lines),
    // JDK 8 has no word for the end: there the time it had run is the last thing told.
    complete: lines.some(({ text }) => /^(?:END\.$|elapsed time: .*\))/.test(text)),
  };
}
