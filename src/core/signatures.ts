/**
 * Which text of a dying JVM means what: one table, highest precedence first. The texts are those of HotSpot 8
 * to 25, Spark's launcher and scripts, SparkSubmit 3.2 to 4.3 and Ivy.
 * @module
 */

import type { CauseClass } from "./verdict.ts";

/** One row: a text and what it means. */
export interface Signature {
  readonly class: CauseClass;
  readonly pattern: RegExp;
  readonly summary: string;
  readonly remedy: string;
  /** Only believed while the gateway has never been ready: in a running job the same words are the job's. */
  readonly atStart?: true;
}

/** As Java throws it and ExitOnOutOfMemoryError repeats it, and as CrashOnOutOfMemoryError's banner has it. */
const OOM = "(?:java\\.lang\\.OutOfMemoryError|fatal error: OutOfMemory encountered): ";

/** The table. The first row with a matching line decides. */
export const SIGNATURES: readonly Signature[] = [
  {
    class: "native-memory-oom",
    pattern: /There is insufficient memory for the Java Runtime Environment to continue/,
    summary: "The JVM could not get memory from the operating system.",
    remedy:
      "The machine or container is short of memory outside the heap: a smaller heap leaves more for it.",
  },
  {
    class: "killed-by-signal",
    pattern: /^#\s+SIG[A-Z]+ \(0x[0-9a-f]+\) at pc=.*\(sent by kill\)/,
    summary: "Another process sent the JVM a fatal signal.",
    remedy: "Find out who sent it: the error report names the sender. No memory setting was changed.",
  },
  // Spark wraps a full disk as SparkOutOfMemoryError, so the disk's text comes before every memory text.
  {
    class: "disk-full",
    pattern: /No space left on device/,
    summary: "A disk is full.",
    remedy: "Free space, or point spark.local.dir and the temporary folder at a larger disk.",
  },
  {
    class: "permission-denied",
    pattern: /Failed to create any local dir/,
    summary: "Spark could not create any of its local folders.",
    remedy: "Make spark.local.dir (or SPARK_LOCAL_DIRS) name a folder this user may write to.",
  },
  {
    class: "array-size-oom",
    pattern: new RegExp(`${OOM}Requested array size exceeds VM limit`),
    summary: "The program asked for one array of more than two billion elements.",
    remedy: "More memory does not help: split the value, or collect less at once.",
  },
  {
    class: "gc-overhead",
    pattern: new RegExp(`${OOM}GC overhead limit exceeded`),
    summary: "The JVM spent nearly all its time collecting garbage: its heap is too small.",
    remedy: "A larger heap, fewer parallel tasks or less collected data helps.",
  },
  {
    class: "metaspace-oom",
    pattern: new RegExp(`${OOM}(?:Metaspace|Compressed class space)`),
    summary: "The JVM ran out of room for classes.",
    remedy: "Raise or remove -XX:MaxMetaspaceSize in the driver's Java options.",
  },
  {
    class: "direct-memory-oom",
    pattern: new RegExp(`${OOM}(?:Direct buffer memory|Cannot reserve \\d+ bytes of direct buffer memory)`),
    summary: "The JVM ran out of direct (off-heap) buffer memory.",
    remedy: "Raise -XX:MaxDirectMemorySize, or read fewer and smaller blocks at once.",
  },
  {
    class: "native-thread-oom",
    pattern: /unable to create (?:new )?native thread|pthread_create failed \(EAGAIN\)/,
    summary: "The JVM could not start another thread.",
    remedy: "Raise the limit on processes (ulimit -u, pids.max, TasksMax=): memory settings do not help.",
  },
  {
    class: "native-memory-oom",
    pattern: new RegExp(`${OOM}Unable to allocate \\d+ bytes|os::commit_memory\\(.*errno=12`),
    summary: "The JVM could not get native memory from the operating system.",
    remedy:
      "The machine or container is short of memory outside the heap: a smaller heap leaves more for it.",
  },
  {
    class: "heap-oom",
    pattern: new RegExp(`${OOM}Java heap space`),
    summary: "The JVM ran out of heap.",
    remedy: "A larger heap, fewer parallel tasks or less collected data helps.",
  },
  {
    // JDK 21 and 25 lose the reason when the handler itself has no memory left.
    class: "heap-oom",
    pattern: /java\.lang\.OutOfMemoryError thrown from the UncaughtExceptionHandler/,
    summary: "The JVM ran out of memory, most likely heap.",
    remedy: "A larger heap, fewer parallel tasks or less collected data helps.",
  },
  // After the memory texts, because CrashOnOutOfMemoryError ends in the same banner. Last words are asked by
  // themselves first, so a memory error that was survived does not hide a crash.
  {
    class: "jvm-crash-native-library",
    pattern: /^# C\s+\[/,
    summary: "Native code called by the JVM crashed.",
    remedy: "Update the library named in the problematic frame, or take it off the class path.",
  },
  {
    class: "jvm-crash-jit-or-vm",
    pattern: /A fatal error has been detected by the Java Runtime Environment/,
    summary: "The JVM crashed.",
    remedy: "If it happens again, try a newer patch release of the same Java version.",
  },
  {
    // In a task it ends the whole gateway (SparkUncaughtExceptionHandler; measured on 3.5.7 and 4.3.0).
    class: "stack-overflow",
    pattern: /java\.lang\.StackOverflowError/,
    summary: "A thread ran out of stack: something is nested or recurses too deeply.",
    remedy: "Raise -Xss in spark.driver.extraJavaOptions, or nest less: a checkpoint cuts a long lineage.",
  },
  {
    class: "java-version-mismatch",
    pattern: /UnsupportedClassVersionError|has been compiled by a more recent version of the Java Runtime/,
    summary: "This Java is too old for this Spark.",
    remedy: "Spark 4 needs Java 17 or 21, Spark 3.5 Java 8, 11 or 17. Name another one with --java-home.",
    atStart: true,
  },
  {
    class: "java-version-mismatch",
    pattern: /getSubject is (?:not supported|supported only if a security manager is allowed)/,
    summary: "This Java is too new for the Hadoop client of this Spark.",
    remedy: "Use Java 17 or 21: name it with --java-home.",
    atStart: true,
  },
  {
    class: "java-version-mismatch",
    pattern: /java\.lang\.module\.FindException: Module (\S+) not found/,
    summary: "This Java runtime lacks a module that Spark asks for.",
    remedy: "Use a complete JDK: name it with --java-home.",
    atStart: true,
  },
  {
    class: "module-access-denied",
    pattern: /InaccessibleObjectException: Unable to make|IllegalAccessError: class .* cannot access class/,
    summary: "Java's module system keeps Spark from a class it needs.",
    remedy:
      "Use the Java this Spark is made for, or open the package named in the evidence with --add-opens.",
    atStart: true,
  },
  {
    class: "class-version-conflict",
    pattern: /java\.lang\.(?:NoSuch(?:Method|Field)|AbstractMethod|IncompatibleClassChange)Error/,
    summary: "The class path holds two versions of one library, or one made for another Scala.",
    remedy: "Take the jar that does not fit out of spark.jars, spark.jars.packages or the extra class path.",
    atStart: true,
  },
  {
    class: "heap-exceeds-machine",
    pattern: /Could not reserve enough space for (?:\d+ ?KB object heap|code cache)/,
    summary: "The operating system would not reserve that much memory.",
    remedy: "Choose a smaller heap, or raise the address-space limit (ulimit -v).",
    atStart: true,
  },
  {
    class: "heap-exceeds-machine",
    pattern: /Could not allocate compressed class space/,
    summary: "The operating system would not reserve the JVM's class space.",
    remedy: "Raise the address-space limit (ulimit -v).",
    atStart: true,
  },
  // A debugger agent that finds its port taken ends with "JDWP exit error" too.
  {
    class: "port-bind-failed",
    pattern: /Failed to bind SparkUI|Port already in use: \d+|bind failed: Address already in use/,
    summary: "A port the gateway wants is taken.",
    remedy: "Use --conf spark.ui.port=0, or give each JVM a port of its own.",
  },
  {
    class: "invalid-jvm-option",
    pattern: new RegExp(
      [
        "Invalid (?:maximum|initial) heap size",
        "Initial heap size set to a larger value than the maximum heap size",
        "Too small maximum heap",
        // Spark's own complaint begins with "Error: ".
        "^Unrecognized (?:VM )?option",
        "Improperly specified VM option",
        "is outside the allowed range",
        "(?:Multiple garbage collectors selected|Conflicting collector combinations)",
        "The Java thread stack size specified is too small",
        "Invalid -Xlog option",
        "Error opening zip file or JAR manifest missing",
        "JDWP exit error",
        "GC triggered before VM initialization completed",
        "Not allowed to specify max heap\\(Xmx\\) memory settings through java options",
      ].join("|"),
    ),
    summary: "The JVM does not accept one of its options.",
    remedy:
      "Correct the option named in the evidence: in spark.driver.extraJavaOptions, spark-defaults.conf, " +
      "conf/java-opts or JAVA_TOOL_OPTIONS.",
    atStart: true,
  },
  {
    class: "port-bind-failed",
    pattern: /failed to bind; exiting|py4j\.Py4JNetworkException|java\.net\.BindException/,
    summary: "The gateway could not open its own port.",
    remedy: "Check the loopback interface and the limits on ports, then try again.",
    atStart: true,
  },
  // An unreachable repository may be told as an unknown host.
  {
    class: "dependency-resolution-failed",
    pattern: /UNRESOLVED DEPENDENCIES|unresolved dependency: |Server access error at url|download failed: /,
    summary: "A package given with --packages could not be found or fetched.",
    remedy: "Check its coordinates (group:artifact:version), the network and the repositories.",
    atStart: true,
  },
  {
    class: "hostname-resolution-failed",
    pattern: /java\.net\.UnknownHostException/,
    summary: "The machine's own host name cannot be resolved.",
    remedy: "Add it to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1.",
    atStart: true,
  },
  {
    class: "class-missing",
    pattern:
      /Could not find or load main class|Failed to find Spark jars directory|Error: Failed to load class/,
    summary: "Spark's own classes cannot be found.",
    remedy: "SPARK_HOME names an incomplete Spark: install it again, or name another one with --spark-home.",
    atStart: true,
  },
  {
    class: "java-missing",
    // The words of bash, then those of the daemon itself.
    pattern: new RegExp(
      [
        "JAVA_HOME is not set",
        "bin/java: (?:No such file or directory|Permission denied|cannot execute)",
        "Could not start .*bin/java: (?:there is no such program|it is not a program)",
      ].join("|"),
    ),
    summary: "Java cannot be started.",
    remedy: "Install Java 17, or name it with --java-home.",
    atStart: true,
  },
  {
    class: "bad-spark-config",
    pattern: new RegExp(
      [
        "Error: (?:Unrecognized option|Missing application resource|Invalid argument to)",
        "SparkException: .* must be a positive number",
        "Master must either be yarn or start with",
        "Could not parse Master URL",
        "either HADOOP_CONF_DIR or YARN_CONF_DIR must be set",
        "Invalid properties file",
        "Spark config without '='",
        "Cluster deploy mode is not applicable",
        "Provided Maven Coordinates must be in the form",
        'Exception in thread "main" java\\.lang\\.IllegalArgumentException',
      ].join("|"),
    ),
    summary: "Spark does not accept its configuration.",
    remedy: "Correct the setting named in the evidence, in --conf or spark-defaults.conf.",
    atStart: true,
  },
  {
    class: "permission-denied",
    pattern: /Permission denied|AccessDeniedException/,
    summary: "The gateway may not read or write something it needs.",
    remedy: "Give this user the permission named in the evidence.",
    atStart: true,
  },
];
