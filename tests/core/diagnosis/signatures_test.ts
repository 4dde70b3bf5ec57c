import assert from "node:assert/strict";
import { BANNERS, CRASHES, KILLS } from "../../../src/core/diagnosis/crash_signatures.ts";
import { explainLog } from "../../../src/core/diagnosis/explain.ts";
import {
  JAVA_ABSENT,
  JAVA_FIT,
  JAVA_OPTIONS,
  VM_INITIALIZATION,
} from "../../../src/core/diagnosis/java_signatures.ts";
import { ACCESS, JOBS, NETWORK, PROGRAMS } from "../../../src/core/diagnosis/job_signatures.ts";
import { DISKS, MEMORY, STACKS } from "../../../src/core/diagnosis/memory_signatures.ts";
import { matchSignature } from "../../../src/core/diagnosis/signature_match.ts";
import type { Signature } from "../../../src/core/diagnosis/signature.ts";
import { SIGNATURES } from "../../../src/core/diagnosis/signatures.ts";
import { CLASSES, RIGHTS, SETTINGS, SURROUNDINGS } from "../../../src/core/diagnosis/start_signatures.ts";
import { CAUSE_CLASSES } from "../../../src/core/verdict.ts";
import type { OutputLine } from "../../../src/core/verdict.ts";
import { BANNER_EXAMPLES, CRASH_EXAMPLES, KILL_EXAMPLES } from "./examples/crashes.ts";
import type { Example } from "./examples/example.ts";
import {
  JAVA_ABSENT_EXAMPLES,
  JAVA_FIT_EXAMPLES,
  JAVA_OPTION_EXAMPLES,
  VM_INITIALIZATION_EXAMPLES,
} from "./examples/java.ts";
import { ACCESS_EXAMPLES, JOB_EXAMPLES, NETWORK_EXAMPLES, PROGRAM_EXAMPLES } from "./examples/jobs.ts";
import { DISK_EXAMPLES, MEMORY_EXAMPLES, STACK_EXAMPLES } from "./examples/memory.ts";
import { CLASS_EXAMPLES, RIGHT_EXAMPLES, SETTING_EXAMPLES, SURROUNDING_EXAMPLES } from "./examples/start.ts";

/** Every part of the table with its examples. */
const PARTS: Readonly<Record<string, readonly [readonly Signature[], readonly Example[]]>> = {
  BANNERS: [BANNERS, BANNER_EXAMPLES],
  DISKS: [DISKS, DISK_EXAMPLES],
  MEMORY: [MEMORY, MEMORY_EXAMPLES],
  CRASHES: [CRASHES, CRASH_EXAMPLES],
  KILLS: [KILLS, KILL_EXAMPLES],
  STACKS: [STACKS, STACK_EXAMPLES],
  JAVA_FIT: [JAVA_FIT, JAVA_FIT_EXAMPLES],
  ACCESS: [ACCESS, ACCESS_EXAMPLES],
  JOBS: [JOBS, JOB_EXAMPLES],
  CLASSES: [CLASSES, CLASS_EXAMPLES],
  JAVA_OPTIONS: [JAVA_OPTIONS, JAVA_OPTION_EXAMPLES],
  SURROUNDINGS: [SURROUNDINGS, SURROUNDING_EXAMPLES],
  JAVA_ABSENT: [JAVA_ABSENT, JAVA_ABSENT_EXAMPLES],
  SETTINGS: [SETTINGS, SETTING_EXAMPLES],
  RIGHTS: [RIGHTS, RIGHT_EXAMPLES],
  NETWORK: [NETWORK, NETWORK_EXAMPLES],
  PROGRAMS: [PROGRAMS, PROGRAM_EXAMPLES],
  VM_INITIALIZATION: [VM_INITIALIZATION, VM_INITIALIZATION_EXAMPLES],
};

/** Every row with its examples. */
const ROWS = Object.entries(PARTS).flatMap(([part, [rows, examples]]) =>
  rows.map((row, index) => ({ part, row, example: examples[index] }))
);

function lines(...texts: readonly string[]): readonly OutputLine[] {
  return texts.map((text, index) => ({ number: index + 1, text }));
}

/** The verdict on a gateway that ended with code 1. */
function ofGateway(wasReady: boolean, ...stderr: string[]) {
  const exit = { code: 1, signal: null };
  return matchSignature({ exit, wasReady, stdout: [], stderr: lines(...stderr) });
}

Deno.test("SIGNATURES holds every part of the table, and every row has examples", () => {
  assert.deepEqual(new Set(ROWS.map(({ row }) => row)), new Set(SIGNATURES));
  for (const [part, [rows, examples]] of Object.entries(PARTS)) {
    assert.deepEqual(examples.map((example) => example.class), rows.map((row) => row.class), part);
    for (const { hits, misses } of examples) assert.ok(hits.length > 0 && misses.length > 0);
  }
});

for (const { part, row, example } of ROWS) {
  const name = `${part}, ${row.class}, ${row.summary}`;
  if (row.only !== "gateway") {
    Deno.test(`explainLog() by a row alone: ${name}`, () => {
      for (const hit of example?.hits ?? []) {
        const told = explainLog(lines(...hit.split("\n")));
        assert.equal(told.class, row.class, hit);
        // HotSpot's reports are read by more than the table.
        if (!hit.startsWith("#")) assert.equal(told.summary, row.summary, hit);
        assert.ok(hit.split("\n").some((line) => row.pattern.test(line)), hit);
      }
      for (const miss of example?.misses ?? []) {
        assert.notEqual(explainLog(lines(...miss.split("\n"))).summary, row.summary, miss);
        if (row.frame === undefined) assert.doesNotMatch(miss, row.pattern);
      }
    });
  }
  if (row.only !== "logs") {
    Deno.test(`matchSignature() by a row alone: ${name}`, () => {
      for (const hit of example?.hits ?? []) assert.equal(ofGateway(false, hit)?.summary, row.summary, hit);
      const [hit = ""] = example?.hits ?? [];
      // Words that speak for a failed start are the job's once the gateway is ready.
      assert.equal(ofGateway(true, hit)?.summary, row.atStart ? undefined : row.summary, hit);
    });
  }
}

Deno.test("every row of SIGNATURES has patterns without memory of their last match, and a source", () => {
  for (const { pattern, frame, source } of SIGNATURES) {
    assert.equal(pattern.flags + (frame?.flags ?? ""), "");
    assert.match(source, /\w/);
  }
});

Deno.test("every class of cause has a row, or is judged by more than text", () => {
  const otherwise = [
    "requested",
    "clean-exit",
    "unresponsive",
    "process-stopped",
    "accept-thread-dead",
    "scheduler-dead",
    "deadlock",
    "start-timeout",
  ];
  const named = new Set([...SIGNATURES.map((row) => row.class), ...otherwise]);
  assert.deepEqual([...CAUSE_CLASSES].filter((name) => !named.has(name)), []);
});

Deno.test("matchSignature() leaves what only a job says to logs from elsewhere", () => {
  for (const text of ["Killed", "java.io.NotSerializableException: a.B", "ZeroDivisionError: x"]) {
    assert.equal(ofGateway(true, text), null);
    assert.equal(ofGateway(false, text), null);
  }
});

Deno.test("matchSignature() searches both streams and counts their lines", () => {
  const text = "java.lang.OutOfMemoryError: Metaspace";
  const exit = { code: 1, signal: null };
  const found = matchSignature({ exit, wasReady: true, stdout: lines("", text), stderr: lines(text) });
  assert.deepEqual(found?.evidence, [
    { source: "stdout", line: 2, text },
    { source: "stderr", line: 1, text },
  ]);
});

Deno.test("matchSignature() shows at most the first two lines and the last", () => {
  const many = Array.from(
    { length: 9 },
    (_, index) => `java.lang.OutOfMemoryError: Java heap space ${index}`,
  );
  assert.deepEqual(ofGateway(false, ...many)?.evidence.map(({ line }) => line), [1, 2, 9]);
  assert.deepEqual(ofGateway(false, ...many.slice(0, 3))?.evidence.map(({ line }) => line), [1, 2, 3]);
});
