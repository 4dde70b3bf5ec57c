/**
 * Deaths and failed starts as HotSpot 8 to 25 and Spark 3.5 and 4.3 were seen to leave them.
 * @module
 */

import type { DeathEvidence } from "../../src/core/diagnosis/exit_cause.ts";
import type { CauseClass, ExitStatus, Verdict } from "../../src/core/verdict.ts";

/** What a gateway leaves besides its exit status. */
export interface Remains {
  readonly out?: readonly string[];
  readonly err?: readonly string[];
  readonly wasReady?: boolean;
  readonly intent?: DeathEvidence["intent"];
  readonly oomKills?: DeathEvidence["oomKills"];
}

/** An exit that is no signal death. */
export function code(number: number): ExitStatus {
  return { code: number, signal: null };
}

/** As Deno reports a death by signal 9. */
export const SIGKILL: ExitStatus = { code: 137, signal: "SIGKILL" };
const SIGABRT: ExitStatus = { code: 134, signal: "SIGABRT" };

const OOM = "java.lang.OutOfMemoryError: ";
const TASK = "ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)";
const UNCAUGHT =
  "ERROR SparkUncaughtExceptionHandler: Uncaught exception in thread Thread[Executor task launch]";
const NO_JVM = [
  "Error: Could not create the Java Virtual Machine.",
  "Error: A fatal exception has occurred.",
];
const INIT = "Error occurred during initialization of VM";
const BANNER = ["#", "# A fatal error has been detected by the Java Runtime Environment:", "#"];

/** A death and what it was. */
export interface Row extends Remains {
  readonly exit: ExitStatus;
  readonly is: CauseClass;
  readonly sure: Verdict["confidence"];
}

/** Deaths as they were seen on HotSpot 8 to 25 and Spark 3.5 and 4.3. */
export const DEATHS: Readonly<Record<string, Row>> = {
  "heap, ExitOnOutOfMemoryError": {
    exit: code(3),
    out: [`Terminating due to ${OOM}Java heap space`],
    is: "heap-oom",
    sure: "certain",
  },
  "metaspace, ExitOnOutOfMemoryError": {
    exit: code(3),
    out: [`Terminating due to ${OOM}Metaspace`],
    err: [`Exception in thread "dag-scheduler-event-loop" ${OOM}Metaspace`],
    is: "metaspace-oom",
    sure: "certain",
  },
  "heap, CrashOnOutOfMemoryError": {
    exit: SIGABRT,
    out: [
      `Aborting due to ${OOM}Java heap space`,
      ...BANNER,
      "#  Internal Error (debug.cpp:362), pid=19227, tid=19228",
      "#  fatal error: OutOfMemory encountered: Java heap space",
    ],
    is: "heap-oom",
    sure: "certain",
  },
  "metaspace, CrashOnOutOfMemoryError": {
    exit: SIGABRT,
    out: [
      `Aborting due to ${OOM}Metaspace`,
      ...BANNER,
      "#  fatal error: OutOfMemory encountered: Metaspace",
    ],
    is: "metaspace-oom",
    sure: "certain",
  },
  "heap in a task": {
    exit: code(52),
    err: [TASK, `${OOM}Java heap space`, UNCAUGHT, `${OOM}Java heap space`],
    is: "heap-oom",
    sure: "certain",
  },
  "threads in a task": {
    exit: code(52),
    err: [TASK, `${OOM}unable to create native thread: possibly out of memory or process/resource limits`],
    is: "native-thread-oom",
    sure: "certain",
  },
  "stack in a task": {
    exit: code(50),
    err: [TASK, "java.lang.StackOverflowError", UNCAUGHT, "java.lang.StackOverflowError"],
    is: "stack-overflow",
    sure: "certain",
  },
  "a full disk, which Spark calls out of memory": {
    exit: code(52),
    err: [
      "org.apache.spark.memory.SparkOutOfMemoryError: error while calling spill(): No space left on device",
      `${OOM}Java heap space`,
    ],
    is: "disk-full",
    sure: "certain",
  },
  "no usable spark.local.dir": {
    exit: code(53),
    err: ["ERROR DiskBlockManager: Failed to create any local dir."],
    is: "permission-denied",
    sure: "certain",
  },
  "all ports of the user interface taken": {
    exit: code(1),
    err: [
      "WARN Utils: Service 'SparkUI' could not bind on port 4056. Attempting port 4057.",
      "ERROR SparkUI: Failed to bind SparkUI",
      "java.net.BindException: Address already in use: Service 'SparkUI' failed after 16 retries",
    ],
    is: "port-bind-failed",
    sure: "likely",
  },
  "native memory": {
    exit: code(1),
    out: [
      "#",
      "# There is insufficient memory for the Java Runtime Environment to continue.",
      "# Native memory allocation (mmap) failed to map 32212254720 bytes for committing reserved memory.",
    ],
    err: ["os::commit_memory(0x1, 32212254720, 0) failed; error='Not enough space' (errno=12)"],
    is: "native-memory-oom",
    sure: "certain",
  },
  "a crash in native code, after a heap error that was survived": {
    exit: SIGABRT,
    out: [
      ...BANNER,
      "#  SIGSEGV (0xb) at pc=0x00007f0d, pid=77, tid=78",
      "# Problematic frame:",
      "# C  [libfoo.so+0x1234]  foo+0x10",
    ],
    err: [`Exception in thread "Thread-4" ${OOM}Java heap space`],
    is: "jvm-crash-native-library",
    sure: "certain",
  },
  "a crash in the VM": {
    exit: SIGABRT,
    out: [...BANNER, "# Problematic frame:", "# V  [libjvm.so+0xe5a5b0]  Unsafe_PutLong+0x110"],
    is: "jvm-crash-jit-or-vm",
    sure: "certain",
  },
  "a crash without core dump": { exit: code(1), out: BANNER, is: "jvm-crash-jit-or-vm", sure: "certain" },
  "SIGSEGV from outside": {
    exit: SIGABRT,
    out: [...BANNER, "#  SIGSEGV (0xb) at pc=0x00007f5c (sent by kill), pid=13195, tid=13196"],
    is: "killed-by-signal",
    sure: "certain",
  },
  "SIGABRT from outside": { exit: SIGABRT, is: "killed-by-signal", sure: "unsure" },
  "SIGTERM before HotSpot handles it": {
    exit: { code: 143, signal: "SIGTERM" },
    is: "killed-by-signal",
    sure: "certain",
  },
  "a handled SIGTERM": { exit: code(143), is: "killed-by-signal", sure: "likely" },
  "a handled SIGINT": { exit: code(130), is: "killed-by-signal", sure: "likely" },
  "a handled SIGHUP": { exit: code(129), is: "killed-by-signal", sure: "likely" },
  "OnOutOfMemoryError='kill %p'": {
    exit: code(143),
    out: ["#", `# java.lang.OutOfMemoryError: Java heap space`, '# -XX:OnOutOfMemoryError="kill %p"'],
    is: "heap-oom",
    sure: "certain",
  },
  "a heap error of JDK 21, whose reason is lost": {
    exit: code(1),
    err: ['Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "main"'],
    is: "heap-oom",
    sure: "likely",
  },
  "System.exit(3)": { exit: code(3), is: "unknown", sure: "unsure" },
  "the end of standard input": { exit: code(0), is: "clean-exit", sure: "certain" },
  "the end of standard input, after errors that were survived": {
    exit: code(0),
    err: [`Exception in thread "Spark Context Cleaner" ${OOM}Java heap space`],
    is: "clean-exit",
    sure: "certain",
  },
  "an end before it began": { exit: code(0), wasReady: false, is: "unknown", sure: "unsure" },
  "System.exit(1)": { exit: code(1), is: "unknown", sure: "unsure" },
};

/** Starts that failed, as the launcher, the JVM and SparkSubmit told of them; each exit code 1 unless said. */
export const STARTS: Readonly<
  Record<string, Remains & { readonly is: CauseClass; readonly exit?: ExitStatus }>
> = {
  "--driver-memory 1.5g": {
    err: ["Invalid maximum heap size: -Xmx1.5g", ...NO_JVM],
    is: "invalid-jvm-option",
  },
  "--driver-memory 1m": { out: [INIT, "Too small maximum heap"], is: "invalid-jvm-option" },
  "-Xmx in extraJavaOptions": {
    err: ["Error: Not allowed to specify max heap(Xmx) memory settings through java options (was -Xmx2g)."],
    is: "invalid-jvm-option",
  },
  "a bad value": {
    err: ["Improperly specified VM option 'MaxMetaspaceSize=zz'", ...NO_JVM],
    is: "invalid-jvm-option",
  },
  "ulimit -v": {
    out: [INIT, "Could not reserve enough space for 4194304KB object heap"],
    is: "heap-exceeds-machine",
  },
  "a debugger's port taken": {
    exit: code(2),
    err: [
      "ERROR: transport error 202: bind failed: Address already in use",
      "ERROR: JDWP Transport dt_socket failed to initialize, TRANSPORT_INIT(510)",
      "JDWP exit error AGENT_ERROR_TRANSPORT_INIT(197): No transports initialized",
    ],
    is: "port-bind-failed",
  },
  "a module that is missing": {
    out: [
      "Error occurred during initialization of boot layer",
      "java.lang.module.FindException: Module jdk.incubator.vector not found",
    ],
    is: "java-version-mismatch",
  },
  "Java too old": {
    err: [
      "Error: LinkageError occurred while loading main class org.apache.spark.launcher.Main",
      "java.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main has been compiled by a more " +
      "recent version of the Java Runtime (class file version 61.0)",
    ],
    is: "java-version-mismatch",
  },
  "--master foo://x": {
    err: [
      'Exception in thread "main" org.apache.spark.SparkException: Master must either be yarn or start with',
    ],
    is: "bad-spark-config",
  },
  "--master yarn": {
    err: [
      "SparkException: When running with master 'yarn' either HADOOP_CONF_DIR or YARN_CONF_DIR must be set",
    ],
    is: "bad-spark-config",
  },
  "--nosuch": {
    err: ["Error: Unrecognized option: --nosuch", "", "Usage: spark-submit [options] <app jar>"],
    is: "bad-spark-config",
  },
  "--conf spark.foo": { err: ["Error: Invalid argument to --conf: spark.foo"], is: "bad-spark-config" },
  "--packages without network": {
    out: [":: loading settings :: url = jar:file:/opt/spark/jars/ivy-2.5.1.jar!/ivysettings.xml"],
    err: [
      "You probably access the destination server through a proxy server that is not well configured.",
      "		module not found: com.nosuch#thing;1.0",
      "		::          UNRESOLVED DEPENDENCIES         ::",
      "		:: com.nosuch#thing;1.0: not found",
    ],
    is: "dependency-resolution-failed",
  },
  "JAVA_HOME that names nothing": {
    err: [
      "spark-class: line 71: /nowhere/bin/java: No such file or directory",
      "spark-class: line 96: CMD: bad array subscript",
    ],
    is: "java-missing",
  },
  "SPARK_LOCAL_IP that names nothing": {
    err: [
      'Exception in thread "main" java.lang.ExceptionInInitializerError',
      "Caused by: java.net.UnknownHostException: no.such.host: Name or service not known",
    ],
    is: "hostname-resolution-failed",
  },
};
