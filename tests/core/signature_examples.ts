/**
 * Real lines for every row of the table of signatures, and lines that only look like them.
 * @module
 */

import type { CauseClass } from "../../src/core/verdict.ts";

/** For every row, in the table's order: lines that it explains, and lines close to them that it must leave alone. */
export const EXAMPLES: readonly {
  readonly class: CauseClass;
  readonly hits: readonly string[];
  readonly misses: readonly string[];
}[] = [
  {
    class: "native-memory-oom",
    hits: ["# There is insufficient memory for the Java Runtime Environment to continue."],
    misses: ["There is insufficient memory for the broadcast"],
  },
  {
    class: "killed-by-signal",
    hits: ["#  SIGSEGV (0xb) at pc=0x00007f5c9a5ac117, pid=13195 (sent by kill), tid=13196"],
    misses: [
      "#  SIGSEGV (0xb) at pc=0x00007f5c9a5ac117, pid=13195, tid=13196",
      "SIGSEGV (0xb) at pc=0x1 (sent by kill)",
    ],
  },
  {
    class: "disk-full",
    hits: ["java.io.IOException: No space left on device"],
    misses: ["java.io.IOException: No such device"],
  },
  {
    class: "permission-denied",
    hits: ["ERROR DiskBlockManager: Failed to create any local dir."],
    misses: ["ERROR DiskBlockManager: Failed to create local dir in /data. Ignoring this directory."],
  },
  {
    class: "array-size-oom",
    hits: ["Terminating due to java.lang.OutOfMemoryError: Requested array size exceeds VM limit"],
    misses: ["java.lang.NegativeArraySizeException: Requested array size exceeds VM limit"],
  },
  {
    class: "gc-overhead",
    hits: ['Exception in thread "main" java.lang.OutOfMemoryError: GC overhead limit exceeded'],
    misses: ["WARN: GC overhead limit exceeded soon"],
  },
  {
    class: "metaspace-oom",
    hits: [
      "java.lang.OutOfMemoryError: Metaspace",
      "java.lang.OutOfMemoryError: Compressed class space",
      "#  fatal error: OutOfMemory encountered: Metaspace",
    ],
    misses: ["[gc] Metaspace: 20480K"],
  },
  {
    class: "direct-memory-oom",
    hits: [
      "java.lang.OutOfMemoryError: Direct buffer memory",
      "java.lang.OutOfMemoryError: Cannot reserve 8388608 bytes of direct buffer memory (allocated: 1, limit: 2)",
    ],
    misses: ["INFO: Cannot reserve 8388608 bytes of direct buffer memory yet"],
  },
  {
    class: "native-thread-oom",
    hits: [
      "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process limits",
      "java.lang.OutOfMemoryError: unable to create new native thread",
      "[0.5s][warning][os,thread] Failed to start thread: pthread_create failed (EAGAIN) for attributes",
    ],
    misses: ["unable to create a native thread name"],
  },
  {
    class: "native-memory-oom",
    hits: [
      "java.lang.OutOfMemoryError: Unable to allocate 8388608 bytes",
      "os::commit_memory(0x00000000e0000000, 1, 0) failed; error='Not enough space' (errno=12)",
    ],
    misses: ["os::commit_memory(0x00000000e0000000, 1, 0) failed; error='Permission' (errno=13)"],
  },
  {
    class: "heap-oom",
    hits: [
      "Terminating due to java.lang.OutOfMemoryError: Java heap space",
      "#  fatal error: OutOfMemory encountered: Java heap space",
    ],
    misses: ["py4j.protocol: Java heap space is 512 MiB"],
  },
  {
    class: "heap-oom",
    hits: [
      'Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "main"',
    ],
    misses: [
      'Exception: java.lang.NullPointerException thrown from the UncaughtExceptionHandler in thread "main"',
    ],
  },
  {
    class: "jvm-crash-native-library",
    hits: ["# C  [libnetty_transport_native_epoll.so+0x1234]  netty_epoll_wait+0x10"],
    misses: ["# V  [libjvm.so+0xe5a5b0]  Unsafe_PutLong+0x110"],
  },
  {
    class: "jvm-crash-jit-or-vm",
    hits: ["# A fatal error has been detected by the Java Runtime Environment:"],
    misses: ["Error: A fatal exception has occurred. Program will exit."],
  },
  {
    class: "stack-overflow",
    hits: ["java.lang.StackOverflowError", "Caused by: java.lang.StackOverflowError: null"],
    misses: ["see stackoverflow.com"],
  },
  {
    class: "java-version-mismatch",
    hits: [
      "java.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main",
      "Main has been compiled by a more recent version of the Java Runtime (class file version 61.0)",
    ],
    misses: ["has been compiled by a more recent version of Scala"],
  },
  {
    class: "java-version-mismatch",
    hits: [
      "java.lang.UnsupportedOperationException: getSubject is not supported",
      "UnsupportedOperationException: getSubject is supported only if a security manager is allowed",
    ],
    misses: ["java.lang.UnsupportedOperationException: getName is not supported"],
  },
  {
    class: "java-version-mismatch",
    hits: ["java.lang.module.FindException: Module jdk.incubator.vector not found"],
    misses: ["WARNING: Using incubator modules: jdk.incubator.vector"],
  },
  {
    class: "module-access-denied",
    hits: [
      'InaccessibleObjectException: Unable to make field private long java.nio.Buffer.address accessible: module java.base does not "opens java.nio"',
      "java.lang.IllegalAccessError: class org.apache.spark.storage.StorageUtils$ (in unnamed module) cannot access class sun.nio.ch.DirectBuffer",
    ],
    misses: ["java.lang.IllegalAccessException: class A cannot access a member of class B"],
  },
  {
    class: "class-version-conflict",
    hits: [
      "java.lang.NoSuchMethodError: 'scala.collection.mutable.ArrayOps scala.Predef$.refArrayOps(java.lang.Object[])'",
      "java.lang.NoSuchFieldError: INSTANCE",
      "java.lang.AbstractMethodError: Receiver class does not define or inherit an implementation",
      "java.lang.IncompatibleClassChangeError: Found class, but interface was expected",
    ],
    misses: ["java.lang.NoSuchMethodException: Main.main([Ljava.lang.String;)"],
  },
  {
    class: "heap-exceeds-machine",
    hits: [
      "Could not reserve enough space for 4194304KB object heap",
      "Could not reserve enough space for 4194304 KB object heap",
      "Could not reserve enough space for code cache (245760K)",
    ],
    misses: ["Could not reserve enough space for the table"],
  },
  {
    class: "heap-exceeds-machine",
    hits: ["Could not allocate compressed class space: 1073741824 bytes"],
    misses: ["Could not allocate container: 1073741824 bytes"],
  },
  {
    class: "port-bind-failed",
    hits: [
      "ERROR SparkUI: Failed to bind SparkUI",
      "java.rmi.server.ExportException: Port already in use: 9010; nested exception is:",
      "ERROR: transport error 202: bind failed: Address already in use",
    ],
    misses: ["WARN Utils: Service 'SparkUI' could not bind on port 4040. Attempting port 4041."],
  },
  {
    class: "invalid-jvm-option",
    hits: [
      "Invalid maximum heap size: -Xmx1.5g",
      "Invalid initial heap size: -Xms3x",
      "Initial heap size set to a larger value than the maximum heap size",
      "Too small maximum heap",
      "Unrecognized VM option 'NoSuchFlag'",
      "Unrecognized option: -nosuch",
      "Improperly specified VM option 'MaxMetaspaceSize=zz'",
      "double MaxRAMPercentage=150.000000 is outside the allowed range [ 0.000000 ... 100.000000 ]",
      "Multiple garbage collectors selected",
      "Conflicting collector combinations in option list; please refer to the release notes",
      "The Java thread stack size specified is too small. Specify at least 136k",
      "Invalid -Xlog option '-Xlog:gc:file=/nowhere/gc.log', see error log for details.",
      "Error opening zip file or JAR manifest missing : agent.jar",
      "JDWP exit error AGENT_ERROR_TRANSPORT_INIT(197): No transports initialized",
      "GC triggered before VM initialization completed. Try increasing NewSize, current value 1331K.",
      "Error: Not allowed to specify max heap(Xmx) memory settings through java options (was -Xmx2g).",
    ],
    misses: [
      "Error: Unrecognized option: --nosuch",
      "Error: Could not create the Java Virtual Machine.",
    ],
  },
  {
    class: "port-bind-failed",
    hits: [
      "ERROR PythonGatewayServer: GatewayServer failed to bind; exiting",
      "py4j.Py4JNetworkException: java.net.ConnectException",
      "Caused by: java.net.BindException: Address already in use (Bind failed)",
    ],
    misses: ["java.net.ConnectException: Connection refused"],
  },
  {
    class: "dependency-resolution-failed",
    hits: [
      "		::          UNRESOLVED DEPENDENCIES         ::",
      'Exception in thread "main" java.lang.RuntimeException: [unresolved dependency: com.nosuch#thing;1.0: not found]',
      "	Server access error at url https://example.org/a.pom (java.net.UnknownHostException: example.org)",
      "java.lang.RuntimeException: [download failed: org.example#a;1.0!a.jar]",
    ],
    misses: ["com.nosuch#thing added as a dependency"],
  },
  {
    class: "hostname-resolution-failed",
    hits: ["Caused by: java.net.UnknownHostException: no.such.host: Name or service not known"],
    misses: ["WARN Utils: Your hostname, vm resolves to a loopback address: 127.0.0.1"],
  },
  {
    class: "class-missing",
    hits: [
      "Error: Could not find or load main class org.apache.spark.launcher.Main",
      "Failed to find Spark jars directory (/opt/spark/assembly/target/scala-2.12/jars).",
      "Error: Failed to load class no.such.Main.",
    ],
    misses: ['SLF4J: Failed to load class "org.slf4j.impl.StaticLoggerBinder".'],
  },
  {
    class: "java-missing",
    hits: [
      "JAVA_HOME is not set",
      "/opt/spark/bin/spark-class: line 71: /nowhere/bin/java: No such file or directory",
      "/opt/spark/bin/spark-class: line 71: /nowhere/bin/java: Permission denied",
      "/opt/java/bin/java: cannot execute binary file: Exec format error",
    ],
    misses: ["JAVA_HOME is /opt/java"],
  },
  {
    class: "bad-spark-config",
    hits: [
      "Error: Unrecognized option: --nosuch",
      "Error: Missing application resource.",
      "Error: Invalid argument to --conf: spark.foo",
      'Exception in thread "main" org.apache.spark.SparkException: Driver cores must be a positive number',
      "org.apache.spark.SparkException: Master must either be yarn or start with spark, k8s, or local",
      "org.apache.spark.SparkException: Could not parse Master URL: 'foo'",
      "When running with master 'yarn' either HADOOP_CONF_DIR or YARN_CONF_DIR must be set in the environment.",
      "Error: Invalid properties file '/nonexistent'.",
      "org.apache.spark.SparkException: Spark config without '=': spark.foo",
      "Error: Cluster deploy mode is not applicable to Spark shells.",
      "requirement failed: Provided Maven Coordinates must be in the form 'groupId:artifactId:version'.",
      'Exception in thread "main" java.lang.IllegalArgumentException: basedir must be absolute: ?/.ivy2/local',
    ],
    misses: ["WARN: the number of cores must be a positive number", "Error: Unrecognized token"],
  },
  {
    class: "permission-denied",
    hits: [
      "java.io.FileNotFoundException: /data/x (Permission denied)",
      "java.nio.file.AccessDeniedException: /data",
    ],
    misses: ["Permission was granted"],
  },
];
