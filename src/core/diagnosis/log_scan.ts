/**
 * What does a log hold that could explain a failure? Goes through it line by line, once, and keeps only what speaks.
 * @module
 */

import { linesOfJson } from "./json_record.ts";
import { headOf, tracePartOf, withoutCollector } from "./log_line.ts";
import type { Level, TracePart } from "./log_line.ts";
import { Findings } from "./log_findings.ts";
import type { Hit } from "./log_findings.ts";
import { learn, newRecord } from "./log_record.ts";
import { Quotation } from "./quotation.ts";
import { anyOf } from "./signature.ts";
import { SIGNATURES } from "./signatures.ts";
import type { OutputLine } from "../verdict.ts";

/** Every row of the table at once: most lines match none, and one long pattern is tried faster than all of them. */
const ANY = anyOf(
  ...SIGNATURES.filter(({ only }) => only !== "gateway").map(({ pattern }) => `(?:${pattern.source})`),
);
/** A record that calls itself information and has none of these words tells of no trouble. */
const TROUBLE = /rror|xception|[Ff]ail|[Kk]ill|KILL|[Ee]xit|SIG|[Ll]ost|memory|[Rr]efused|[Dd]enied|space/;
/** Lines of a report that are kept, of some ten thousand at most; the longest with all its libraries has 5000. */
const MAX_REPORT_LINES = 20_000;
/** A line says what it has to say at its beginning, and a pattern's time may grow faster than the line. */
const MAX_CHARS = 2000;
/** Texts of one record: more do not change what it means. */
const MAX_HITS = 40;

/** What cannot be found may have any name, that of another error too; Scala's own names say which Scala was meant. */
const MISSING_NAME =
  /((?:NoClassDefFoundError|ClassNotFoundException|class not found|NoSuch(?:Method|Field)Error|AbstractMethodError):? )(?!scala[./]|Could not|Failed to)\S+/g;

const BANNER =
  /^# (?:A fatal error has been detected by|There is insufficient memory for|An unexpected error has been detected by) /;
const SECTION = /^-{5,} +[A-Z] [A-Z] [A-Z]/;
const FRAMED = SIGNATURES.flatMap(({ frame }, index) => frame === undefined ? [] : [{ frame, index }]);
const STOPPED =
  /Successfully stopped SparkContext|ShutdownHookManager\b.*Shutdown hook called|AbstractConnector\b.*Stopped Spark@|Stopped Spark web UI|final status: SUCCEEDED|Final app status: SUCCEEDED|[Ee]xit(?:ed)?(?: with)?(?: ?[Cc]ode| ?status)?:? ?\(?0\b|return code 0\b|Driver commanded a shutdown|Marking task as SUCCESS|^SUCCESS: The process with PID \d+ \(child process of PID/;
/** A job that ended well: whatever tasks and connections were lost before has been made good. */
const DONE = /DAGScheduler\b.*\bJob \d+ finished: /;
const STARTED = /SparkContext\b.*Running Spark version|Submitted application: /;

/** What was found. */
export interface Scanned {
  readonly findings: Findings;
  /** The lines of HotSpot's error reports. */
  readonly report: readonly OutputLine[];
  /** The last line that tells of an orderly end, unless another start followed. */
  readonly stopped: OutputLine | null;
  /** The line of the last job that ended well; `null` without one, and when the log holds more than one run. */
  readonly done: number | null;
  readonly lines: number;
  /** Records that call themselves errors. */
  readonly errors: number;
  readonly last: OutputLine | null;
}

/** Reads a log. */
export class LogScan {
  readonly #findings = new Findings();
  readonly #report: OutputLine[] = [];
  #inReport: "no" | "header" | "body" = "no";
  #record = newRecord(null);
  #hits: Hit[] = [];
  #before: TracePart | "head" = "blank";
  #framed = false;
  readonly #quotation = new Quotation();
  #stopped: OutputLine | null = null;
  #done: number | null = null;
  #runs = 0;
  #lines = 0;
  #errors = 0;
  #last: OutputLine | null = null;

  /** Takes the next line. */
  take(line: OutputLine): void {
    this.#lines++;
    const json = line.text.includes('{"') ? linesOfJson(withoutCollector(line.text)) : null;
    if (json === null) this.#read(line, line.text);
    else for (const text of json) this.#read(line, text);
  }

  #read(line: OutputLine, written: string): void {
    const text = withoutCollector(written.slice(0, MAX_CHARS));
    if (text === "") return;
    this.#last = line;
    if (this.#takeReport(line, text)) return;
    if (this.#quotation.holds(text)) return;
    const part = this.#place(text);
    if (this.#record.level === "debug") return;
    if (part === "frame" || part === "python-frame") this.#takeFrame(text);
    else if (part !== "blank") this.#takeText(line, text, part);
  }

  /** The log has ended. */
  finish(): Scanned {
    this.#endRecord();
    return {
      findings: this.#findings,
      report: this.#report,
      stopped: this.#stopped,
      done: this.#runs > 1 ? null : this.#done,
      lines: this.#lines,
      errors: this.#errors,
      last: this.#last,
    };
  }

  /** An error report has a reader of its own: whatever its body lists, environment and past errors, is no message. */
  #takeReport(line: OutputLine, text: string): boolean {
    const isBanner = BANNER.test(text);
    if (isBanner) this.#inReport = "header";
    else if (SECTION.test(text)) this.#inReport = "body";
    if (this.#inReport === "no") return false;
    if (this.#inReport === "header" && !text.startsWith("#") && !text.startsWith("[error occurred")) {
      this.#inReport = "no";
      return false;
    }
    if (this.#report.length < MAX_REPORT_LINES) this.#report.push({ number: line.number, text });
    if (this.#inReport === "header") {
      if (isBanner) this.#startRecord(null);
      this.#match({ number: line.number, text });
    } else if (text === "END." || text.startsWith("elapsed time: ")) this.#inReport = "no";
    return true;
  }

  /** Puts the line into its record, or begins one with it. */
  #place(text: string): TracePart | "head" {
    const head = headOf(text);
    const part = head === null ? tracePartOf(text) : "head";
    if (this.#startsRecord(part)) this.#startRecord(head?.level ?? null);
    if (part === "frame") this.#framed = true;
    if (part !== "blank") this.#before = part;
    return part;
  }

  #startsRecord(part: TracePart | "head"): boolean {
    switch (part) {
      case "head":
      case "thread":
      case "text":
        return true;
      case "traceback":
        // A logger writes the traceback below its own line, which then is no mere information.
        return this.#before !== "head" || this.#record.level === "info";
      case "throwable":
        // A Python error stands below its frames, a Java error above them.
        return this.#framed;
      case "frame":
      case "python-frame":
      case "more":
      case "blank":
        return false;
    }
  }

  #startRecord(level: Level | null): void {
    this.#endRecord();
    this.#record = newRecord(level);
    this.#framed = false;
    if (level === "error") this.#errors++;
  }

  #endRecord(): void {
    if (this.#hits.length > 0) this.#findings.add(this.#record, this.#hits);
    this.#hits = [];
  }

  #takeFrame(text: string): void {
    for (const { frame, index } of FRAMED) if (frame.test(text)) this.#record.frames.add(index);
    learn(this.#record, text);
  }

  #takeText(line: OutputLine, text: string, part: TracePart | "head"): void {
    if (STOPPED.test(text)) this.#stopped = line;
    else if (STARTED.test(text)) {
      this.#stopped = null;
      if (text.includes("Running Spark version")) this.#runs++;
    } else if (DONE.test(text)) this.#done = line.number;
    const { level } = this.#record;
    if (part === "head" && level === "info" && !TROUBLE.test(text)) return;
    const speaks = ANY.test(text);
    if (speaks || part === "head" || part === "more") learn(this.#record, text);
    if (speaks) this.#match({ number: line.number, text });
  }

  #match(line: OutputLine): void {
    if (this.#hits.length >= MAX_HITS) return;
    const text = line.text.replace(MISSING_NAME, "$1");
    for (const [index, row] of SIGNATURES.entries()) {
      if (row.only !== "gateway" && row.pattern.test(text)) this.#hits.push({ index, line });
    }
  }
}
