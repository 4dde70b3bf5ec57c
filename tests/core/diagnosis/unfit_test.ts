import assert from "node:assert/strict";
import { CONDITIONS } from "../../../src/core/watch/condition.ts";
import type { Condition, ConditionKind } from "../../../src/core/watch/condition.ts";
import { unfitVerdict } from "../../../src/core/diagnosis/unfit.ts";
import type { CauseClass, Evidence } from "../../../src/core/verdict.ts";
import { NOW_MS, SURVIVED } from "../samples.ts";

const EXIT: Evidence = { source: "exit", line: null, text: "signal SIGKILL" };

function condition(kind: ConditionKind): Condition {
  return { kind, sinceMs: NOW_MS, reason: "this is why", evidence: ["this was seen", "and this"] };
}

function daemon(text: string): Evidence {
  return { source: "daemon", line: null, text };
}

/** What each condition is called in a verdict, and what the reader is told that helps. */
const CLASSES: Readonly<Record<ConditionKind, readonly [CauseClass, RegExp]>> = {
  "scheduler-dead": ["scheduler-dead", /dag-scheduler-event-loop/],
  "deadlock": ["deadlock", /names both locks/],
  "gc-spiral": ["gc-overhead", /larger heap/],
  "accept-thread-dead": ["accept-thread-dead", /ulimit -n/],
  "poisoned": ["heap-oom", /ExitOnOutOfMemoryError/],
  "stopped": ["process-stopped", /who sent the signal/],
  "silent": ["unresponsive", /thread dump/],
};

for (const kind of CONDITIONS) {
  const [expected, help] = CLASSES[kind];
  Deno.test(`unfitVerdict() calls a gateway that was "${kind}" ${expected}, with what was seen`, () => {
    const verdict = unfitVerdict(condition(kind), null, EXIT);
    assert.equal(verdict.class, expected);
    assert.deepEqual([verdict.fatal, verdict.confidence], [true, "certain"]);
    assert.match(verdict.summary, /^[A-Z].*, so it was ended\.$/);
    assert.match(verdict.remedy, /^A replacement is started\. [A-Z].*\.$/);
    assert.match(verdict.remedy, help);
    assert.deepEqual(verdict.evidence, [
      daemon("this is why"),
      daemon("this was seen"),
      daemon("and this"),
      EXIT,
    ]);
  });

  Deno.test(`unfitVerdict() blames the OutOfMemoryError that a gateway survived before it was "${kind}"`, () => {
    const verdict = unfitVerdict(condition(kind), SURVIVED, EXIT);
    assert.equal(verdict.class, "heap-oom");
    assert.match(verdict.summary, /^The JVM ran out of heap\. It lived on, damaged \(this is why\)/);
    assert.match(verdict.remedy, /larger heap/);
    assert.deepEqual(verdict.evidence, [
      SURVIVED,
      daemon("this is why"),
      daemon("this was seen"),
      daemon("and this"),
      EXIT,
    ]);
  });
}

for (
  const [text, expected] of [
    ['Exception in thread "Thread-7" java.lang.OutOfMemoryError: Java heap space', "heap-oom"],
    ["java.lang.OutOfMemoryError: Java heap space", "heap-oom"],
    ['Exception in thread "Thread-7" java.lang.OutOfMemoryError: GC overhead limit exceeded', "gc-overhead"],
    ['Exception in thread "Thread-7" java.lang.OutOfMemoryError: Metaspace', "metaspace-oom"],
    ['Exception in thread "Thread-7" java.lang.OutOfMemoryError: Compressed class space', "metaspace-oom"],
    ["java.lang.OutOfMemoryError: Direct buffer memory", "direct-memory-oom"],
    [
      "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
      "native-thread-oom",
    ],
    ["java.lang.OutOfMemoryError: Requested array size exceeds VM limit", "array-size-oom"],
    [
      'Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "Thread-7"',
      "heap-oom",
    ],
    // Says nothing of its kind: most are of the heap, and the line is there to be read.
    ['Exception in thread "Thread-7" java.lang.OutOfMemoryError', "heap-oom"],
    ["java.lang.OutOfMemoryError: of a library's own making", "heap-oom"],
  ] as const
) {
  Deno.test(`a gateway that is damaged by ${JSON.stringify(text)} died of ${expected}`, () => {
    const survived: Evidence = { source: "stdout", line: 12, text };
    const verdict = unfitVerdict(condition("poisoned"), survived, EXIT);
    assert.equal(verdict.class, expected);
    assert.deepEqual(verdict.evidence[0], survived);
    assert.deepEqual(verdict.evidence.at(-1), EXIT);
  });
}
