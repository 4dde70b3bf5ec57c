import assert from "node:assert/strict";
import fc from "fast-check";
import { explainLog } from "../../../src/core/diagnosis/explain.ts";
import type { Explanation } from "../../../src/core/diagnosis/explain.ts";
import type { CauseClass } from "../../../src/core/verdict.ts";
import { DEATHS } from "./deaths_seen.ts";
import { LOGS_IN_DISGUISE } from "./logs_in_disguise.ts";
import { LOGS } from "./logs_seen.ts";
import { STARTS } from "./starts_seen.ts";

const FIXTURES = new URL("../../fixtures/logs/", import.meta.url);

/** The verdict on a text. */
function told(text: string): Explanation {
  return explainLog(text.split(/\r?\n/).map((line, index) => ({ number: index + 1, text: line })));
}

/** What the real logs in `tests/fixtures/logs` are, and whether the JVM was lost. */
const REAL: Readonly<Record<string, readonly [CauseClass, "fatal" | "survived"]>> = {
  "array-size-oom": ["array-size-oom", "fatal"],
  "array-size-oom-without-message": ["array-size-oom", "fatal"],
  "auth-failed": ["auth-failed", "survived"],
  "bad-spark-config-missing-jar": ["bad-spark-config", "fatal"],
  "bad-spark-config-python-versions": ["bad-spark-config", "survived"],
  "bad-spark-config-yarn": ["bad-spark-config", "fatal"],
  "class-missing-data-source": ["class-missing", "survived"],
  "class-version-conflict-airflow": ["class-version-conflict", "fatal"],
  "class-version-conflict-task": ["class-version-conflict", "survived"],
  "clean-exit": ["clean-exit", "survived"],
  "connection-lost-gateway": ["connection-lost", "fatal"],
  "connection-lost-mongodb": ["connection-lost", "survived"],
  "dependency-resolution-failed": ["dependency-resolution-failed", "fatal"],
  "direct-memory-oom": ["direct-memory-oom", "fatal"],
  "gc-overhead-elsewhere": ["gc-overhead", "survived"],
  "heap-exceeds-machine": ["heap-exceeds-machine", "fatal"],
  "heap-oom-task": ["heap-oom", "fatal"],
  "hostname-resolution-failed": ["hostname-resolution-failed", "survived"],
  "invalid-jvm-option-jenkins": ["invalid-jvm-option", "fatal"],
  "java-missing-wrapped": ["java-missing", "fatal"],
  "java-version-mismatch": ["java-version-mismatch", "fatal"],
  "killed-by-oom-killer-executor": ["killed-by-oom-killer", "survived"],
  "killed-by-signal": ["killed-by-signal", "fatal"],
  "metaspace-oom": ["metaspace-oom", "fatal"],
  "metastore-locked": ["metastore-locked", "survived"],
  "module-access-denied-wrapped": ["module-access-denied", "fatal"],
  "native-memory-oom-journal": ["native-memory-oom", "fatal"],
  "native-thread-oom": ["native-thread-oom", "fatal"],
  "permission-denied-hdfs": ["permission-denied", "survived"],
  "port-bind-failed-survived": ["port-bind-failed", "survived"],
  "python-worker-crash": ["python-worker-crash", "survived"],
  "serialization-error": ["serialization-error", "survived"],
  "stack-overflow-survived": ["stack-overflow", "survived"],
  "unknown": ["unknown", "survived"],
  "user-code-error-wrapped": ["user-code-error", "survived"],
};

Deno.test("every real log has its line in this test, and the other way round", async () => {
  const names = await Array.fromAsync(Deno.readDir(FIXTURES), ({ name }) => name);
  const logs = names.filter((name) => name.endsWith(".log")).map((name) => name.replace(/\.log$/, ""));
  assert.deepEqual(logs.sort(), Object.keys(REAL).sort());
});

for (const [name, [cause, end]] of Object.entries(REAL)) {
  Deno.test(`explainLog() on a real log: ${name}`, async () => {
    const explanation = told(await Deno.readTextFile(new URL(`${name}.log`, FIXTURES)));
    assert.equal(explanation.class, cause, explanation.summary);
    assert.equal(explanation.fatal, end === "fatal");
    assert.ok(explanation.evidence.length > 0 && explanation.remedy.length > 0);
  });
}

for (const [name, { text, is, fatal }] of Object.entries({ ...LOGS, ...LOGS_IN_DISGUISE })) {
  Deno.test(`explainLog() on ${name}`, () => {
    const explanation = told(text);
    assert.equal(explanation.class, is, explanation.evidence.map((line) => line.text).join("\n"));
    assert.equal(explanation.fatal, fatal);
  });
}

Deno.test("explainLog() names what classifyDeath() names, from the outputs alone", () => {
  // What an exit status or the kernel's counters tell is in no log.
  // A disk that was full is known to have ended the JVM only from its exit code.
  const texts = Object.entries({ ...DEATHS, ...STARTS }).filter(([, { out = [], err = [], exit, is }]) =>
    exit?.code !== 0 && is !== "disk-full" && is !== "unknown" && out.length + err.length > 0
  );
  assert.ok(texts.length > 20);
  for (const [name, { out = [], err = [], is }] of texts) {
    assert.equal(told([...out, ...err].join("\n")).class, is, name);
  }
});

Deno.test("explainLog() reads HotSpot's report in a console's output, and not what its body lists", () => {
  const explanation = told([
    "24/01/01 10:00:00 INFO SparkContext: Running Spark version 3.5.0",
    "#",
    "# A fatal error has been detected by the Java Runtime Environment:",
    "#",
    "#  SIGSEGV (0xb) at pc=0x00007f0d, pid=77, tid=78",
    "#",
    "# Problematic frame:",
    "# C  [libfoo.so+0x1234]  foo+0x10",
    "#",
    "",
    "---------------  P R O C E S S  ---------------",
    "Internal exceptions (1 events):",
    "Event: 0.1 Thread 0x1 Exception <a 'java/lang/OutOfMemoryError'> java.lang.OutOfMemoryError: Metaspace",
    "END.",
    "Killed",
  ].join("\n"));
  assert.equal(explanation.class, "jvm-crash-native-library");
  assert.equal(explanation.confidence, "certain");
  assert.ok(explanation.evidence.some(({ number }) => number === 8));
  assert.deepEqual(explanation.against.map((each) => [each.number, each.class]), [[
    15,
    "killed-by-oom-killer",
  ]]);
});

Deno.test("explainLog() counts lines from 1 and shows at most the first two and the last", () => {
  const text = "java.lang.OutOfMemoryError: Java heap space\n";
  assert.deepEqual(told(`\n${text}`).evidence.map(({ number }) => number), [2]);
  assert.deepEqual(told(text.repeat(9)).evidence.map(({ number }) => number), [1, 2, 9]);
});

Deno.test("explainLog() is sure of last words, less of errors, and not of symptoms", () => {
  const sure = (text: string) => told(text).confidence;
  assert.equal(sure("Error: Could not find or load main class a.B"), "certain");
  assert.equal(sure('Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'), "certain");
  assert.equal(sure("java.lang.OutOfMemoryError: Java heap space"), "likely");
  assert.equal(sure("java.io.NotSerializableException: a.B"), "likely");
  assert.equal(sure("ZeroDivisionError: division by zero"), "unsure");
  assert.equal(sure("all is well"), "unsure");
});

Deno.test("explainLog() shows what speaks for something else", () => {
  const { class: cause, against, confidence } = told(
    "java.io.NotSerializableException: a.B\njava.io.IOException: No space left on device",
  );
  assert.equal(cause, "disk-full");
  assert.equal(confidence, "unsure");
  assert.deepEqual(against.map((each) => [each.number, each.class]), [[1, "serialization-error"]]);
});

Deno.test("explainLog() says of an empty log that there is nothing to read", () => {
  for (const text of ["", "\n\n", "   "]) {
    const { class: cause, fatal, evidence, summary } = told(text);
    assert.deepEqual([cause, fatal], ["unknown", false]);
    assert.ok(text === "   " || evidence.length === 0 && summary === "There is nothing to read.");
  }
});

Deno.test("explainLog() survives anything, and its evidence stands in the log", () => {
  const word = fc.constantFrom(
    ...'Exception in thread "main"|java.lang.OutOfMemoryError|: Java heap space|Caused by: |\tat a.B.c(D.java:1)|\n'
      .split("|"),
    "# A fatal error has been detected by the Java Runtime Environment:",
    "---------------  T H R E A D  ---------------",
    "24/01/01 10:00:00 ERROR Executor: ",
    "Killed",
    "[Stage 0:>",
    "\x1b[31m",
  );
  fc.assert(fc.property(fc.array(fc.oneof(word, fc.string({ unit: "binary" }))), (words) => {
    const lines = words.join("").split("\n");
    const { evidence, class: cause } = told(words.join(""));
    for (const { number } of evidence) assert.ok(number >= 1 && number <= lines.length, cause);
  }));
});

Deno.test("explainLog() believes a job that ended well only of what lay before it, in its own run", () => {
  const lost = "24/07/01 12:00:05 ERROR TransportClient: java.net.ConnectException: Connection refused";
  const done = "24/07/01 12:00:10 INFO DAGScheduler: Job 2 finished: save at Job.scala:77, took 641.2 s";
  const started = "24/07/01 12:00:00 INFO SparkContext: Running Spark version 3.4.2";
  const stopped = "24/07/01 12:00:20 INFO SparkContext: Successfully stopped SparkContext";
  const is = (...lines: readonly string[]) => told(lines.join("\n")).class;
  assert.equal(is(started, lost, done, stopped), "clean-exit");
  assert.equal(is(started, done, lost, stopped), "connection-lost");
  assert.equal(is(started, lost, done), "connection-lost");
  assert.equal(is(started, lost, stopped, started, done, stopped), "connection-lost");
  const fatal = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space';
  assert.equal(is(started, fatal, done, stopped), "heap-oom");
});
