/**
 * What would a line of JSON be as a plain log? Spark 4's structured log, layouts of Log4j and Logback, and what container
 * runtimes and cloud consoles wrap around each line are told as the lines that a console would have.
 * @module
 */

/** Whoever only passes lines on: the text is the program's own line, and the level is not. */
const PASSED_ON = ["log", "MESSAGE", "textPayload"];
const MESSAGES = ["msg", "message", "@message"];
const LEVELS = ["level", "severity", "log.level", "levelname", "log_level"];
const LOGGERS = ["logger", "loggerName", "logger_name", "log.logger"];
/** What only a log record has: without one of these it is data. */
const STAMPS =
  /^(?:ts|time|timestamp|@timestamp|timeMillis|instant|epochSecond|stream|_SOURCE_REALTIME_TIMESTAMP|receiveTimestamp)$/;
const TRACES =
  /^(?:stack_?trace|error\.stack_trace|extendedStackTrace|exc_info|exception|throwable|traceback)$/i;
/** A name with its value: a text, whose end may be cut off, or anything else. Values within values come in their turn. */
const PAIR = /"([\w.@-]{1,60})"\s*:\s*(?:"((?:[^"\\]|\\.)*)|[^"\s])/g;
/** More lines of one record change nothing. */
const MAX_LINES = 100;

/** The lines, or `null` when this is no log record in JSON. It may be cut off at its end. */
export function linesOfJson(text: string): readonly string[] | null {
  if (!text.startsWith("{")) return null;
  const pairs = [...text.matchAll(PAIR)].map(([, key = "", raw]) => ({ key, value: raw }));
  const valueOf = (keys: readonly string[]) =>
    pairs.find(({ key, value }) => keys.includes(key) && value !== undefined)?.value;
  const isRecord = pairs.some(({ key }) => STAMPS.test(key) || LOGGERS.includes(key) || LEVELS.includes(key));
  if (!isRecord) return null;
  const passed = valueOf(PASSED_ON);
  if (passed !== undefined) {
    const inner = unescaped(passed);
    return linesOfJson(inner) ?? inner.replace(/\r?\n$/, "").split("\n");
  }
  const message = valueOf(MESSAGES);
  if (message === undefined) return null;
  const level = valueOf(LEVELS)?.toUpperCase() ?? "INFO";
  const head = `${level} ${valueOf(LOGGERS) ?? "log"}: ${unescaped(message)}`;
  return [...head.split("\n"), ...traceOf(pairs)].slice(0, MAX_LINES);
}

interface Pair {
  readonly key: string;
  readonly value: string | undefined;
}

function traceOf(pairs: readonly Pair[]): readonly string[] {
  return pairs.flatMap(({ key, value }, at) => {
    const [before, next, third] = [pairs[at - 1], pairs[at + 1], pairs[at + 2]];
    if (value === undefined) return [];
    if (TRACES.test(key)) return unescaped(value).split("\n");
    // Log4j's own layout: `"message":"Java heap space","name":"java.lang.OutOfMemoryError"`.
    if (key === "name" && /(?:Exception|Error)$/.test(value)) {
      return [before?.key === "message" ? `${value}: ${unescaped(before.value ?? "")}` : value];
    }
    if (key !== "class") return [];
    // Spark's: `"class":"java.lang.OutOfMemoryError","msg":"Java heap space"`, and frames of the same look.
    if (next?.key === "msg") return `${value}: ${unescaped(next.value ?? "")}`.split("\n");
    if (next?.key === "stacktrace") return [value];
    return next?.key === "method" ? [`\tat ${value}.${next.value}(${third?.value ?? "Unknown Source"})`] : [];
  });
}

function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw;
  }
}
