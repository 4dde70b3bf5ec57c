/**
 * Why did whatever wrote this log fail? Any log from anywhere in, a verdict out: an error report of HotSpot, a driver's
 * output, a Python traceback, what launchers, containers and schedulers remarked, in any mix.
 * @module
 */

import { parseHsErr } from "../hs_err/hs_err.ts";
import { hsErrVerdict } from "../hs_err/hs_err_verdict.ts";
import type { Finding } from "./log_findings.ts";
import { LogScan } from "./log_scan.ts";
import type { Scanned } from "./log_scan.ts";
import type { CauseClass, OutputLine, Verdict } from "../verdict.ts";
import { Unwrapper, wrapWidth } from "./wrapped_lines.ts";

/** What is believed to have happened, and the lines for and against it. */
export interface Explanation {
  readonly class: CauseClass;
  /** Whether the JVM ended by it, or must be replaced. */
  readonly fatal: boolean;
  readonly confidence: "certain" | "likely" | "unsure";
  /** One sentence in plain words. */
  readonly summary: string;
  /** The lines that say so, in their order. */
  readonly evidence: readonly OutputLine[];
  /** Lines that speak for something else, with what they would mean. */
  readonly against: readonly (OutputLine & { readonly class: CauseClass })[];
  readonly remedy: string;
}

/** So many lines decide whether a log was broken by a narrow console. */
const SAMPLE_LINES = 200;
/** Evidence for one verdict, and lines of other classes shown beside it. */
const MAX_EVIDENCE = 3, MAX_AGAINST = 3;

/** Reads a log line by line, in bounded memory. */
export class LogReader {
  readonly #scan = new LogScan();
  #sample: OutputLine[] | null = [];
  #unwrapper: Unwrapper | null = null;

  /** Takes the next line. */
  take(line: OutputLine): void {
    if (this.#sample === null) return this.#pass(line);
    this.#sample.push(line);
    if (this.#sample.length >= SAMPLE_LINES) this.#begin();
  }

  /** The log has ended. */
  finish(): Explanation {
    this.#begin();
    const rest = this.#unwrapper?.end();
    if (rest) this.#scan.take(rest);
    return explain(this.#scan.finish());
  }

  #begin(): void {
    const sample = this.#sample ?? [];
    this.#sample = null;
    const width = wrapWidth(sample);
    if (width !== null) this.#unwrapper = new Unwrapper(width);
    for (const line of sample) this.#pass(line);
  }

  #pass(line: OutputLine): void {
    const whole = this.#unwrapper === null ? line : this.#unwrapper.take(line);
    if (whole !== null) this.#scan.take(whole);
  }
}

/** Explains a log that is in memory. */
export function explainLog(lines: Iterable<OutputLine>): Explanation {
  const reader = new LogReader();
  for (const line of lines) reader.take(line);
  return reader.finish();
}

function explain(scanned: Scanned): Explanation {
  const findings = scanned.findings.inOrder();
  const report = parseHsErr(scanned.report);
  // Of a report that is cut off before it says what happened, the rest of the log may.
  if (report !== null && (report.failure.value.kind !== "unread" || findings.length === 0)) {
    return fromReport(hsErrVerdict(report), findings);
  }
  const [best] = findings;
  const { stopped } = scanned;
  if (stopped !== null && isMadeGood(scanned, findings)) return cleanExit(scanned, stopped, findings);
  // That a warning was written is no reason to believe in a failure.
  if (
    best === undefined || best.rank === "quiet-symptom" || stopped !== null && best.rank === "quiet-cause"
  ) {
    return stopped === null ? unknown(scanned, findings) : cleanExit(scanned, stopped, findings);
  }
  const same = findings.filter((each) => each.row.class === best.row.class && each.rank === best.rank);
  return {
    class: best.row.class,
    fatal: same.some(({ fatal }) => fatal),
    confidence: confidenceOf(best, findings),
    summary: best.row.summary,
    evidence: fewOf(same.flatMap(({ lines }) => lines)),
    against: otherThan(best.row.class, findings.filter((each) => each.rank === best.rank)),
    remedy: best.row.remedy,
  };
}

/** Whether everything that went wrong lay before a job that ended well, as lost executors and retried tasks do. */
function isMadeGood({ done }: Scanned, findings: readonly Finding[]): boolean {
  return done !== null &&
    findings.every(({ fatal, lines }) => !fatal && lines.every(({ number }) => number < done));
}

/** HotSpot's own report: nothing is surer, whatever else the log tells of. */
function fromReport(verdict: Verdict, findings: readonly Finding[]): Explanation {
  const { evidence, ...rest } = verdict;
  return {
    ...rest,
    evidence: evidence.flatMap(({ line, text }) => line === null ? [] : [{ number: line, text }]),
    against: otherThan(verdict.class, findings.filter(({ rank }) => rank === "fatal-cause")),
  };
}

function confidenceOf(best: Finding, findings: readonly Finding[]): Explanation["confidence"] {
  if (best.row.class === "unknown") return "unsure";
  const rivals = findings.some((each) => each.rank === best.rank && each.row.class !== best.row.class);
  switch (best.rank) {
    case "last-words":
      return "certain";
    case "fatal-cause":
      return best.ended && !rivals ? "certain" : "likely";
    case "cause":
      return rivals ? "unsure" : "likely";
    case "fatal-symptom":
    case "symptom":
    case "quiet-cause":
    case "quiet-symptom":
      return "unsure";
  }
}

function cleanExit(scanned: Scanned, stopped: OutputLine, findings: readonly Finding[]): Explanation {
  return {
    class: "clean-exit",
    fatal: false,
    confidence: scanned.errors === 0 ? "likely" : "unsure",
    summary: "The program ended in an orderly way.",
    evidence: [stopped],
    against: otherThan("clean-exit", findings),
    remedy: "Nothing to do.",
  };
}

function unknown({ lines, last }: Scanned, findings: readonly Finding[]): Explanation {
  const nothing = last === null;
  return {
    class: "unknown",
    fatal: false,
    confidence: "unsure",
    summary: nothing ? "There is nothing to read." : "Nothing in this log says that anything failed, or why.",
    evidence: last === null ? [] : [last],
    against: otherThan("unknown", findings),
    remedy: nothing
      ? "Give the log of the JVM or of the program."
      : `${
        lines === 1 ? "The one line names" : `The ${lines} lines name`
      } no cause. Look into the JVM's other output, its folder for hs_err files and the ` +
        "kernel's log for out-of-memory kills.",
  };
}

/** A line may match several rows; a verdict needs no more than its first lines and the last one. */
function fewOf(lines: readonly OutputLine[]): readonly OutputLine[] {
  const sorted = [...new Map(lines.map((line) => [line.number, line])).values()]
    .sort((a, b) => a.number - b.number);
  return sorted.length <= MAX_EVIDENCE ? sorted : [...sorted.slice(0, MAX_EVIDENCE - 1), ...sorted.slice(-1)];
}

function otherThan(own: CauseClass, findings: readonly Finding[]): Explanation["against"] {
  return findings.filter(({ row }) => row.class !== own)
    .flatMap(({ row, lines: [first] }) => first === undefined ? [] : [{ ...first, class: row.class }])
    .slice(0, MAX_AGAINST);
}
