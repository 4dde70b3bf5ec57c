/**
 * `rekindle explain`: what do these logs say of why something failed? Needs no daemon, no Spark and no network.
 * @module
 */

import { LogReader } from "../core/diagnosis/explain.ts";
import type { Explanation } from "../core/diagnosis/explain.ts";
import type { CauseClass, OutputLine } from "../core/verdict.ts";
import { EXIT, reasonOf } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { redact } from "../incident/redaction/redact.ts";
import type { Files } from "../ports.ts";
import { printable, printableJson } from "../printable.ts";
import { clock } from "../runtime/clock.ts";
import { files } from "../runtime/files.ts";
import { standardInput } from "../runtime/process.ts";
import type { Command } from "./command.ts";
import { readLines } from "./log_lines.ts";
import { withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";

/** What the command works with. */
export interface ExplainContext {
  readonly files: Pick<Files, "readStream">;
  /** Standard input, opened when `-` asks for it. */
  readonly input: () => ReadableStream<Uint8Array>;
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly warn: (text: string) => void;
  readonly view: ProgressView;
}

/** The command line's way to {@linkcode explain}; a wrong setting does not concern it. */
export const command: Command = ({ print, warn, progress, operands, own }) => {
  const view = { clock, write: progress };
  return explain({ files, input: standardInput, print, warn, view }, operands, own.json === true);
};

/** The name of standard input on the command line. */
const INPUT = "-";
/** Of a longer line so much is shown. */
const SHOWN_CHARS = 500;

/**
 * Explains every file, in order. One that cannot be read does not stop the others.
 * @returns 0, or 66 when a file could not be read.
 */
export async function explain(
  context: ExplainContext,
  paths: readonly string[],
  json: boolean,
): Promise<ExitCode> {
  const reports: Report[] = [];
  let exit: ExitCode = EXIT.ok;
  for (const path of paths) {
    const report = await explainOne(context, path);
    if (report.error !== undefined) {
      exit = EXIT.noInput;
      context.warn(`rekindle: Cannot read ${nameOf(path)}: ${report.error}.\n`);
    }
    if (json) reports.push(report);
    else if (report.error === undefined || report.evidence.length > 0) {
      context.print(`${render(report).join("\n")}\n`);
    }
  }
  if (json) context.print(`${printableJson(reports)}\n`);
  return exit;
}

/** One file's answer, as `--json` prints it. */
interface Report {
  readonly file: string;
  readonly class: CauseClass;
  readonly fatal: boolean;
  readonly confidence: Explanation["confidence"];
  readonly summary: string;
  readonly evidence: readonly Line[];
  /** Lines that speak for something else. */
  readonly against: readonly (Line & { readonly class: CauseClass })[];
  readonly remedy: string;
  /** Why it could not be read, or not to its end; what was read before is explained. */
  readonly error?: string;
}

interface Line {
  /** The file. */
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

async function explainOne(context: ExplainContext, path: string): Promise<Report> {
  const reader = new LogReader();
  let lines = 0;
  const take = (line: OutputLine) => {
    lines = line.number;
    reader.take(line);
  };
  try {
    const stream = path === INPUT ? context.input() : await context.files.readStream(path);
    if (stream.locked) throw new Error("it has been read already");
    const label = () => `reading ${nameOf(path)}, line ${lines}`;
    const isText = await withProgress(readLines(stream, take), label, context.view);
    const report = reportOf(path, reader.finish());
    return isText ? report : { ...report, ...NO_TEXT };
  } catch (error) {
    // A log that is cut off is what a crash leaves, and what was written before may tell of it.
    const report = reportOf(path, reader.finish());
    return lines === 0
      ? { ...report, ...UNREAD, error: unreadReason(error) }
      : { ...report, error: `${unreadReason(error)}, after line ${lines}` };
  }
}

/** Deno adds the number of the error and the path, which is any text. */
function unreadReason(error: unknown): string {
  const reason = reasonOf(error).replace(/ \(os error \d+\)(?:: \w+ '.*')?$/s, "");
  return printable(reason).replace(/\.$/, "");
}

const NO_TEXT = {
  summary: "This is no text: no log can be read in it.",
  remedy: "Give a log as text or as gzip. A heap dump or a core file needs a program of its own.",
} as const;

const UNREAD = {
  summary: "The file could not be read.",
  remedy: "Check the path and the rights to it.",
} as const;

function reportOf(file: string, { evidence, against, ...rest }: Explanation): Report {
  const shown = (text: string) => {
    // What others wrote may hold commands for a terminal.
    const line = redact(printable(text).trim()).text;
    return line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS)}…` : line;
  };
  return {
    file,
    ...rest,
    summary: redact(rest.summary).text,
    remedy: redact(rest.remedy).text,
    evidence: evidence.map(({ number, text }) => ({ source: file, line: number, text: shown(text) })),
    against: against.map((each) => ({
      source: file,
      line: each.number,
      text: shown(each.text),
      class: each.class,
    })),
  };
}

function render(report: Report): readonly string[] {
  const { file, evidence, against } = report;
  const name = nameOf(file);
  const end = report.class === "clean-exit" || report.class === "unknown" && !report.fatal
    ? ""
    : report.fatal
    ? "; the JVM ended, or must be replaced"
    : "; the JVM lived on";
  return [
    `${name}: ${report.class} (${report.confidence}${end})`,
    `  ${report.summary}`,
    ...evidence.map(({ line, text }) => `    ${name}:${line}: ${text}`),
    ...against.flatMap(({ line, text, class: other }) => [`  but ${other}?`, `    ${name}:${line}: ${text}`]),
    `  ${report.remedy}`,
    "",
  ];
}

function nameOf(path: string): string {
  return path === INPUT ? "(standard input)" : printable(path, "?");
}
