import assert from "node:assert/strict";
import { linesOfJson } from "../../../src/core/diagnosis/json_record.ts";

Deno.test("linesOfJson() tells a structured record as a console would have, with its trace", () => {
  const frame = { class: "java.util.Arrays", method: "copyOf", file: "Arrays.java", line: 3537 };
  const exception = { class: "java.lang.OutOfMemoryError", msg: "Java heap space", stacktrace: [frame] };
  const record = { ts: "2025-06-01T10:00:00Z", level: "ERROR", msg: "a\nb", exception, logger: "Executor" };
  const lines = [
    "ERROR Executor: a",
    "b",
    "java.lang.OutOfMemoryError: Java heap space",
    "\tat java.util.Arrays.copyOf(Arrays.java)",
  ];
  assert.deepEqual(linesOfJson(JSON.stringify(record)), lines);
  // Cut off behind the message of the exception, before the name of the logger.
  const cut = JSON.stringify(record).replace(/","stacktrace.*/, "");
  assert.deepEqual(linesOfJson(cut), ["ERROR log: a", "b", "java.lang.OutOfMemoryError: Java heap space"]);
});

Deno.test("linesOfJson() knows traces in one text, and Log4j's own", () => {
  const stack_trace = "a.BError: x\n\tat a.B.c(B.java:1)\n";
  const logback = { "@timestamp": "t", message: "m", logger_name: "l", level: "WARN", stack_trace };
  assert.deepEqual(linesOfJson(JSON.stringify(logback)), [
    ...["WARN l: m", "a.BError: x", "\tat a.B.c(B.java:1)", ""],
  ]);
  const thrown = { message: "Metaspace", name: "java.lang.OutOfMemoryError" };
  const log4j = { timeMillis: 1, level: "ERROR", loggerName: "l", message: "m", thrown };
  assert.deepEqual(linesOfJson(JSON.stringify(log4j)), [
    "ERROR l: m",
    "java.lang.OutOfMemoryError: Metaspace",
  ]);
});

Deno.test("linesOfJson() tells what it can of an exception without a message, and of a line that is cut or damaged", () => {
  const frame = { class: "a.B", method: "c" };
  const exception = { class: "a.BError", stacktrace: [frame] };
  assert.deepEqual(linesOfJson(JSON.stringify({ ts: "t", msg: "m", exception })), [
    ...["INFO log: m", "a.BError", "\tat a.B.c(Unknown Source)"],
  ]);
  const log4j = {
    timeMillis: 1,
    level: "ERROR",
    message: "m",
    loggerName: "l",
    thrown: { name: "a.BError" },
  };
  assert.deepEqual(linesOfJson(JSON.stringify(log4j)), ["ERROR l: m", "a.BError"]);
  assert.deepEqual(linesOfJson(String.raw`{"ts":"t","msg":"C:\qa"}`), [String.raw`INFO log: C:\qa`]);
});

Deno.test("linesOfJson() takes out what was only passed on, be it JSON again", () => {
  const docker = (log: string) => JSON.stringify({ log, stream: "stderr", time: "t" });
  assert.deepEqual(linesOfJson(docker('\tat a.B("c")\n')), ['\tat a.B("c")']);
  const inner = JSON.stringify({ ts: "t", level: "INFO", msg: "m", logger: "l" });
  assert.deepEqual(linesOfJson(docker(`${inner}\n`)), ["INFO l: m"]);
  // Whoever passes it on calls all of standard error an error.
  const cloud = { textPayload: "24/01/01 10:00:00 INFO A: b", severity: "ERROR", timestamp: "t" };
  assert.deepEqual(linesOfJson(JSON.stringify(cloud)), [cloud.textPayload]);
});

Deno.test("linesOfJson() leaves alone what is no log record", () => {
  for (
    const text of [
      ...["", "{", "{}", "x", '["ts"]', '{"id":1,"name":"a"}', '{"message":"a","reason":"OOMKilled"}'],
      ...['{"ts":1}', "{'ts': 'single quotes', 'msg': 'x'}", ' {"ts":"t","msg":"indented"}'],
    ]
  ) assert.equal(linesOfJson(text), null, text);
});
