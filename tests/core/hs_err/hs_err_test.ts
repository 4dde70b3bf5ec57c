import assert from "node:assert/strict";
import { hsErrVerdict } from "../../../src/core/hs_err/hs_err_verdict.ts";
import { numbered, parsed, report, texts } from "./hs_err_fixtures.ts";

Deno.test("parseHsErr() reads a signal that another process sent", () => {
  for (
    const [name, pid] of [["sent-by-kill-17.log", 19713], ["sent-by-kill-25.log", 19826]] as const
  ) {
    const hsErr = parsed(report(name));
    const { value, line } = hsErr.failure;
    assert.ok(value.kind === "signal");
    assert.deepEqual([value.name, value.number, value.sentByKill, line.number], ["SIGSEGV", 11, true, 4]);
    assert.match(value.pc ?? "", /^0x0000/);
    assert.equal(hsErr.pid, pid);
    assert.deepEqual(hsErr.signalInfo?.value, {
      signal: "SIGSEGV",
      code: 0,
      codeName: "SI_USER",
      address: null,
      senderPid: 19708,
      senderUid: 0,
      fromSelf: false,
    });
    assert.equal(hsErr.signalInfo.line.number, 32);
    assert.equal(hsErr.thread?.value.kind, "native");
    assert.equal(hsErr.complete, true);
  }
});

Deno.test("parseHsErr() tells a signal that the JVM sent itself", () => {
  const info = parsed(report("raised-by-itself-17.log")).signalInfo?.value;
  assert.deepEqual([info?.codeName, info?.fromSelf], ["SI_TKILL", true]);
});

Deno.test("parseHsErr() reads what memory was wanted, and the limits", () => {
  const malloc = parsed(report("malloc-limit-25.log"));
  assert.deepEqual(malloc.failure.value, {
    kind: "insufficient-memory",
    call: "malloc",
    bytes: 272,
    purpose: "AllocateHeap",
  });
  assert.equal(malloc.limits?.value.addressSpaceBytes, 1_600_000 * 1024);
  const heap = parsed(report("huge-heap-25.log"));
  assert.deepEqual(heap.failure.value, {
    kind: "insufficient-memory",
    call: "mmap",
    bytes: 71_582_744_576,
    purpose: "committing reserved memory",
  });
  assert.equal(heap.memory?.totalBytes, 24_684_096 * 1024);
  assert.equal(heap.limits?.value.addressSpaceBytes, null);
  assert.equal(heap.limits?.value.processes, 96_365);
  assert.deepEqual(parsed(report("no-gc-thread-17.log")).failure.value, {
    kind: "insufficient-memory",
    call: null,
    bytes: null,
    purpose: "Cannot create worker GC thread. Out of system resources",
  });
});

Deno.test("parseHsErr() reads errors the JVM ended itself for", () => {
  for (
    const [name, reason] of [
      ["crash-on-oom-heap-17.log", "Java heap space"],
      ["crash-on-oom-heap-25.log", "Java heap space"],
      ["crash-on-oom-metaspace-25.log", "Metaspace"],
      ["crash-on-oom-array-17.log", "Requested array size exceeds VM limit"],
    ]
  ) {
    const { failure } = parsed(report(name ?? ""));
    assert.deepEqual(failure.value, { kind: "java-out-of-memory", reason });
    assert.equal(failure.line.number, 5);
  }
  assert.deepEqual(parsed(report("abort-on-exception-17.log")).failure.value, {
    kind: "internal-error",
    place: "exceptions.cpp:545",
    message: "fatal error: Saw java.lang.IllegalStateException, aborting",
  });
});

Deno.test("parseHsErr() reads whose code failed, and who called it", () => {
  for (const name of ["native-library-17.log", "native-library-25.log"]) {
    const { frame, stack, thread } = parsed(report(name));
    assert.deepEqual(frame?.value, {
      kind: "native",
      library: "libdemocodec.so",
      symbol: "codec_decompress",
      offset: "0xc",
    });
    assert.deepEqual(stack, { libraries: ["libdemocodec.so", "libjli.so"], method: "Boom::crash" });
    assert.deepEqual(thread?.value, { kind: "JavaThread", name: "main", state: "_thread_in_native" });
  }
  const vm = parsed(report("unsafe-after-errors-25.log"));
  assert.deepEqual(vm.frame?.value, {
    kind: "vm",
    library: "libjvm.so",
    symbol: "Unsafe_PutLong",
    offset: "0xad",
  });
  // The JDK's own methods only pass on what a program's method gave them.
  assert.equal(vm.stack.method, "Boom::main");
});

Deno.test("parseHsErr() tells where command lines stand, and not what they are", () => {
  const secret = "-Dpassword=hunter2";
  const lines = texts(report("native-library-17.log")).map((text) =>
    text.replace(/^(Command Line|jvm_args|java_command): /, `$&${secret} `)
  );
  const hsErr = parsed(numbered(lines));
  for (const number of [hsErr.argumentsLine, hsErr.commandLine]) {
    assert.match(lines[(number ?? 0) - 1] ?? "", /hunter2/);
  }
  assert.doesNotMatch(JSON.stringify([hsErr, hsErrVerdict(hsErr)]), /hunter2/);
});
