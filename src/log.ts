/**
 * The daemon's own log: one line a record, as text for people or JSON for collectors, always on standard error.
 * The only file that knows `@std/log`.
 * @module
 */

import { BaseHandler, Logger as StdLogger } from "@std/log";
import type { LogRecord } from "@std/log";
import { printable } from "./printable.ts";

/** The levels, least urgent first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside a message. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Writes records. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** How a log is written. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  /** Whether warnings and errors are coloured. */
  readonly colour: boolean;
  /** Whether lines go to systemd's journal, which has the time itself and takes the level as `<N>` (sd-daemon(3)). */
  readonly journal?: boolean;
  readonly write: (line: string) => void;
  /** A text without its secrets: what a dying gateway wrote is told of, and may hold some. */
  readonly redact: (text: string) => string;
}

/** A log that can become another while it is in use. */
export interface AdjustableLogger extends Logger {
  readonly adjust: (settings: { readonly logLevel: LogLevel; readonly logFormat: "text" | "json" }) => void;
}

/** Makes the daemon's logger. */
export function createLogger(options: LogOptions): AdjustableLogger {
  const handler = new LineHandler(options);
  // Constructed directly: setup() of the package would keep global state and handlers of its own.
  const logger = new StdLogger("rekindle", "DEBUG", { handlers: [handler] });
  return {
    debug: (message, fields = {}) => void logger.debug(message, fields),
    info: (message, fields = {}) => void logger.info(message, fields),
    warn: (message, fields = {}) => void logger.warn(message, fields),
    error: (message, fields = {}) => void logger.error(message, fields),
    adjust: ({ logLevel, logFormat }) => handler.adjust(logLevel, logFormat),
  };
}

const COLOURS: Readonly<Record<string, string>> = { WARN: "\x1b[33m", ERROR: "\x1b[31m" };

/** syslog's numbers of the levels. */
const PRIORITIES: Readonly<Record<string, number>> = { DEBUG: 7, INFO: 6, WARN: 4, ERROR: 3 };

/** Our levels by the package's names. */
const LEVEL_NAMES = { debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" } as const;

class LineHandler extends BaseHandler {
  #options: LogOptions;

  constructor(options: LogOptions) {
    super(LEVEL_NAMES[options.level]);
    this.#options = options;
  }

  adjust(level: LogLevel, format: LogOptions["format"]): void {
    this.levelName = LEVEL_NAMES[level];
    this.#options = { ...this.#options, level, format };
  }

  override format(record: LogRecord): string {
    const { format, journal, redact } = this.#options;
    const message = redact(record.msg);
    const priority = journal ? `<${PRIORITIES[record.levelName] ?? 6}>` : "";
    // What a dying JVM wrote may hold line ends and terminal commands.
    if (format === "text") {
      return journal ? `${priority}${printable(message)}` : this.#textLine(record, printable(message));
    }
    const fields = Object.entries((record.args[0] ?? {}) as LogFields).map(([name, value]) =>
      [name, typeof value === "string" ? redact(value) : value] as const
    );
    const at = journal ? {} : { ts: record.datetime.toISOString() };
    const level = record.levelName.toLowerCase();
    return `${priority}${JSON.stringify({ ...at, level, msg: message, ...Object.fromEntries(fields) })}`;
  }

  override log(line: string): void {
    this.#options.write(`${line}\n`);
  }

  /** The message alone carries what a person needs; the fields are for programs. */
  #textLine(record: LogRecord, message: string): string {
    const time = record.datetime.toTimeString().slice(0, 8);
    const level = record.levelName === "INFO" || record.levelName === "DEBUG"
      ? ""
      : `${record.levelName.toLowerCase()}: `;
    const line = `rekindle ${time}  ${level}${message}`;
    const colour = COLOURS[record.levelName];
    return this.#options.colour && colour !== undefined ? `${colour}${line}\x1b[0m` : line;
  }
}
