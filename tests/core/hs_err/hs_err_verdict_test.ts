import assert from "node:assert/strict";
import { hsErrVerdict } from "../../../src/core/hs_err/hs_err_verdict.ts";
import type { CauseClass, OutputLine, Verdict } from "../../../src/core/verdict.ts";
import { numbered, parsed, report, REPORTS } from "./hs_err_fixtures.ts";

const HEADER = "#  SIGSEGV (0xb) at pc=0x0, pid=1, tid=2";

function judge(lines: readonly OutputLine[]): Verdict {
  return hsErrVerdict(parsed(lines));
}

const written = (...texts: string[]) => judge(numbered(texts));
const framed = (frame: string, ...more: string[]) =>
  written(HEADER, "# Problematic frame:", `# ${frame}`, ...more);

/** What each report has to come to, with words that the summary and the remedy need. */
const EXPECTED: Readonly<Record<string, readonly [CauseClass, Verdict["confidence"], RegExp, RegExp]>> = {
  "abort-on-exception-17.log": [
    "jvm-crash-jit-or-vm",
    "certain",
    /IllegalStateException/,
    /AbortVMOnException/,
  ],
  "compiler-25.log": [
    "jvm-crash-jit-or-vm",
    "certain",
    /C1 compiler .* Boom::spin/,
    /CompileCommand=exclude,Boom::spin /,
  ],
  "crash-on-oom-array-17.log": ["array-size-oom", "certain", /one array/, /split the value/],
  "crash-on-oom-heap-17.log": ["heap-oom", "certain", /ran out of heap/, /larger heap/],
  "crash-on-oom-heap-25.log": ["heap-oom", "certain", /ran out of heap/, /larger heap/],
  "crash-on-oom-metaspace-25.log": ["metaspace-oom", "certain", /room for classes/, /MaxMetaspaceSize/],
  "huge-heap-25.log": [
    "native-memory-oom",
    "certain",
    /66\.67 GiB .* left of 23\.54 GiB/,
    /spark\.driver\.memory/,
  ],
  "malloc-limit-17.log": [
    "native-memory-oom",
    "certain",
    /64 MiB of memory \(Failed to reserve/,
    /1\.53 GiB .*ulimit -v/,
  ],
  "malloc-limit-25.log": [
    "native-memory-oom",
    "certain",
    /272 bytes of memory \(AllocateHeap\)/,
    /ulimit -v/,
  ],
  "native-library-17.log": [
    "jvm-crash-native-library",
    "certain",
    /libdemocodec\.so .*from Boom::crash/,
    /Update libdemo/,
  ],
  "native-library-25.log": [
    "jvm-crash-native-library",
    "certain",
    /libdemocodec\.so .*from Boom::crash/,
    /Update libdemo/,
  ],
  "no-gc-thread-17.log": ["native-thread-oom", "certain", /Cannot create worker GC thread/, /ulimit -u/],
  "raised-by-itself-17.log": [
    "jvm-crash-native-library",
    "certain",
    /sent itself .*Boom::raise/,
    /Boom::raise/,
  ],
  "sent-by-kill-17.log": [
    "killed-by-signal",
    "certain",
    /SIGSEGV, sent by process 19708 of user 0/,
    /Find out/,
  ],
  "sent-by-kill-25.log": [
    "killed-by-signal",
    "certain",
    /SIGSEGV, sent by process 19708 of user 0/,
    /Find out/,
  ],
  "sigusr2-17.log": ["killed-by-signal", "likely", /SIGUSR2/, /_JAVA_SR_SIGNUM/],
  "unsafe-after-errors-17.log": ["jvm-crash-jit-or-vm", "certain", /Unsafe_PutLong/, /behind Boom::main/],
  "unsafe-after-errors-25.log": ["jvm-crash-jit-or-vm", "certain", /Unsafe_PutLong/, /behind Boom::main/],
};

Deno.test("hsErrVerdict() names the cause of every real report", () => {
  assert.deepEqual(Object.keys(EXPECTED), REPORTS);
  for (const [name, [cause, confidence, summary, remedy]] of Object.entries(EXPECTED)) {
    const lines = report(name);
    const verdict = judge(lines);
    assert.deepEqual([verdict.class, verdict.confidence, verdict.fatal], [cause, confidence, true], name);
    assert.match(verdict.summary, summary);
    assert.match(verdict.remedy, remedy);
    for (const { line, text, source } of verdict.evidence) {
      assert.equal(lines[(line ?? 0) - 1]?.text, text);
      assert.equal(source, "stdout");
    }
    assert.ok(verdict.evidence.length > 0);
  }
});

Deno.test("hsErrVerdict() shows errors that were survived before a crash", () => {
  const texts = judge(report("unsafe-after-errors-25.log")).evidence.map(({ text }) => text);
  assert.ok(texts.includes("OutOfMemoryError java_heap_errors=2"));
});

Deno.test("hsErrVerdict() tells native libraries from the JVM's own code", () => {
  for (
    const [frame, cause] of [
      ["C  [libzip.so+0x45be]  fill_window+0x17e", "jvm-crash-native-library"],
      ["C  0x00000000000008a6", "jvm-crash-native-library"],
      ["C  [libjvm.so+0x1]", "jvm-crash-jit-or-vm"],
      ["V  [libjvm.dylib+0x1]  Method::x()+0x1", "jvm-crash-jit-or-vm"],
      ["j  a.B.c()V+7", "jvm-crash-jit-or-vm"],
      ["J 12 C2 a.B.c()V (9 bytes) @ 0x1 [0x1+0x1]", "jvm-crash-jit-or-vm"],
      ["v  ~StubRoutines::jbyte_disjoint_arraycopy", "jvm-crash-jit-or-vm"],
    ] as const
  ) assert.equal(framed(frame).class, cause, frame);
});

Deno.test("hsErrVerdict() names the library behind a function of libc", () => {
  const { summary, remedy } = framed(
    "C  [libc.so.6+0x9ee76]",
    "Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)",
    "C  [libc.so.6+0x9ee76]",
    "C  [libsort.so+0x12]  sort+0x3",
    "j  Sorter.sort([I)V+0",
    "C  [libjli.so+0x4592]  JavaMain+0xd82",
  );
  assert.match(summary, /in libc\.so\.6, called from libsort\.so and Sorter::sort\.$/);
  assert.match(remedy, /^Update libsort\.so/);
});

Deno.test("hsErrVerdict() has an advice for each kind of code", () => {
  for (
    const [frame, remedy] of [
      ["C  [snappy-1.1.8-uuid-libsnappyjava.so+0x1]", /spark\.io\.compression\.codec/],
      ["C  [libzip.so+0x45be]", /Do not replace jars/],
      ["C  [libnio.so+0x45be]", /libnio\.so is part of Java/],
      ["J 12 C2 a.B.c()V (9 bytes) @ 0x1 [0x1+0x1]", /CompileCommand=exclude,a\.B::c /],
      ["V  [libjvm.so+0x1]  jni_GetObjectClass+0x1", /wrong address/],
      ["V  [libjvm.so+0x1]  Method::x()+0x1", /newer patch release/],
    ] as const
  ) assert.match(framed(frame).remedy, remedy);
  const gc = framed(
    "V  [libjvm.so+0x1]",
    'Current thread (0x07):  GCTaskThread "GC Thread#0" [stack: 0x1,0x2] [id=91]',
  );
  assert.match(gc.remedy, /another collector/);
});

Deno.test("hsErrVerdict() does not name a method of a class made at run time to a compiler", () => {
  const compiling = (method: string) =>
    framed("V  [libjvm.so+0x1]", "Current CompileTask:", `C2: 1 2 4   ${method} (9 bytes)`).remedy;
  assert.match(compiling("a.B::c"), /exclude,a\.B::c/);
  assert.doesNotMatch(compiling("a.B$$Lambda$31/0x00000008::apply"), /exclude/);
});

Deno.test("hsErrVerdict() thinks of full disks at a bus error, whoever's code it was", () => {
  for (const frame of ["v  ~StubRoutines::jbyte_arraycopy", "C  [libc.so.6+0x1]"]) {
    const verdict = written("#  SIGBUS (0x7) at pc=0x0, pid=1, tid=2", "# Problematic frame:", `# ${frame}`);
    assert.match(verdict.remedy, /\/tmp or \/dev\/shm/);
  }
});

Deno.test("hsErrVerdict() takes a fault at the end of a stack for an overflow, and no other", () => {
  const fault = (address: string) =>
    framed(
      "C  [libx.so+0x1]",
      "Stack: [0x00007f00000a0000,0x00007f00001a0000],  sp=0x00007f00000a3000,  free space=12k",
      `siginfo: si_signo: 11 (SIGSEGV), si_code: 2 (SEGV_ACCERR), si_addr: ${address}`,
    ).class;
  assert.equal(fault("0x00007f00000a2ff8"), "stack-overflow");
  assert.equal(fault("0x00007f000009fff8"), "stack-overflow");
  assert.equal(fault("0x00007f00000c0000"), "jvm-crash-native-library");
  assert.equal(fault("0x0000000000000008"), "jvm-crash-native-library");
  assert.equal(written("#  EXCEPTION_STACK_OVERFLOW (0xc00000fd) at pc=0x0, pid=1").class, "stack-overflow");
  const saw = written(
    "#  Internal Error (exceptions.cpp:1), pid=1, tid=2",
    "#  fatal error: Saw java.lang.StackOverflowError, aborting",
  );
  assert.equal(saw.class, "stack-overflow");
});

Deno.test("hsErrVerdict() sees a lack of memory behind an internal error, and reasons of every memory error", () => {
  const message = (text: string) =>
    written("#  Internal Error (debug.cpp:362), pid=1, tid=2", `#  ${text}`).class;
  assert.equal(message("guarantee(page != MAP_FAILED) failed: mmap Failed for a page"), "native-memory-oom");
  assert.equal(message("guarantee(page != nullptr) failed: invariant"), "jvm-crash-jit-or-vm");
  for (
    const [reason, cause] of [
      ["Java heap space", "heap-oom"],
      ["GC overhead limit exceeded", "gc-overhead"],
      ["Compressed class space", "metaspace-oom"],
      ["Cannot reserve 1048576 bytes of direct buffer memory (allocated: 1, limit: 2)", "direct-memory-oom"],
      ["unable to create native thread: possibly out of memory", "native-thread-oom"],
      ["Unable to allocate 8388608 bytes", "native-memory-oom"],
      ["something new", "heap-oom"],
    ] as const
  ) {
    assert.equal(message(`fatal error: OutOfMemory encountered: ${reason}`), cause, reason);
    assert.equal(message(`fatal error: Saw java.lang.OutOfMemoryError: ${reason}, aborting`), cause, reason);
  }
});

Deno.test("hsErrVerdict() weighs what memory was left", () => {
  const remedy = (...more: string[]) =>
    written(
      "# There is insufficient memory for the Java Runtime Environment to continue.",
      "# Native memory allocation (mmap) failed to map 65536 bytes. Error detail: committing reserved memory.",
      ...more,
    );
  const machine = "Memory: 4k page, physical 65914456k(33554432k free), swap 0k(0k free)";
  assert.match(remedy(machine).remedy, /vm\.max_map_count/);
  const container = [
    "container (cgroup) information:",
    "memory_limit_in_bytes: 1048576 k",
    "memory_usage_in_bytes: 1048500 k",
  ];
  const full = remedy(machine, ...container);
  assert.match(full.remedy, /short of memory outside the heap/);
  assert.match(full.summary, /container used 1024 MiB of 1 GiB/);
  assert.equal(full.evidence.at(-1)?.text, "memory_usage_in_bytes: 1048500 k");
});

Deno.test("hsErrVerdict() is less sure the less is left of a report", () => {
  const banner = "# A fatal error has been detected by the Java Runtime Environment:";
  assert.deepEqual([written(banner).class, written(banner).confidence], ["jvm-crash-jit-or-vm", "unsure"]);
  assert.equal(written(banner, HEADER).confidence, "likely");
  const sent = written(banner, "#  SIGSEGV (0xb) at pc=0x0 (sent by kill), pid=1, tid=1");
  assert.deepEqual([sent.class, sent.confidence], ["killed-by-signal", "likely"]);
  const saved = written(
    banner,
    "# An error report file with more information is saved as:",
    "# /srv/job/hs_err_pid1.log",
  );
  assert.match(saved.remedy, /\/srv\/job\/hs_err_pid1\.log/);
});
