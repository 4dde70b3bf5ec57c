/**
 * Stand-in for `@std/log` where JSR cannot be reached: loggers, handlers that
 * write text, and one JSON formatter. Files and rotation are left out.
 * @module
 */

/** The levels and their numbers. */
export const LogLevels = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;
export type LevelName = keyof typeof LogLevels;
export type LogLevel = (typeof LogLevels)[LevelName];
/** The names of the levels, lowest first. */
export const LogLevelNames = Object.keys(LogLevels) as LevelName[];

/** The number of a level. */
export function getLevelByName(name: LevelName): LogLevel {
  const level = LogLevels[name];
  if (level === undefined) throw new Error(`Cannot get log level: no level named ${name}`);
  return level;
}

/** The name of a level. */
export function getLevelName(level: LogLevel): LevelName {
  const name = LogLevelNames.find((n) => LogLevels[n] === level);
  if (name === undefined) throw new Error(`Cannot get log level: no name for level: ${level}`);
  return name;
}

/** One message on its way to the handlers. */
export class LogRecord {
  readonly msg: string;
  readonly level: number;
  readonly levelName: string;
  readonly loggerName: string;
  readonly #args: unknown[];
  readonly #time = Date.now();
  constructor(options: { msg: string; args: unknown[]; level: LogLevel; loggerName: string }) {
    this.msg = options.msg;
    this.level = options.level;
    this.levelName = getLevelName(options.level);
    this.loggerName = options.loggerName;
    this.#args = [...options.args];
  }
  get args(): unknown[] {
    return [...this.#args];
  }
  get datetime(): Date {
    return new Date(this.#time);
  }
}

export type FormatterFunction = (record: LogRecord) => string;
export interface BaseHandlerOptions {
  formatter?: FormatterFunction;
}

/** Where records go; a subclass says how a line is written. */
export abstract class BaseHandler {
  formatter: FormatterFunction;
  #level: LogLevel;
  constructor(levelName: LevelName, options: BaseHandlerOptions = {}) {
    this.#level = getLevelByName(levelName);
    this.formatter = options.formatter ?? ((record) => `${record.levelName} ${record.msg}`);
  }
  get level(): LogLevel {
    return this.#level;
  }
  set level(level: LogLevel) {
    getLevelName(level);
    this.#level = level;
  }
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }
  set levelName(name: LevelName) {
    this.#level = getLevelByName(name);
  }
  handle(record: LogRecord): void {
    if (record.level >= this.#level) this.log(this.format(record));
  }
  format(record: LogRecord): string {
    return this.formatter(record);
  }
  abstract log(msg: string): void;
  setup(): void {}
  destroy(): void {}
  [Symbol.dispose](): void {
    this.destroy();
  }
}

export interface ConsoleHandlerOptions extends BaseHandlerOptions {
  useColors?: boolean;
}

/** Writes to standard output, coloured by level unless told otherwise. */
export class ConsoleHandler extends BaseHandler {
  readonly #paint: boolean;
  constructor(levelName: LevelName, options: ConsoleHandlerOptions = {}) {
    super(levelName, options);
    this.#paint = (options.useColors ?? true) && !Deno.noColor;
  }
  override format(record: LogRecord): string {
    const text = super.format(record);
    const [on, off] = this.#paint ? paint[record.levelName] ?? ["", ""] : ["", ""];
    return on + text + off;
  }
  override log(msg: string): void {
    // deno-lint-ignore no-console
    console.log(msg);
  }
}

const paint: Record<string, [string, string] | undefined> = {
  INFO: ["\x1b[34m", "\x1b[39m"],
  WARN: ["\x1b[33m", "\x1b[39m"],
  ERROR: ["\x1b[31m", "\x1b[39m"],
  CRITICAL: ["\x1b[1m\x1b[31m", "\x1b[39m\x1b[22m"],
};

/** One JSON object a record. */
export function jsonFormatter(record: LogRecord): string {
  const { levelName: level, msg: message, args } = record;
  return JSON.stringify({
    level,
    datetime: record.datetime.getTime(),
    message,
    args: args.length > 1 ? args : args[0],
  });
}
export const formatters = { jsonFormatter } as const;

/** A value, or a function that makes it only when the level is on. */
// deno-lint-ignore no-explicit-any
export type GenericFunction = (...args: any[]) => any;
type Plain<T> = T extends GenericFunction ? never : T;

function text(value: unknown, quoted = false): string {
  if (typeof value === "string") return quoted ? `"${value}"` : value;
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value === "function") return "undefined";
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value).map(([k, v]) => `"${k}":${text(v, true)}`).join(",")}}`;
}

/** A named source of records. */
export class Logger {
  handlers: BaseHandler[];
  readonly loggerName: string;
  #level: LogLevel;
  constructor(
    loggerName: string,
    levelName: LevelName,
    options: { handlers?: BaseHandler[] } = {},
  ) {
    this.loggerName = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }
  get level(): LogLevel {
    return this.#level;
  }
  set level(level: LogLevel) {
    if (!LogLevelNames.some((n) => LogLevels[n] === level)) {
      throw new TypeError(`Invalid log level: ${level}`);
    }
    this.#level = level;
  }
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }
  set levelName(name: LevelName) {
    this.#level = getLevelByName(name);
  }
  #emit<T>(level: LogLevel, msg: Plain<T> | (() => T), args: unknown[]): T | undefined {
    const lazy = msg instanceof Function;
    if (level < this.#level) return lazy ? undefined : msg as T;
    const value = (lazy ? msg() : msg) as T;
    const record = new LogRecord({ msg: text(value), args, level, loggerName: this.loggerName });
    for (const handler of this.handlers) handler.handle(record);
    return value;
  }
  debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
  debug<T>(msg: Plain<T>, ...args: unknown[]): T;
  debug<T>(msg: Plain<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.DEBUG, msg, args);
  }
  info<T>(msg: () => T, ...args: unknown[]): T | undefined;
  info<T>(msg: Plain<T>, ...args: unknown[]): T;
  info<T>(msg: Plain<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.INFO, msg, args);
  }
  warn<T>(msg: () => T, ...args: unknown[]): T | undefined;
  warn<T>(msg: Plain<T>, ...args: unknown[]): T;
  warn<T>(msg: Plain<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.WARN, msg, args);
  }
  error<T>(msg: () => T, ...args: unknown[]): T | undefined;
  error<T>(msg: Plain<T>, ...args: unknown[]): T;
  error<T>(msg: Plain<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.ERROR, msg, args);
  }
  critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
  critical<T>(msg: Plain<T>, ...args: unknown[]): T;
  critical<T>(msg: Plain<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.CRITICAL, msg, args);
  }
}

export interface LoggerConfig {
  level?: LevelName;
  handlers?: string[];
}
export interface LogConfig {
  handlers?: Record<string, BaseHandler>;
  loggers?: Record<string, LoggerConfig>;
}

const standard = {
  handlers: { default: new ConsoleHandler("INFO") },
  loggers: { default: { level: "INFO", handlers: ["default"] } },
} satisfies LogConfig;
const handlers = new Map<string, BaseHandler>();
const loggers = new Map<string, Logger>();

/** Replaces all handlers and loggers. */
export function setup(config: LogConfig): void {
  for (const handler of handlers.values()) handler.destroy();
  handlers.clear();
  loggers.clear();
  for (const [name, handler] of Object.entries({ ...standard.handlers, ...config.handlers })) {
    handler.setup();
    handlers.set(name, handler);
  }
  const wanted: Record<string, LoggerConfig> = { ...standard.loggers, ...config.loggers };
  for (const [name, { level = "INFO", handlers: names = [] }] of Object.entries(wanted)) {
    const own = names.map((n) => handlers.get(n)).filter((h) => h !== undefined);
    loggers.set(name, new Logger(name, level, { handlers: own }));
  }
}
setup(standard);

/** The logger of that name; one that writes nowhere if it was not set up. */
export function getLogger(name = "default"): Logger {
  const logger = loggers.get(name || "default") ?? new Logger(name, "NOTSET");
  loggers.set(logger.loggerName, logger);
  return logger;
}
