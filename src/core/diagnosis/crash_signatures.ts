/**
 * Which last words of HotSpot, OpenJ9 and the kernel mean what: crashes, and memory that the system would not give.
 * A whole error report is read by `hs_err.ts`; these rows know its banner where nothing more is left.
 * @module
 */

import { anyOf } from "./signature.ts";
import type { Signature } from "./signature.ts";

/** The machine's memory, not the heap. */
const SHORT_OF_MEMORY =
  "The machine or container is short of memory outside the heap: a smaller heap leaves more for it.";
const THREADS = "Raise the limit on processes (ulimit -u, pids.max, TasksMax=): memory settings do not help.";
/** `exit code 137`, `Exit status: 137`, `exitCode=137`, `return code 137`. */
const EXITED = "(?:[Ee]xit(?:ed|[Cc]ode|[Ss]tatus)?|[Rr]eturn(?:ed)? code)\\b[^\\d]{0,40}\\b";

/** The banners, highest precedence first. */
export const BANNERS: readonly Signature[] = [
  {
    class: "native-thread-oom",
    pattern: /Cannot create (?:\w+ )+thread\. Out of system resources/,
    weight: "end",
    fatal: "always",
    summary: "The JVM could not start one of its own threads.",
    remedy: THREADS,
    source: "HotSpot: gcTaskThread.cpp, thread.cpp (vm_exit_out_of_memory)",
  },
  {
    class: "native-memory-oom",
    pattern: anyOf(
      "There is insufficient memory for the Java Runtime Environment to continue",
      "^#\\s+(?:guarantee|assert)\\(.*(?:MAP_FAILED|m(?:map|alloc) [Ff]ailed|[Oo]ut of (?:native |swap )?(?:memory|space))",
      "unable to allocate file descriptor table - out of memory",
      "OutOfMemoryError: requested \\d+ bytes.*[Oo]ut of swap space",
    ),
    weight: "end",
    fatal: "always",
    summary: "The JVM could not get memory from the operating system.",
    remedy: SHORT_OF_MEMORY,
    source: "HotSpot: vmError.cpp, os_linux.cpp, java.c",
  },
  {
    class: "killed-by-signal",
    pattern: /^#\s+SIG[A-Z]+ \(0x[0-9a-f]+\) at pc=.*\(sent by kill\)/,
    weight: "end",
    fatal: "always",
    summary: "Another process sent the JVM a fatal signal.",
    remedy: "Find out who sent it: the error report names the sender. No memory setting was changed.",
    source: "HotSpot: vmError.cpp, JDK 9 and later",
  },
];

/**
 * Crashes. They stand behind the memory texts, because CrashOnOutOfMemoryError ends in the same banner. Last words are
 * asked by themselves first, so a memory error that was survived does not hide a crash.
 */
export const CRASHES: readonly Signature[] = [
  {
    class: "stack-overflow",
    pattern: anyOf(
      "An irrecoverable stack overflow has occurred",
      "An unrecoverable stack overflow has occurred",
      "EXCEPTION_STACK_OVERFLOW \\(0xc00000fd\\)",
    ),
    weight: "cause",
    fatal: "always",
    summary: "A thread ran out of stack in native code.",
    remedy: "Raise -Xss, or nest less: a checkpoint cuts a long lineage.",
    source: "HotSpot: os_linux_x86.cpp, os_windows.cpp",
  },
  {
    class: "jvm-crash-native-library",
    pattern: /^# C\s+(?:\[(?!(?:lib)?jvm\.)|0x)/,
    weight: "end",
    fatal: "always",
    summary: "Native code called by the JVM crashed.",
    remedy: "Update the library named in the problematic frame, or take it off the class path.",
    source: "HotSpot: vmError.cpp",
  },
  {
    class: "jvm-crash-jit-or-vm",
    pattern: anyOf(
      "A fatal error has been detected by the Java Runtime Environment",
      "An unexpected error has been detected by (?:the )?(?:Java Runtime Environment|HotSpot Virtual Machine)",
      "Type=(?:Segmentation|Bus|Illegal instruction|Unhandled trap) error vmState=",
      "(?:java|spark-class|spark-submit).*(?:Segmentation fault|Bus error|Illegal instruction|Aborted)\\b.*core dumped",
      "(?:Segmentation fault|Bus error|Illegal instruction|Aborted) +\\(core dumped\\) +\\S*(?:java|spark-class|spark-submit|\\{CMD)\\b",
    ),
    weight: "end",
    fatal: "always",
    summary: "The JVM crashed.",
    remedy: "If it happens again, try a newer patch release of the same Java version.",
    source: "HotSpot: vmError.cpp; OpenJ9: gphandle.c; the shell",
  },
];

/** Who was killed, and for what, as the kernel, containers, YARN and shells tell it. */
export const KILLS: readonly Signature[] = [
  {
    class: "killed-by-oom-killer",
    pattern: anyOf(
      "\\bOOMKilled\\b",
      "[Oo]ut of memory: Kill(?:ed)? process \\d+",
      "Memory cgroup out of memory",
      "oom-kill:constraint=|invoked oom-killer|oom_reaper: reaped process",
      "killed by the OOM killer|result 'oom-kill'",
      "running (?:\\d+\\w* )?beyond (?:the '\\w+' |physical |virtual )memory limits?",
      // YARN's own exit codes for virtual and physical memory (ContainerExitStatus).
      "[Ee]xit(?:[Cc]ode| status): +-10[34]\\b",
      "Container killed by YARN for exceeding",
      "exceeding memory limits\\. [\\d.]+ ?[KMG]i?B of [\\d.]+ ?[KMG]i?B",
      "SIGKILL, possible container OOM",
      "Container \\S+ exceeded memory limit",
    ),
    weight: "cause",
    fatal: "process",
    summary: "A process was killed because its container or its machine was out of memory.",
    remedy:
      "Heap, native memory and the Python workers together were more than the limit: a smaller heap, fewer " +
      "parallel tasks, more spark.driver.memoryOverhead or a larger limit helps.",
    source:
      "Linux: mm/oom_kill.c; Kubernetes; systemd; YARN: ContainersMonitorImpl; Spark: ExecutorPodsLifecycleManager",
    only: "logs",
  },
  {
    class: "killed-by-oom-killer",
    pattern: anyOf(
      `${EXITED}137\\b`,
      "(?:died with|Negsignal\\.|signal:? |returned non-zero exit status )\\W*(?:Signals\\.)?(?:SIGKILL|-9\\b)",
      "\\b[Ee]xit(?:ed)?(?: with)?(?: (?:code|status))?[:=]? -9\\b",
      "code=killed, (?:signal=KILL|status=9)|(?:terminated|killed|interrupted) by signal:? (?:SIGKILL|9)\\b",
      ": (?:line \\d+: +)?\\d+ Killed\\b",
      "^Killed$",
    ),
    weight: "cause",
    fatal: "process",
    summary:
      "A process was killed by SIGKILL, most often because its container or its machine was out of memory.",
    remedy:
      "Look for oom_kill in the kernel's log or the container's state. If that is it, a smaller heap, fewer " +
      "parallel tasks or a larger limit helps; otherwise find out who sent kill -9.",
    source: "the shell, Docker, Kubernetes, YARN and Python's subprocess: 137 is 128 + SIGKILL",
    only: "logs",
  },
  {
    class: "killed-by-signal",
    pattern: anyOf(
      "RECEIVED SIGNAL (?:15: SIG)?(?:TERM|INT|HUP)",
      `${EXITED}(?:143|130|129)\\b`,
      "(?:died with|Negsignal\\.|[Rr]eceived (?:signal )?|got )\\W*(?:Signals\\.)?SIG(?:TERM|INT|HUP|QUIT)\\b",
      "code=killed, (?:signal=TERM|status=15)|(?:terminated|killed|interrupted) by signal:? (?:SIG(?:TERM|INT|HUP)|15)\\b",
      "(?:final (?:status|state)|\\(state): KILLED|finished with killed status|already exited with state KILLED",
      "Application (?:has been|was) killed(?!.*unresponsive)|killed by user",
      "^Terminated$|: (?:line \\d+: +)?\\d+ Terminated\\b",
    ),
    weight: "cause",
    fatal: "process",
    summary: "A process was ended from outside by a signal.",
    remedy:
      "Somebody or something sent it: a user, a scheduler, a container that was stopped. Memory is no matter here.",
    source: "Spark: SignalUtils; YARN; the shell, Docker, Kubernetes, systemd: 143 is 128 + SIGTERM",
    only: "logs",
  },
];
