/**
 * Which text says that a JVM could not be started, or that this Java does not fit this Spark?
 * @module
 */

import { anyOf } from "./signature.ts";
import type { Signature } from "./signature.ts";

const OTHER_JAVA =
  "Spark 4 needs Java 17 or 21, Spark 3.5 Java 8, 11 or 17. Name another one with --java-home.";

/** A Java that is too old, too new, incomplete or shut off from what Spark needs. */
export const JAVA_FIT: readonly Signature[] = [
  {
    class: "java-version-mismatch",
    pattern: anyOf(
      "UnsupportedClassVersionError|Unsupported major\\.minor version",
      "has been compiled by a more recent version of the Java Runtime",
      "class file has wrong version \\d",
    ),
    weight: "cause",
    fatal: "always",
    summary: "This Java is too old for this Spark, or for a jar it loads.",
    remedy: OTHER_JAVA,
    source: "HotSpot: classFileParser.cpp, Java 5 and later",
    atStart: true,
  },
  {
    class: "java-version-mismatch",
    pattern: anyOf(
      "getSubject is (?:not supported|supported only if a security manager is allowed)",
      "Unsupported class file major version \\d",
      "ClassLoaders\\$AppClassLoader cannot be cast to (?:class )?java\\.net\\.URLClassLoader",
      "(?:Enabling|Setting) a Security Manager is not supported",
      "object java\\.lang\\.Object in compiler mirror not found|Missing dependency 'object java\\.lang\\.Object",
      "requires Java \\d+ or (?:later|newer|higher)|Java \\d+ or (?:later|newer|higher) is required|Unsupported Java version",
    ),
    weight: "cause",
    fatal: "always",
    summary:
      "This Java is too new for this Spark or the libraries it brings, or not the one that is asked for.",
    remedy: "Use Java 17 or 21: name it with --java-home.",
    source:
      "JDK 9 and later: ClassLoaders; JDK 23 and later: javax.security.auth.Subject; ASM: ClassReader; start scripts",
    atStart: true,
  },
  {
    class: "java-version-mismatch",
    // Hadoop before 2.9 cuts "java.version" at its third letter, which Java 9 and later do not have.
    pattern: /StringIndexOutOfBoundsException: begin 0, end 3, length [12]\b/,
    weight: "cause",
    fatal: "always",
    summary: "This Java is too new for the Hadoop client of this Spark.",
    remedy: "Use Java 8, or a newer Spark: name the Java with --java-home.",
    source: "Hadoop: util.Shell.isJava7OrAbove",
    atStart: true,
  },
  {
    class: "java-version-mismatch",
    pattern: /java\.lang\.module\.FindException: Module (?:java|jdk|javafx|oracle)\.\S+ not found/,
    weight: "end",
    fatal: "always",
    summary: "This Java runtime lacks a module that other ones have.",
    remedy: "Use a complete JDK: name it with --java-home.",
    source: "JDK: java.lang.module.Resolver",
    atStart: true,
  },
  {
    class: "module-access-denied",
    pattern: anyOf(
      "InaccessibleObjectException: Unable to make",
      "IllegalAccessError: class .* cannot access class",
      'because module \\S+ does not (?:export|open|"opens)',
      'does not "(?:opens|exports) [\\w.]+"',
      "sun\\.misc\\.Unsafe or java\\.nio\\.DirectByteBuffer\\.<init>\\(long, int\\) not available",
      "You must start Java with `?--add-opens",
      "Could not initialize class org\\.apache\\.spark\\.storage\\.StorageUtils\\$",
    ),
    weight: "cause",
    fatal: "always",
    summary: "Java's module system keeps Spark from a class it needs.",
    remedy:
      "Use the Java this Spark is made for, or open the package named in the evidence with --add-opens.",
    source: "JDK 9 and later: AccessibleObject, Reflection; HotSpot: reflection.cpp; Arrow and Netty",
    atStart: true,
  },
];

/** What HotSpot says of memory it cannot reserve, and of options it does not take. */
export const JAVA_OPTIONS: readonly Signature[] = [
  {
    class: "heap-exceeds-machine",
    pattern: anyOf(
      "Could not reserve enough space for (?:(?:\\d+ ?KB )?object heap|code cache|card marking array)",
      "The specified size exceeds the maximum representable size",
      "Unable to allocate \\d+KB bitmaps|Failed to reserve enough address space for Java heap|Could not reserve enough space in CodeHeap",
      "Failed to reserve memory for (?:the )?(?:new )?(?:object heap|overflow mark stack)|JVMJ9GC019E|JVMJ9GC028E",
    ),
    weight: "end",
    fatal: "always",
    summary: "The operating system would not reserve that much memory.",
    remedy: "Choose a smaller heap, a 64-bit Java, or raise the address-space limit (ulimit -v).",
    source: "HotSpot: universe.cpp, codeCache.cpp, arguments.cpp; OpenJ9",
    atStart: true,
  },
  {
    class: "heap-exceeds-machine",
    pattern: /Could not allocate compressed class space/,
    weight: "end",
    fatal: "always",
    summary: "The operating system would not reserve the JVM's class space.",
    remedy: "Raise the address-space limit (ulimit -v).",
    source: "HotSpot: metaspace.cpp",
    atStart: true,
  },
  // A debugger agent that finds its port taken ends with "JDWP exit error" too.
  {
    class: "port-bind-failed",
    pattern: /Failed to bind SparkUI/,
    weight: "end",
    fatal: "always",
    summary: "All ports that Spark may use for its user interface are taken, so it ended the JVM.",
    remedy: "Use --conf spark.ui.port=0 or spark.ui.enabled=false, or give each JVM a port of its own.",
    source: "Spark: WebUI.bind, which calls System.exit(1) at once",
    exitCode: 1,
  },
  {
    class: "port-bind-failed",
    pattern: /Port already in use: \d+|bind failed: Address already in use/,
    weight: "end",
    fatal: "always",
    summary: "A port the gateway wants is taken.",
    remedy: "Give each JVM a port of its own.",
    source: "JDK: RMI and JDWP",
  },
  {
    class: "invalid-jvm-option",
    pattern: anyOf(
      "Invalid (?:maximum|initial) heap size",
      "Initial heap size set to a larger value than the maximum heap size",
      "Incompatible (?:minimum and )?(?:initial|maximum)(?: and maximum)? heap sizes specified",
      "Too small (?:maximum|initial) heap",
      // Spark's own complaint begins with "Error: ".
      "^Unrecognized (?:VM )?option",
      "Missing \\+/- setting for VM option|Unexpected \\+/- setting in VM option",
      "(?:VM option '\\w+' is (?:experimental|diagnostic)|Could not find agent library)",
      "Improperly specified VM option",
      "is outside the allowed range",
      "(?:Multiple garbage collectors selected|Conflicting collector combinations|Option -XX:\\+?\\w+ not supported)",
      "The Java thread stack size specified is too small|Invalid thread stack size",
      "Invalid -Xlog option",
      "Error opening zip file or JAR manifest missing|agent library failed to init",
      "JDWP exit error|Cannot load this JVM TI agent twice",
      "GC triggered before VM initialization completed",
      "JVMJ9VM007E Command-line option unrecognised",
      "Not allowed to (?:specify max heap\\(Xmx\\) memory settings|set Spark options) ",
    ),
    weight: "end",
    fatal: "always",
    summary: "The JVM does not accept one of its options.",
    remedy:
      "Correct the option named in the evidence: in spark.driver.extraJavaOptions, spark-defaults.conf, " +
      "conf/java-opts or JAVA_TOOL_OPTIONS.",
    source: "HotSpot: arguments.cpp, globals; OpenJ9; Spark: SparkSubmitCommandBuilder",
    atStart: true,
  },
  {
    // A module of Java's own may be in another Java; any other one was named wrongly, or is not on the module path.
    class: "invalid-jvm-option",
    pattern: /java\.lang\.module\.FindException: Module (?!(?:java|jdk|javafx|oracle)\.)\S+ not found/,
    weight: "end",
    fatal: "always",
    summary: "A module that the JVM's options ask for is nowhere.",
    remedy:
      "Correct --add-modules in spark.driver.extraJavaOptions, or add the module's jar to --module-path.",
    source: "JDK: java.lang.module.Resolver",
    atStart: true,
  },
  {
    class: "invalid-jvm-option",
    pattern: /^Error: Option \S+ is not allowed in |^Usage: java(?:\.exe)? \[-?options\]/,
    weight: "end",
    fatal: "always",
    summary: "The java command was given options that it cannot run a program with.",
    remedy: "Look at the driver's Java options, JDK_JAVA_OPTIONS and the command line for the option named.",
    source: "JDK: java.c, args.c",
    atStart: true,
  },
  {
    class: "invalid-jvm-option",
    pattern:
      /Could not create the Java [Vv]irtual [Mm]achine|Error occurred during initialization of (?:VM|boot layer)/,
    weight: "symptom",
    fatal: "always",
    summary: "The JVM did not start, most likely because of one of its options; what it said is not here.",
    remedy: "Start it by hand and look at its first lines.",
    source: "JDK: java.c; HotSpot: java.cpp",
    only: "logs",
  },
];

/** No java to be run. */
export const JAVA_ABSENT: readonly Signature[] = [
  {
    class: "java-missing",
    // The words of bash, dash, cmd.exe and macOS, then those of the daemon itself.
    pattern: anyOf(
      "^(?:\\w+: |The )?JAVA_HOME (?:environment variable )?(?:is )?not (?:set|defined|found)(?! or\\b)|JAVA_HOME is set to an invalid",
      "(?<![.\\w])java(?:\\.exe)?[\"']?: (?:No such file or directory|Permission denied|cannot execute|not found|command not found)",
      "(?:exec|env|command): [\"']?java[\"']?: |command not found: java\\b|failed to run command \\W?java\\b|`?java`? command is not found",
      "error while loading shared libraries: lib(?:jli|java|jvm)\\.so|missing `\\w+' JVM at|No JVM shared library file",
      "'\"?(?:[^']*\\\\)?java(?:\\.exe)?\"?' is not recognized|term 'java' is not recognized",
      "['\"]java['\"] (?:n'est pas reconnu|no se reconoce|ist entweder falsch|não é reconhecido|不是内部或外部命令)",
      "(?:No such file or directory: |Exec format error: |Permission denied: |Cannot run program )['\"](?:[^'\"]*[/\\\\])?java(?:\\.exe)?['\"]",
      '\\\\bin\\\\java(?:\\.exe)?"? was unexpected at this time',
      "Unable to locate a Java Runtime|No Java runtime present|Java not found and JAVA_HOME|No Java virtual machine could be found",
      "Could not find Java SE Runtime Environment|could not (?:find|open) (?:java\\.dll|libjava\\.so|`\\S*jvm\\.cfg)",
      "Could not start .*bin/java: (?:there is no such program|it is not a program)",
    ),
    weight: "end",
    fatal: "always",
    summary: "Java cannot be started.",
    remedy: "Install Java 17, or name it with --java-home.",
    source:
      "Spark: bin/spark-class, spark-class2.cmd, find-spark-home; bash, cmd.exe, macOS, the java launcher",
    atStart: true,
  },
];

/** What a JVM says of any start that fails by its options, when nothing else in the table knows why. */
export const VM_INITIALIZATION: readonly Signature[] = [
  {
    class: "invalid-jvm-option",
    pattern:
      /^Error occurred during initialization of (?:VM|boot layer)|^Error: Could not create the Java Virtual Machine/,
    weight: "symptom",
    fatal: "always",
    summary: "The JVM could not initialize itself with these options.",
    remedy: "Look at the lines beside it in the output, and at the driver's Java options.",
    source: "HotSpot: java.cpp (vm_exit_during_initialization); the java launcher",
    atStart: true,
    only: "gateway",
  },
];
