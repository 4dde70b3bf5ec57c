import assert from "node:assert/strict";
import { createLogger, LOG_LEVELS } from "../src/log.ts";
import type { LogLevel, LogOptions } from "../src/log.ts";

/** What a logger wrote after `use`. */
function written(use: (log: ReturnType<typeof createLogger>) => void, options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  use(createLogger({
    level: "debug",
    format: "text",
    colour: false,
    write: (line) => void lines.push(line),
    redact: (text) => text,
    ...options,
  }));
  return lines;
}

Deno.test("createLogger() writes a record of its level and above, one line each", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    const lines = written((log) => {
      for (const each of LOG_LEVELS) log[each](`at ${each}`);
    }, { level });
    const heard: readonly LogLevel[] = LOG_LEVELS.slice(index);
    assert.equal(lines.length, heard.length);
    for (const [row, each] of heard.entries()) assert.match(lines[row] ?? "", new RegExp(`at ${each}\n$`));
  }
});

Deno.test("createLogger() writes text for people: the time, an urgent level, the message", () => {
  const lines = written((log) => {
    log.info("ready", { pid: 7 });
    log.debug("detail");
    log.warn("odd");
    log.error("bad");
  });
  const time = /^rekindle \d\d:\d\d:\d\d {2}/;
  for (const line of lines) assert.match(line, time);
  const messages = lines.map((line) => line.replace(time, ""));
  assert.deepEqual(messages, ["ready\n", "detail\n", "warn: odd\n", "error: bad\n"]);
});

Deno.test("createLogger() writes JSON for collectors, with every field", () => {
  const [line = ""] = written((log) => log.warn('a "word"\n', { generation: 3, ok: true, none: null }), {
    format: "json",
    colour: true,
  });
  assert.ok(line.endsWith("}\n") && line.indexOf("\n") === line.length - 1);
  const { ts, ...rest } = JSON.parse(line);
  assert.deepEqual(rest, { level: "warn", msg: 'a "word"\n', generation: 3, ok: true, none: null });
  assert.equal(new Date(ts).toISOString(), ts);
});

Deno.test("createLogger() colours warnings and errors only when told to", () => {
  const use = (log: ReturnType<typeof createLogger>) => {
    log.info("i");
    log.warn("w");
    log.error("e");
  };
  const [info = "", warn = "", error = ""] = written(use, { colour: true });
  assert.ok(!info.includes("\x1b"));
  assert.ok(warn.startsWith("\x1b[33m") && warn.endsWith("w\x1b[0m\n"));
  assert.ok(error.startsWith("\x1b[31m") && error.endsWith("e\x1b[0m\n"));
  assert.ok(!written(use).join("").includes("\x1b"));
});

Deno.test("createLogger() keeps a message on its line and free of terminal commands", () => {
  const [line = ""] = written((log) => log.info("stderr: a\r\n\x1b[2Jb\x07 c\u009bd"));
  assert.match(line, /^rekindle \S+ {2}stderr: a \[2Jb {2}c d\n$/);
});

Deno.test("createLogger() takes secrets out of messages and fields, and keeps the order of the fields", () => {
  const redact = (text: string) => text.replaceAll("hunter2", "<redacted>");
  const use = (log: ReturnType<typeof createLogger>) =>
    log.error("died: password hunter2", { why: "hunter2\n", generation: 2 });
  assert.match(written(use, { redact }).join(""), /died: password <redacted>\n$/);
  const [line = ""] = written(use, { redact, format: "json" });
  assert.match(line, /"msg":"died: password <redacted>","why":"<redacted>\\n","generation":2\}\n$/);
});

Deno.test("createLogger() gives the journal the level as it reads it, and neither time nor name", () => {
  const everyLevel = (log: ReturnType<typeof createLogger>) => {
    for (const each of LOG_LEVELS) log[each](`at ${each}\nnext`, { pid: 7 });
  };
  const lines = written(everyLevel, { journal: true, colour: true });
  assert.deepEqual(lines.map((line) => line.replace(/at (\w+).next\n$/, "$1")), [
    "<7>debug",
    "<6>info",
    "<4>warn",
    "<3>error",
  ]);
  const [first = ""] = written(everyLevel, { journal: true, format: "json" });
  assert.equal(first, '<7>{"level":"debug","msg":"at debug\\nnext","pid":7}\n');
});

Deno.test("createLogger() becomes another log while it is in use", () => {
  const lines = written((log) => {
    log.debug("before");
    log.adjust({ logLevel: "warn", logFormat: "json" });
    log.info("silent");
    log.warn("heard");
  });
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /before\n$/);
  assert.equal(JSON.parse(lines[1] ?? "").msg, "heard");
});
