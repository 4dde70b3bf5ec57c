/**
 * Starts that failed, as the launcher, the JVM and SparkSubmit told of them.
 * @module
 */

import type { CauseClass, ExitStatus } from "../../../src/core/verdict.ts";
import { code } from "./deaths_seen.ts";
import type { Remains } from "./deaths_seen.ts";

const NO_JVM = [
  "Error: Could not create the Java Virtual Machine.",
  "Error: A fatal exception has occurred.",
];
const INIT = "Error occurred during initialization of VM";

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
  "a module that is nowhere": {
    out: [
      "Error occurred during initialization of boot layer",
      "java.lang.module.FindException: Module no.such.module not found",
    ],
    is: "invalid-jvm-option",
  },
  "-version in JDK_JAVA_OPTIONS": {
    err: [
      "NOTE: Picked up JDK_JAVA_OPTIONS: -version",
      "Error: Option -version is not allowed in environment variable JDK_JAVA_OPTIONS",
    ],
    is: "invalid-jvm-option",
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
