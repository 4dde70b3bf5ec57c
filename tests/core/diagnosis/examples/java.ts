/**
 * Real lines for the rows of `java_signatures.ts`, and lines that only look like them.
 * @module
 */

import type { Example } from "./example.ts";

/** For `JAVA_FIT`. */
export const JAVA_FIT_EXAMPLES: readonly Example[] = [
  {
    class: "java-version-mismatch",
    hits: [
      "java.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main",
      "Main has been compiled by a more recent version of the Java Runtime (class file version 61.0)",
      "java.lang.UnsupportedClassVersionError: a/B : Unsupported major.minor version 52.0",
    ],
    misses: ["has been compiled by a more recent version of Scala"],
  },
  {
    class: "java-version-mismatch",
    hits: [
      "java.lang.UnsupportedOperationException: getSubject is not supported",
      "UnsupportedOperationException: getSubject is supported only if a security manager is allowed",
      "java.lang.Error: A command line option has attempted to enable it. Enabling a Security Manager is not supported.",
      "scala.reflect.internal.MissingRequirementError: object java.lang.Object in compiler mirror not found.",
      ": java.lang.IllegalArgumentException: Unsupported class file major version 61",
      ": java.lang.ClassCastException: class jdk.internal.loader.ClassLoaders$AppClassLoader cannot be cast to class java.net.URLClassLoader",
    ],
    misses: ["java.lang.UnsupportedOperationException: getName is not supported"],
  },
  {
    class: "java-version-mismatch",
    hits: ["Caused by: java.lang.StringIndexOutOfBoundsException: begin 0, end 3, length 2"],
    misses: ["java.lang.StringIndexOutOfBoundsException: begin 0, end 3, length 20"],
  },
  {
    class: "java-version-mismatch",
    hits: [
      "java.lang.module.FindException: Module jdk.incubator.vector not found",
      "java.lang.module.FindException: Module java.xml.bind not found",
    ],
    misses: [
      "java.lang.module.FindException: Module javas.thing not found",
      "WARNING: Using incubator modules: jdk.incubator.vector",
    ],
  },
  {
    class: "module-access-denied",
    hits: [
      'InaccessibleObjectException: Unable to make field private long java.nio.Buffer.address accessible: module java.base does not "opens java.nio"',
      "java.lang.IllegalAccessError: class org.apache.spark.storage.StorageUtils$ (in unnamed module) cannot access class sun.nio.ch.DirectBuffer",
      "java.lang.NoClassDefFoundError: Could not initialize class org.apache.spark.storage.StorageUtils$",
      "java.lang.UnsupportedOperationException: sun.misc.Unsafe or java.nio.DirectByteBuffer.<init>(long, int) not available",
    ],
    misses: ["java.lang.IllegalAccessException: class A cannot access a member of class B"],
  },
];

/** For `JAVA_OPTIONS`. */
export const JAVA_OPTION_EXAMPLES: readonly Example[] = [
  {
    class: "heap-exceeds-machine",
    hits: [
      "Could not reserve enough space for 4194304KB object heap",
      "Could not reserve enough space for 4194304 KB object heap",
      "Could not reserve enough space for object heap",
      "Could not reserve enough space for code cache (245760K)",
      "The specified size exceeds the maximum representable size.",
      "Unable to allocate 262144KB bitmaps for parallel garbage collection for the requested 8388608KB heap.",
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
    hits: ["ERROR SparkUI: Failed to bind SparkUI"],
    misses: ["WARN Utils: Service 'SparkUI' could not bind on port 4040. Attempting port 4041."],
  },
  {
    class: "port-bind-failed",
    hits: [
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
      "Incompatible minimum and maximum heap sizes specified",
      "Too small maximum heap",
      "Unrecognized VM option 'NoSuchFlag'",
      "Unrecognized option: -nosuch",
      "Missing +/- setting for VM option 'UseG1GC'",
      "Error: VM option 'UseEpsilonGC' is experimental and must be enabled via -XX:+UnlockExperimentalVMOptions.",
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
      "OpenJDK 64-Bit Server VM warning: Option UseConcMarkSweepGC was deprecated in version 9.0",
    ],
  },
  {
    class: "invalid-jvm-option",
    hits: [
      "java.lang.module.FindException: Module no.such.module not found",
      "java.lang.module.FindException: Module jdkx.thing not found, required by com.acme",
    ],
    misses: ["java.lang.module.FindException: Module jdk.incubator.vector not found"],
  },
  {
    class: "invalid-jvm-option",
    hits: [
      "Error: Option -version is not allowed in environment variable JDK_JAVA_OPTIONS",
      "Usage: java [options] <mainclass> [args...]",
      "Usage: java [-options] class [args...]",
    ],
    misses: ["Usage: javac <options> <source files>", "Error: Option -x is not known"],
  },
  {
    class: "invalid-jvm-option",
    hits: ["Error: Could not create the Java Virtual Machine.", "Error occurred during initialization of VM"],
    misses: ["Error: A fatal exception has occurred. Program will exit."],
  },
];

/** For `JAVA_ABSENT`. */
export const JAVA_ABSENT_EXAMPLES: readonly Example[] = [
  {
    class: "java-missing",
    hits: [
      "JAVA_HOME is not set",
      "Error: JAVA_HOME is not set and could not be found.",
      "/opt/spark/bin/spark-class: line 71: /nowhere/bin/java: No such file or directory",
      "/opt/spark/bin/spark-class: line 71: /nowhere/bin/java: Permission denied",
      "/opt/java/bin/java: cannot execute binary file: Exec format error",
      "bash: java: command not found",
      "sh: 1: java: not found",
      "java : The term 'java' is not recognized as the name of a cmdlet",
      'java.io.IOException: Cannot run program "C:\\\\jdk\\\\bin\\\\java.exe": CreateProcess error=2',
      "'java' is not recognized as an internal or external command,",
      "FileNotFoundError: [Errno 2] No such file or directory: 'java'",
      'exec: "java": executable file not found in $PATH',
      "\\Java\\jdk1.8.0_301\\bin\\java was unexpected at this time.",
      "The operation couldn't be completed. Unable to locate a Java Runtime.",
      "Error: Could not find Java SE Runtime Environment.",
      "Could not start /nowhere/bin/java: there is no such program",
    ],
    misses: [
      "JAVA_HOME is /opt/java",
      "1. JAVA_HOME is not set or points to an incompatible Java version.",
      "src/Main.java: No such file or directory",
    ],
  },
];

/** For `VM_INITIALIZATION`. */
export const VM_INITIALIZATION_EXAMPLES: readonly Example[] = [
  {
    class: "invalid-jvm-option",
    hits: [
      "Error occurred during initialization of VM",
      "Error: Could not create the Java Virtual Machine.",
    ],
    misses: ["Error: A JNI error has occurred, please check your installation and try again"],
  },
];
