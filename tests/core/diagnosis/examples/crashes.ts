/**
 * Real lines for the rows of `crash_signatures.ts`, and lines that only look like them.
 * @module
 */

import type { Example } from "./example.ts";

/** For `BANNERS`. */
export const BANNER_EXAMPLES: readonly Example[] = [
  {
    class: "native-thread-oom",
    hits: [
      "# Cannot create GC thread. Out of system resources.",
      "# Cannot create worker GC thread. Out of system resources.",
      "# Cannot create VM thread. Out of system resources.",
    ],
    misses: ["Cannot create a thread pool of size 0"],
  },
  {
    class: "native-memory-oom",
    hits: [
      "# There is insufficient memory for the Java Runtime Environment to continue.",
      "#  guarantee(mem_serialize_page != MAP_FAILED) failed: mmap Failed for memory serialize page",
      "library initialization failed - unable to allocate file descriptor table - out of memory",
      "# java.lang.OutOfMemoryError: requested 32756 bytes for ChunkPool::allocate. Out of swap space?",
    ],
    misses: [
      "There is insufficient memory for the broadcast",
      "#  guarantee(PageArmed == 0) failed: invariant",
    ],
  },
  {
    class: "killed-by-signal",
    hits: ["#  SIGSEGV (0xb) at pc=0x00007f5c9a5ac117 (sent by kill), pid=13195, tid=13196"],
    misses: [
      "#  SIGSEGV (0xb) at pc=0x00007f5c9a5ac117, pid=13195, tid=13196",
      "SIGSEGV (0xb) at pc=0x1 (sent by kill)",
    ],
  },
];

/** For `CRASHES`. */
export const CRASH_EXAMPLES: readonly Example[] = [
  {
    class: "stack-overflow",
    hits: [
      "An irrecoverable stack overflow has occurred.",
      "An unrecoverable stack overflow has occurred.",
      "EXCEPTION_STACK_OVERFLOW (0xc00000fd) at pc=0x000000006c2f4b1a, pid=4242, tid=4243",
    ],
    misses: ["A recoverable overflow of the queue has occurred."],
  },
  {
    class: "jvm-crash-native-library",
    hits: [
      "# C  [libnetty_transport_native_epoll.so+0x1234]  netty_epoll_wait+0x10",
      "# C  0x00007f12aa34c0de",
    ],
    misses: [
      "# V  [libjvm.so+0xe5a5b0]  Unsafe_PutLong+0x110",
      "# C  [libjvm.so+0x1]  x",
      "# Core dump written.",
    ],
  },
  {
    class: "jvm-crash-jit-or-vm",
    hits: [
      "# A fatal error has been detected by the Java Runtime Environment:",
      "# An unexpected error has been detected by HotSpot Virtual Machine:",
      "Type=Segmentation error vmState=0x00000000",
      '/opt/spark/bin/spark-class: line 71: 7 Segmentation fault (core dumped) "${CMD[@]}"',
      "/opt/run.sh: line 9:    41 Segmentation fault      (core dumped) spark-submit job.py",
    ],
    misses: [
      "Error: A fatal exception has occurred. Program will exit.",
      "python: Segmentation fault (core dumped)",
      "/opt/run.sh: line 9:    41 Segmentation fault      (core dumped) ./convert",
    ],
  },
];

/** For `KILLS`. */
export const KILL_EXAMPLES: readonly Example[] = [
  {
    class: "killed-by-oom-killer",
    hits: [
      "      Reason:       OOMKilled",
      "kernel: [77.1] Out of memory: Killed process 2231 (java) total-vm:12345678kB, anon-rss:8123456kB",
      "kernel: Memory cgroup out of memory: Kill process 2231 (java) score 1001 or sacrifice child",
      "kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=java,pid=2231,uid=0",
      "spark.service: Failed with result 'oom-kill'.",
      "is running beyond physical memory limits. Current usage: 2.5 GB of 2.5 GB physical memory used",
      "Container [pid=8811] is running 51113984B beyond the 'PHYSICAL' memory limit. Current usage: 2.4 GB of 2.4 GB",
      "AM Container for appattempt_1_0042_000002 exited with  exitCode: -104",
      "Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.",
      "The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).",
    ],
    misses: [
      "Consider boosting spark.executor.memoryOverhead",
      "is running beyond the deadline",
      "exited with exitCode: -1042",
      "out of memory: 3 processes were asked to wait",
    ],
  },
  {
    class: "killed-by-oom-killer",
    hits: [
      "Container exited with a non-zero exit code 137.",
      "      Exit Code:    137",
      "subprocess.CalledProcessError: Command '['spark-submit']' died with <Signals.SIGKILL: 9>.",
      "INFO - Task exited with return code Negsignal.SIGKILL",
      "spark.service: Main process exited, code=killed, status=9/KILL",
      '/opt/spark/bin/spark-class: line 97:   123 Killed                  "${CMD[@]}"',
      "Killed",
    ],
    misses: ["exited with exit code 1373", "Stage 137 exited", "Task 7 was Killed by the user"],
  },
  {
    class: "killed-by-signal",
    hits: [
      "ERROR CoarseGrainedExecutorBackend: RECEIVED SIGNAL TERM",
      "ERROR ApplicationMaster: RECEIVED SIGNAL 15: SIGTERM",
      "Process finished with exit code 143 (interrupted by signal 15: SIGTERM)",
      "spark.service: Main process exited, code=killed, status=15/TERM",
      "ERROR StandaloneSchedulerBackend: Application has been killed. Reason: Master removed our application: KILLED",
      "SparkException: Application application_1_1 finished with killed status",
      "Terminated",
    ],
    misses: [
      "Application has been killed. Reason: All masters are unresponsive! Giving up.",
      "exited with exit code 1430",
      "Terminated 3 idle connections",
    ],
  },
];
