/**
 * Of what does a gateway die while it runs, and what has to be said of each?
 * @module
 */

import { canLimit, ControlGroup } from "./control_group.ts";
import {
  conf,
  type Death,
  dies,
  DUMPS,
  EVERYWHERE,
  faults,
  type Ground,
  javaOptions,
  type Run,
} from "./deaths.ts";

/** A port that somebody has. */
function takenPort({ stack }: Ground): Run {
  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  stack.defer(() => listener.close());
  const { port } = listener.addr;
  return { flags: conf(`spark.ui.port=${port}`, "spark.port.maxRetries=0"), command: dies("context") };
}

function fewThreads({ stack }: Ground): Run {
  const group = stack.use(new ControlGroup("pids", null));
  return { command: dies("threads", group.path) };
}

function littleMemory({ stack }: Ground): Run {
  const group = stack.use(new ControlGroup("memory", 900 * 2 ** 20));
  return { flags: conf("spark.driver.memory=2g"), command: faults("heap-oom-call"), group };
}

/** The table. */
export const RUNNING_DEATHS: readonly Death[] = [
  {
    kind: "kill -9",
    run: { command: dies("kill", "SIGKILL") },
    on: EVERYWHERE,
    exit: "signal SIGKILL",
    is: "killed-by-signal",
    confidence: "certain",
    says: /no out-of-memory kill was counted/,
    kept: ["hsperfdata"],
  },
  {
    kind: "SIGSEGV from outside",
    run: { command: dies("kill", "SIGSEGV") },
    on: ["old", "newest Java"],
    exit: "signal SIGABRT",
    is: "killed-by-signal",
    confidence: "certain",
    says: /\(SI_USER\), si_pid: \d+/,
    kept: ["hs_err.log"],
  },
  {
    kind: "SIGUSR2, which HotSpot keeps for itself",
    run: { command: dies("kill", "SIGUSR2") },
    exit: "signal SIGABRT",
    is: "killed-by-signal",
    confidence: "likely",
    says: /SR_handler/,
    kept: ["hs_err.log"],
  },
  {
    kind: "SIGABRT from outside",
    run: { command: dies("kill", "SIGABRT") },
    exit: "signal SIGABRT",
    is: "killed-by-signal",
  },
  {
    kind: "SIGTERM from outside",
    run: { command: dies("kill", "SIGTERM") },
    on: ["old", "new"],
    exit: "exit code 143",
    is: "killed-by-signal",
    confidence: "likely",
  },
  {
    kind: "System.exit(0)",
    run: { command: dies("system-exit", "0") },
    exit: "exit code 0",
    is: "clean-exit",
    confidence: "certain",
  },
  {
    kind: "System.exit(3), the code of an OutOfMemoryError",
    run: { command: dies("system-exit", "3") },
    exit: "exit code 3",
    is: "unknown",
    confidence: "unsure",
  },
  {
    kind: "System.exit(3) after an OutOfMemoryError that was caught and told",
    run: { command: dies("system-exit-later", "3") },
    exit: "exit code 3",
    is: "unknown",
    confidence: "unsure",
  },
  {
    kind: "Runtime.halt(7)",
    run: { command: dies("halt", "7") },
    exit: "exit code 7",
    is: "unknown",
    confidence: "unsure",
  },
  {
    kind: "heap full in a call",
    run: { flags: ["--heap", "512m"], command: faults("heap-oom-call") },
    on: EVERYWHERE,
    exit: "exit code 3",
    is: "heap-oom",
    confidence: "certain",
    says: /^Terminating due to java\.lang\.OutOfMemoryError: Java heap space/,
    kept: ["hsperfdata"],
  },
  {
    kind: "heap full in a task",
    run: { flags: ["--heap", "512m"], command: faults("heap-oom-task") },
    exit: "exit code 3",
    is: "heap-oom",
    confidence: "certain",
    says: /^Terminating due to java\.lang\.OutOfMemoryError: Java heap space/,
  },
  {
    kind: "heap full where the user wants a crash of it",
    run: {
      flags: ["--heap", "512m", ...javaOptions("-XX:+CrashOnOutOfMemoryError")],
      command: faults("heap-oom-call"),
    },
    exit: "signal SIGABRT",
    is: "heap-oom",
    confidence: "certain",
    says: /OutOfMemory encountered: Java heap space/,
    kept: ["hs_err.log"],
  },
  {
    kind: "no room for classes",
    run: { flags: javaOptions("-XX:MaxMetaspaceSize=96m"), command: dies("classes") },
    on: ["old", "newest Java"],
    exit: "exit code 3",
    is: "metaspace-oom",
    confidence: "certain",
    says: /OutOfMemoryError: Metaspace/,
  },
  {
    kind: "an array of more than two billion elements",
    run: { command: dies("array-size") },
    exit: "exit code 3",
    is: "array-size-oom",
    confidence: "certain",
    says: /Requested array size exceeds VM limit/,
  },
  {
    kind: "no direct memory in a task",
    run: { command: dies("direct-memory") },
    on: ["old", "new"],
    // What wraps the error hides it from the handler of 3.5, not from that of 4.3.
    exit: { old: "exit code 50", new: "exit code 52" },
    is: "direct-memory-oom",
    says: /Cannot reserve 1000000000 bytes of direct buffer memory/,
  },
  {
    kind: "no more threads",
    run: fewThreads,
    possible: () => canLimit("pids"),
    outlived: true,
    exit: "exit code 143",
    is: "native-thread-oom",
    confidence: "certain",
    says: /unable to create native thread/,
    kept: DUMPS,
  },
  {
    kind: "no more address space",
    run: { command: dies("address-space") },
    on: ["old", "newest Java"],
    exit: "exit code 1",
    is: "native-memory-oom",
    confidence: "certain",
    says: /Native memory allocation \(malloc\) failed/,
    kept: ["hs_err.log"],
  },
  {
    kind: "killed in a container without memory",
    run: littleMemory,
    possible: () => canLimit("memory"),
    exit: "signal SIGKILL",
    is: "killed-by-oom-killer",
    confidence: "certain",
    says: /oom_kill counter grew/,
    kept: ["hsperfdata"],
  },
  {
    kind: "a crash in the JVM",
    run: { command: dies("write-nowhere") },
    on: EVERYWHERE,
    exit: "signal SIGABRT",
    is: "jvm-crash-jit-or-vm",
    confidence: "certain",
    says: /Unsafe_PutLong/,
    kept: ["hs_err.log"],
  },
  {
    kind: "a crash in a native library",
    run: { command: dies("read-nowhere") },
    on: ["old", "new"],
    exit: "signal SIGABRT",
    is: "jvm-crash-native-library",
    confidence: "certain",
    says: /# C {2}\[libzstd-jni/,
    kept: ["hs_err.log"],
  },
  {
    kind: "a heap of C that native code has damaged",
    run: { command: dies("free-amiss") },
    exit: "signal SIGABRT",
    is: "jvm-crash-native-library",
    says: /free\(\): invalid pointer/,
  },
  {
    kind: "a stack too deep in a task",
    run: { command: dies("regex") },
    on: ["old", "new"],
    exit: "exit code 50",
    is: "stack-overflow",
    says: /java\.lang\.StackOverflowError/,
  },
  {
    kind: "local folders that cannot be made",
    run: { flags: conf("spark.local.dir=/dev/null/below"), command: dies("context") },
    on: ["old", "new"],
    exit: "exit code 53",
    is: "permission-denied",
    says: /Failed to create any local dir/,
  },
  {
    kind: "the port of Spark's UI taken",
    run: takenPort,
    exit: "exit code 1",
    is: "port-bind-failed",
    confidence: "certain",
    says: /Failed to bind SparkUI/,
  },
];
