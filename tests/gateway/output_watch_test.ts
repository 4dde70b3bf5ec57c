import assert from "node:assert/strict";
import type { Input } from "../../src/core/lifecycle.ts";
import { OutputWatch } from "../../src/gateway/output_watch.ts";

const GENERATION = 3;
const DUMP = "it writes a heap dump";
const REPORT = "it writes an error report";

/** What a fresh watch says of lines, in their order. */
function told(lines: readonly string[], source: "stdout" | "stderr" = "stderr"): readonly (Input | null)[] {
  const watch = new OutputWatch(source, GENERATION);
  return lines.map((text, index) => watch.take({ number: index + 1, text }));
}

/** The word for an input in the tables below. */
function nameOf(input: Input | null): string | null {
  return input?.kind === "patience" ? input.why : input?.kind ?? null;
}

/** Lines as they were seen, and lines that only look like them. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  "progress": [
    ":: loading settings :: url = jar:file:/opt/spark/jars/ivy-2.5.2.jar!/org/apache/ivy/core/settings/ivysettings.xml",
    ":: resolving dependencies :: org.apache.spark#spark-submit-parent;1.0",
    "\tfound org.apache.commons#commons-pool2;2.11.1 in central",
    "downloading https://repository.example/x.jar ...",
    "\t[SUCCESSFUL ] org.x#y;1.0!y.jar (12ms)",
    "Ivy Default Cache set to: /root/.ivy2.5.2/cache",
    "https://repository.example/maven2 added as a remote repository with the name: repo-1",
  ],
  [DUMP]: ["Dumping heap to java_pid1.hprof ...", "Dumping heap to /var/dumps/a b.hprof ..."],
  [REPORT]: ["# A fatal error has been detected by the Java Runtime Environment:"],
  "survived": [
    'Exception in thread "Thread-7" java.lang.OutOfMemoryError: Java heap space',
    'Exception in thread "refresh progress" java.lang.OutOfMemoryError: GC overhead limit exceeded',
    'Exception in thread "a "quoted" name" java.lang.OutOfMemoryError: Metaspace',
    'Exception in thread "Thread-7" java.lang.OutOfMemoryError',
    'Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "Thread-7"',
  ],
  "doomed": [
    'Exception in thread "main" java.net.BindException: Address already in use',
    'Exception in thread "main" org.apache.spark.SparkException: Master must either be yarn or start with spark',
  ],
  "nothing": [
    "",
    "24/01/01 12:00:00 WARN Utils: found nothing, downloading nothing",
    "foundation laid",
    "see https://repository.example/maven2",
    "INFO: Dumping heap to nowhere",
    "Heap dump file created [123 bytes in 0.1 secs]",
    "Dumping heap tomorrow",
    "#",
    "# A fatal flaw",
    "24/01/01 12:00:00 ERROR # A fatal error has been detected by the Java Runtime Environment:",
    "A fatal error has been detected by somebody",
    // A job's own error, as Spark logs it: its task failed and nothing else.
    "java.lang.OutOfMemoryError: Java heap space",
    "Caused by: java.lang.OutOfMemoryError: Java heap space",
    "24/01/01 12:00:00 ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)",
    '24/01/01 12:00:00 ERROR Exception in thread "x" java.lang.OutOfMemoryError: Java heap space',
    'Exception in thread "Thread-7" java.lang.IllegalStateException: java.lang.OutOfMemoryError',
    'Exception in thread "Thread-7" java.lang.StackOverflowError',
    'Exception in thread "main-7" java.lang.IllegalStateException',
    'Exception: java.lang.StackOverflowError thrown from the UncaughtExceptionHandler in thread "Thread-7"',
    "Terminating due to java.lang.OutOfMemoryError: Java heap space",
    // The first half of Spark's two lines.
    "24/01/01 12:00:00 ERROR Utils: uncaught error in thread spark-listener-group-shared, stopping SparkContext",
  ],
};

for (const [meaning, lines] of Object.entries(LINES)) {
  for (const line of lines) {
    Deno.test(`the line ${JSON.stringify(line.trim())} is ${meaning} to the supervisor`, () => {
      for (const source of ["stdout", "stderr"] as const) {
        const [input = null] = told([line], source);
        assert.equal(nameOf(input), meaning === "nothing" ? null : meaning);
        assert.ok(input === null || "generation" in input && input.generation === GENERATION);
      }
    });
  }
}

const STOPPING =
  "24/01/01 12:00:00 ERROR Utils: uncaught error in thread spark-listener-group-shared, stopping SparkContext";
const OOM = "java.lang.OutOfMemoryError: Java heap space";
const FRAME = "\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)";

for (
  const [what, lines, kinds] of [
    ["is named by the line after it", [STOPPING, OOM, FRAME], [null, "survived", null]],
    ["of another error damages nothing", [STOPPING, "java.lang.IllegalStateException", OOM], [
      null,
      null,
      null,
    ]],
    ["is named by the next line only", [STOPPING, FRAME, OOM], [null, null, null]],
    ["is named once", [STOPPING, OOM, OOM], [null, "survived", null]],
    ["may follow another", [STOPPING, STOPPING, OOM], [null, null, "survived"]],
    ["is not named by a cause", [STOPPING, `Caused by: ${OOM}`], [null, null]],
    ["of an executor is another's", [STOPPING.replace(", stopping SparkContext", ""), OOM], [null, null]],
  ] as const
) {
  Deno.test(`the end of a thread that ends Spark's context ${what}`, () => {
    assert.deepEqual(told(lines).map(nameOf), kinds);
  });
}

Deno.test("take() says where it has seen an OutOfMemoryError that was survived", () => {
  for (const source of ["stdout", "stderr"] as const) {
    const [, , second] = told(["24/01/01 INFO", STOPPING, OOM], source);
    assert.deepEqual(second, {
      kind: "survived",
      generation: GENERATION,
      line: { source, line: 3, text: OOM },
    });
  }
});

Deno.test("two outputs are watched apart: the two lines of one thread's end are in one of them", () => {
  const stdout = new OutputWatch("stdout", GENERATION);
  const stderr = new OutputWatch("stderr", GENERATION);
  assert.equal(stdout.take({ number: 1, text: STOPPING }), null);
  assert.equal(stderr.take({ number: 1, text: OOM }), null);
  assert.equal(nameOf(stdout.take({ number: 2, text: OOM })), "survived");
});
