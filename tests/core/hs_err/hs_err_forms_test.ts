import assert from "node:assert/strict";
import { numbered, parsed, report } from "./hs_err_fixtures.ts";

Deno.test("parseHsErr() reads the forms of memory errors of older JVMs", () => {
  const failure = (line: string) =>
    parsed(
      numbered(["#", "# There is insufficient memory for the Java Runtime Environment to continue.", line]),
    )
      .failure.value;
  const kind = "insufficient-memory";
  for (
    const [line, call, bytes, purpose] of [
      [
        "# Native memory allocation (malloc) failed to allocate 202720 bytes for Chunk::new",
        "malloc",
        202720,
        "Chunk::new",
      ],
      [
        "# Native memory allocation (mmap) failed to map 65536 bytes for committing reserved memory.",
        "mmap",
        65536,
        "committing reserved memory",
      ],
      ["# Native memory allocation (mprotect) failed to protect 4096 bytes.", "mprotect", 4096, null],
      [
        "# Cannot create GC thread. Out of system resources.",
        null,
        null,
        "Cannot create GC thread. Out of system resources",
      ],
      ["# Possible reasons:", null, null, null],
      ["# An error report file with more information is saved as:", null, null, null],
    ] as const
  ) assert.deepEqual(failure(line), { kind, call, bytes, purpose });
});

Deno.test("parseHsErr() reads frames of every kind, in the forms of JDK 6 to 25", () => {
  const frame = (line: string) =>
    parsed(numbered(["#  SIGSEGV (0xb) at pc=0x0, pid=1, tid=2", "# Problematic frame:", `# ${line}`])).frame
      ?.value;
  for (
    const [line, kind, library, symbol, offset] of [
      ["C  [libc.so.6+0x85f14]", "native", "libc.so.6", null, "0x85f14"],
      ["C  [libjvm.so+0x12]  abort_hook+0x1", "vm", "libjvm.so", "abort_hook", "0x1"],
      [
        "C  [jna312.tmp+0x122ca]  ffi_prep_closure_loc+0x1a",
        "native",
        "jna312.tmp",
        "ffi_prep_closure_loc",
        "0x1a",
      ],
      ["C  [libx.so+0x5]  A::operator+(int)+0x1c", "native", "libx.so", "A::operator+(int)", "0x1c"],
      ["C  0x00000000000008a6", "native", null, null, null],
      ["V  [jvm.dll+0x31667a]", "vm", "jvm.dll", null, "0x31667a"],
      [
        "V  [libjvm.so+0x97]  JVMCIRuntime::fatal(char const*)+0x74  (jvmciRuntime.cpp:16)",
        "vm",
        "libjvm.so",
        "JVMCIRuntime::fatal(char const*)",
        "0x74",
      ],
      ["j  BackupThread.run()V+33", "interpreted-java", null, "BackupThread::run", "33"],
      ["j  a.b.C.<clinit>()V+7 java.base@25.0.3", "interpreted-java", null, "a.b.C::<clinit>", "7"],
      [
        "J 1234% C2 a.b.C$1.get(J[BII)I (16 bytes) @ 0x07 [0x06+0x1]",
        "compiled-java",
        null,
        "a.b.C$1::get",
        null,
      ],
      [
        "J 146 c1 Boom$1.d()Ljava/lang/Class; (16 bytes) @ 0x07 [0x06+0x1]",
        "compiled-java",
        null,
        "Boom$1::d",
        null,
      ],
      [
        "J 73  a.C.m(Ljava/lang/String;)V java.base@25.0.3 (0 bytes) @ 0x07 [0x06+0x1]",
        "compiled-java",
        null,
        "a.C::m",
        null,
      ],
      ["J  a.C.m()V", "compiled-java", null, "a.C::m", null],
      [
        "v  ~StubRoutines::jbyte_disjoint_arraycopy",
        "stub",
        null,
        "StubRoutines::jbyte_disjoint_arraycopy",
        null,
      ],
      ["v  ~StubRoutines::call_stub 0x00007fd18b938fa6", "stub", null, "StubRoutines::call_stub", null],
    ] as const
  ) assert.deepEqual(frame(line), { kind, library, symbol, offset }, line);
});

Deno.test("parseHsErr() reads siginfo in the form of each JDK", () => {
  const info = (line: string) =>
    parsed(numbered(["#  SIGSEGV (0xb) at pc=0x0, pid=7, tid=2", line])).signalInfo?.value;
  const nobody = { senderPid: null, senderUid: null, fromSelf: false };
  const fault = { signal: "SIGSEGV", code: 1, codeName: "SEGV_MAPERR", address: "0x08", ...nobody };
  assert.deepEqual(info("siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x08"), fault);
  assert.deepEqual(
    info("siginfo:si_signo=SIGSEGV: si_errno=0, si_code=1 (SEGV_MAPERR), si_addr=0x08"),
    fault,
  );
  const sent = { signal: "SIGSEGV", code: 0, codeName: "SI_USER", address: null, senderPid: 7, senderUid: 3 };
  assert.deepEqual(info("siginfo:si_signo=SIGSEGV: si_errno=0, si_code=0 (SI_USER), si_pid=7, si_uid=3"), {
    ...sent,
    fromSelf: true,
  });
});

Deno.test("parseHsErr() reads the thread, the compiler's task and the operation", () => {
  const compiler = parsed(report("compiler-25.log"));
  assert.deepEqual(compiler.thread?.value, {
    kind: "JavaThread",
    name: "C1 CompilerThread0",
    state: "_thread_in_native",
  });
  assert.equal(compiler.compiling?.value, "Boom::spin");
  const header = "#  SIGSEGV (0xb) at pc=0x0, pid=7, tid=2";
  const gc = parsed(numbered([
    header,
    'Current thread (0x07):  GCTaskThread "GC Thread#0" [stack: 0x1,0x2] [id=91]',
    "VM_Operation (0x5f3): G1PauseRemark, mode: safepoint, requested by thread 0x5e",
  ]));
  assert.deepEqual(gc.thread?.value, { kind: "GCTaskThread", name: "GC Thread#0", state: null });
  assert.equal(gc.operation?.value, "G1PauseRemark");
  const old = parsed(numbered([header, "Current thread (0x07):  VMThread [stack: 0x1,0x2] [id=9]"]));
  assert.deepEqual(old.thread?.value, { kind: "VMThread", name: null, state: null });
  const task = parsed(numbered([
    header,
    "Current CompileTask:",
    "C2:   5131 1048   !   4       java.lang.ClassLoader::loadClass (122 bytes)",
  ]));
  assert.equal(task.compiling?.value, "java.lang.ClassLoader::loadClass");
});

Deno.test("parseHsErr() reads which Java it was, and how long it ran", () => {
  const { java, vm, elapsedSeconds, exceptions } = parsed(report("unsafe-after-errors-17.log"));
  assert.deepEqual([java?.value.version, java?.value.feature], ["17.0.15+6", 17]);
  assert.match(vm?.value ?? "", /^OpenJDK 64-Bit Server VM \(17\.0\.15\+6-Debian/);
  assert.deepEqual([elapsedSeconds?.value, elapsedSeconds?.line.number], [0.040683, 22]);
  assert.deepEqual([exceptions?.heap, exceptions?.stackOverflows], [2, 1]);
  const version = (line: string) => parsed(numbered(["# Problematic frame:", line])).java?.value;
  for (
    const [line, expected, feature] of [
      [
        "# JRE version: Java(TM) SE Runtime Environment (8.0_172-b11) (build 1.8.0_172-b11)",
        "8.0_172-b11",
        8,
      ],
      [
        "# JRE version: OpenJDK Runtime Environment Temurin-11.0.22+7 (11.0.22+7) (build 11.0.22+7)",
        "11.0.22+7",
        11,
      ],
      ["# JRE version:  (8.0_282-b08) (build )", "8.0_282-b08", 8],
      ["# JRE version: 6.0_27-b27", "6.0_27-b27", 6],
      ["# JRE version:  () (build )", null, null],
    ] as const
  ) assert.deepEqual([version(line)?.version, version(line)?.feature], [expected, feature], line);
});

Deno.test("parseHsErr() reads memory and limits in the forms of JDK 8 and of control groups", () => {
  const hsErr = parsed(numbered([
    "#  SIGSEGV (0xb) at pc=0x0, pid=7, tid=2",
    "rlimit: STACK 8192k, CORE 0k, NPROC 7681, NOFILE 4096, AS infinity",
    "container (cgroup) information:",
    "container_type: cgroupv2",
    "memory_limit_in_bytes: 1073741824",
    "memory_usage_in_bytes: 2575472 k",
    "maximum number of tasks: 411712",
    "current number of tasks: unlimited",
    "",
    "Memory: 4k page, physical 2002320k(1693952k free), swap 8k(4k free)",
    "elapsed time: 5 seconds (0d 0h 0m 5s)",
  ]));
  assert.deepEqual(hsErr.limits?.value, { addressSpaceBytes: null, processes: 7681 });
  const { limitBytes, usageBytes, maxTasks, tasks, line } = hsErr.container ?? {};
  assert.deepEqual([limitBytes, usageBytes, maxTasks, tasks], [2 ** 30, 2_575_472 * 1024, 411_712, null]);
  assert.equal(line?.number, 6);
  const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = hsErr.memory ?? {};
  assert.deepEqual(
    [totalBytes, availableBytes, swapTotalBytes, swapFreeBytes],
    [2_002_320 * 1024, 1_693_952 * 1024, 8192, 4096],
  );
  assert.deepEqual([hsErr.elapsedSeconds?.value, hsErr.complete], [5, true]);
});

Deno.test("a number that no JVM could have written is none", () => {
  const beyond = "9".repeat(400);
  const hsErr = parsed(numbered([
    "# A fatal error has been detected by the Java Runtime Environment:",
    `#  SIGSEGV (0x${"f".repeat(300)}) at pc=0x00, pid=${beyond}`,
    `siginfo: si_signo: 11 (SIGSEGV), si_code: ${beyond} (SEGV_MAPERR), si_pid: ${beyond}, si_uid: ${beyond}`,
    `elapsed time: ${beyond} seconds (0d 0h 0m 0s)`,
    `Memory: 4k page, physical ${beyond}k(${beyond}k free), swap 0k(0k free)`,
    `rlimit: AS ${beyond}k, NPROC ${beyond}`,
    "container (cgroup) information:",
    `memory_limit_in_bytes: ${beyond} k`,
    "OutOfMemory and StackOverflow Exception counts:",
    `OutOfMemoryError java_heap_errors=${beyond}`,
  ]));
  assert.ok(hsErr.failure.value.kind === "signal" && hsErr.failure.value.number === null);
  assert.deepEqual([hsErr.pid, hsErr.elapsedSeconds, hsErr.memory], [null, null, null]);
  const { code, senderPid, senderUid } = hsErr.signalInfo?.value ?? {};
  assert.deepEqual([code, senderPid, senderUid], [null, null, null]);
  assert.deepEqual(hsErr.limits?.value, { addressSpaceBytes: null, processes: null });
  assert.equal(hsErr.container?.limitBytes, null);
  assert.equal(hsErr.exceptions?.heap, 0);
});

Deno.test("of a line longer than any that HotSpot prints only the beginning is read", () => {
  const hsErr = parsed(numbered([
    "# A fatal error has been detected by the Java Runtime Environment:",
    "# Problematic frame:",
    `# J 1${"0".repeat(5_000)}`,
  ]));
  assert.equal(hsErr.frame?.line.text.length, 2_200);
});
