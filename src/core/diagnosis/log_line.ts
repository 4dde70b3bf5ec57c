/**
 * What is a line of a log from anywhere, without what collectors put before it: does it begin a record, at which level?
 * @module
 */

/** How urgent a record calls itself. */
export type Level = "error" | "warn" | "info" | "debug";

/** What stands before a line when something else than its program wrote the file. */
const COLLECTORS: readonly RegExp[] = [
  // Airflow's task log
  /^\[[^\]]{19,40}\] \{[^}]+\} [A-Z]+ - /,
  // syslog and journald
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+\-Z]+) \S+ [\w.@\-/]+(?:\[\d+\])?: /,
  // the container runtime's own files, GitHub Actions
  /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?/,
  // Tanuki's wrapper
  /^(?:INFO|ERROR|STATUS|WARN|DEBUG) *\| *(?:jvm \d+|wrapper) *\| [\d/: ]+ \| /,
  // docker compose logs, kubectl logs --prefix
  /^[\w.\-/[\]]+ +\| /,
  // Jenkins and other consoles with a clock
  /^\[?\d\d:\d\d:\d\d(?:\.\d+)?\]? +/,
  // Spark's progress bar leaves the cursor in its line
  /^\[Stage \d+:.*?\)? ?\/? ?\d*\](?=\S)/,
  /^>>? ?(?=[A-Z[\d>])/,
  // a terminal's echo of Ctrl-C
  /^(?:\^[CDZ\\])+(?=\S)/,
];
/** Line-drawing and colours of a terminal. */
// deno-lint-ignore no-control-regex
const TERMINAL = /\x1b\[[\d;?]*[A-Za-z]/g;

/** The line as its program wrote it. */
export function withoutCollector(text: string): string {
  let rest = text.includes("\x1b") ? text.replaceAll(TERMINAL, "") : text;
  // Several may stand one before the other: a container's in a journal's.
  for (let layer = 0; layer < 3; layer++) {
    const before = rest;
    for (const prefix of COLLECTORS) {
      const found = prefix.exec(rest)?.[0];
      if (found !== undefined) rest = rest.slice(found.length);
    }
    if (rest === before) break;
  }
  return rest;
}

const HEAD =
  /^(?:[[(>]?\s?(?:\d{1,4}[-/.: ]\d|\d{1,2} [A-Z][a-z]{2} \d{4} |\d{8}[@ T]|[A-Z][a-z]{2} \d{1,2},? )|(?:\[[^\]]{1,60}\] +)?\[?(?:FATAL|SEVERE|CRITICAL|ERROR|WARN|WARNING|INFO|DEBUG|TRACE)\b|\{")/;
const LEVEL = /\b(?:(FATAL|SEVERE|CRITICAL|ERROR)|(WARN|WARNING)|(INFO|STATUS)|(DEBUG|TRACE|FINE))\b/;
/** A level stands near the front, or the word is a part of the message. */
const LEVEL_WITHIN = 100;

/** YARN's diagnostics have a time in each line and are one message. */
const DIAGNOSTIC = /^\[\d{4}-\d\d-\d\d [\d:.]+\](?=\S)/;

/** Whether a line begins a record of a logger, and at which level; `null` when it does not. */
export function headOf(text: string): { readonly level: Level | null } | null {
  if (!HEAD.test(text) || DIAGNOSTIC.test(text)) return null;
  const [, error, warn, info, debug] = LEVEL.exec(text.slice(0, LEVEL_WITHIN)) ?? [];
  if (error !== undefined) return { level: "error" };
  if (warn !== undefined) return { level: "warn" };
  if (info !== undefined) return { level: "info" };
  return { level: debug === undefined ? null : "debug" };
}

/** What part of a trace a line is, when it begins no record. */
export type TracePart =
  | "frame"
  | "python-frame"
  | "more"
  | "throwable"
  | "thread"
  | "traceback"
  | "text"
  | "blank";

const FRAME = /^\s*at [\w$.<>/@\-~]+\(|^\s*at \S+$|^\s*at [\w$.]+$/;
/** Python's, and IPython's of several ages. */
const PYTHON_FRAME =
  /^\s+File "|^File (?:\S|[A-Z]:).*(?:, in |:\d+$)|^(?:Cell|Input) In ?\[\d+\]|^(?:[~/]|[A-Z]:\\)\S* in \S+\(|^<ipython-input-\S+ in /;
const THROWABLE = /^(?:[\w$]+\.)*[\w$]*(?:Exception|Error|Throwable|Interrupt|Failure|Fault)\b(?=$|[:\s(])/;

/** Sorts a line that begins no record. */
export function tracePartOf(text: string): TracePart {
  const first = text.charCodeAt(0);
  if (Number.isNaN(first)) return "blank";
  if (first === 0x45 && /^Exception (?:in thread|occurred in thread)/.test(text)) return "thread";
  if (first === 0x54 && text.startsWith("Traceback (most recent call last)")) return "traceback";
  if (first === 0x5b && DIAGNOSTIC.test(text)) return "more";
  if (/^\s*(?:Caused by: |Suppressed: |\.{3} ?(?:\d+|$)|: |Driver stacktrace:)/.test(text)) return "more";
  if (FRAME.test(text)) return "frame";
  if (PYTHON_FRAME.test(text)) return "python-frame";
  if (THROWABLE.test(text)) return "throwable";
  if (first === 0x20 || first === 0x09) return text.trim() === "" ? "blank" : "more";
  return "text";
}
