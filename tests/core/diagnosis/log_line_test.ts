import assert from "node:assert/strict";
import { headOf, tracePartOf, withoutCollector } from "../../../src/core/diagnosis/log_line.ts";

Deno.test("withoutCollector() takes away what collectors put before a line", () => {
  const told = "24/01/01 10:00:00 ERROR Executor: Exception in task 0.0";
  for (
    const prefix of [
      "",
      "spark_batch_job  | ",
      "[2024-02-06T22:33:26.927+0100] {spark_submit.py:571} INFO - ",
      "[2024-02-06, 22:33:26 UTC] {spark_submit.py:571} INFO - ",
      "Aug 02 02:35:14 ip-172-31-29-3 spark[12558]: ",
      "2024-05-01T10:00:00+00:00 host spark.service[1]: ",
      "2024-05-01T10:00:00.123456789Z stderr F ",
      "2024-05-01T10:00:00.1234567Z ",
      "INFO   | jvm 4    | 2013/08/12 14:28:10 | ",
      "20:13:13  ",
      "\x1b[31m",
      "[Stage 12:>                                (0 + 8) / 8]",
      "Aug 02 02:35:14 host docker[1]: spark  | ",
    ]
  ) {
    assert.equal(withoutCollector(`${prefix}${told}`), told, prefix);
  }
});

Deno.test("withoutCollector() leaves other lines alone", () => {
  for (
    const line of [
      "",
      "\tat a.B.c(D.java:1)",
      "java.lang.Error: x",
      "2024-05-01 10:00:00,123 INFO a: b",
      "| a | b |",
    ]
  ) {
    assert.equal(withoutCollector(line), line);
  }
});

Deno.test("headOf() knows a record's beginning and its level in the layouts in use", () => {
  const levels: readonly (readonly [string, string | null])[] = [
    ["24/01/01 10:00:00 WARN Utils: x", "warn"],
    ["2024-07-03 21:57:43,868 INFO scheduler.DAGScheduler: x", "info"],
    ["2025-12-22T01:52:59,379 [dispatcher-Executor] ERROR org.apache.spark.A [] - x", "error"],
    ["[INFO ]20161114@15:57:01,413:org.apache.spark.executor.Executor - x", "info"],
    ["26 Sep 2014 17:50:26,561 ERROR [LogCheckingThread] - x", "error"],
    ["2018-06-22 14:38:40,060   WARN --- [JobGenerator]  x", "warn"],
    ["ERROR:root:Exception while sending command.", "error"],
    ["WARN TaskSetManager: Lost task", "warn"],
    ["[main] WARN o.a.s.Utils - x", "warn"],
    ['{"ts":"2024-01-01T00:00:00Z","level":"ERROR","msg":"x"}', "error"],
    ["2024-01-01 10:00:00 no level here", null],
    ["2024-01-01 10:00:00 DEBUG x", "debug"],
  ];
  for (const [line, level] of levels) assert.deepEqual(headOf(line), { level }, line);
  for (
    const line of ["java.lang.Error: ERROR", "Caused by: x", "", "[2025-03-23 11:16:36.472]Container exited"]
  ) {
    assert.equal(headOf(line), null, line);
  }
});

Deno.test("tracePartOf() knows the parts of a trace, of Java and of Python", () => {
  const parts = {
    "\tat a.B.c(D.java:1)": "frame",
    "at org.apache.spark.rdd.RDD.$anonfun$map$1(RDD.scala:2)": "frame",
    "at java.base/java.lang.Thread.run(Thread.java:840)": "frame",
    '  File "/a/b.py", line 1, in <module>': "python-frame",
    "Caused by: java.lang.Error": "more",
    "\t... 15 more": "more",
    ": java.lang.Error": "more",
    "    raise x": "more",
    'Exception in thread "main" java.lang.Error': "thread",
    "Traceback (most recent call last):": "traceback",
    "java.lang.OutOfMemoryError: Java heap space": "throwable",
    "ValueError: no": "throwable",
    "Killed": "text",
    "": "blank",
  };
  for (const [line, part] of Object.entries(parts)) assert.equal(tracePartOf(line), part, line);
});
