/**
 * Real lines for the rows of `start_signatures.ts`, and lines that only look like them.
 * @module
 */

import type { Example } from "./example.ts";

/** For `CLASSES`. */
export const CLASS_EXAMPLES: readonly Example[] = [
  {
    class: "class-version-conflict",
    hits: [
      "java.lang.NoSuchMethodError: 'scala.collection.mutable.ArrayOps scala.Predef$.refArrayOps(java.lang.Object[])'",
      "java.lang.NoSuchFieldError: INSTANCE",
      "java.lang.AbstractMethodError: Receiver class does not define or inherit an implementation",
      "java.lang.IncompatibleClassChangeError: Found class, but interface was expected",
      "java.lang.VerifyError: Bad type on operand stack",
    ],
    misses: ["java.lang.NoSuchMethodException: Main.main([Ljava.lang.String;)"],
  },
  {
    class: "class-version-conflict",
    hits: [
      "java.lang.NoClassDefFoundError: scala/Product$class",
      "Caused by: java.lang.ClassNotFoundException: scala.collection.GenTraversableOnce$class",
    ],
    misses: ["java.lang.NoClassDefFoundError: com/acme/scala/Thing"],
  },
  {
    class: "class-version-conflict",
    hits: [
      "java.io.InvalidClassException: a.B; local class incompatible: stream classdesc serialVersionUID = 1",
      "java.lang.ClassCastException: cannot assign instance of java.lang.invoke.SerializedLambda to field a.B.f",
      "java.lang.IllegalAccessError: tried to access method com.google.common.base.Stopwatch.<init>()V from class a.B",
      "com.fasterxml.jackson.databind.JsonMappingException: Incompatible Jackson version: 2.9.8",
      "py4j.protocol.Py4JError: org.apache.spark.api.python.PythonUtils.isEncryptionEnabled does not exist in the JVM",
    ],
    misses: [
      "java.lang.ClassCastException: a.B cannot be cast to a.C",
    ],
  },
  {
    class: "class-missing",
    hits: [
      "Error: Could not find or load main class org.apache.spark.launcher.Main",
      "Error: Unable to initialize main class org.apache.spark.deploy.SparkSubmit",
      "Failed to find Spark jars directory (/opt/spark/assembly/target/scala-2.12/jars).",
      "Error: Failed to load class no.such.Main.",
      "Error: Unable to access jarfile app.jar",
    ],
    misses: ['SLF4J: Failed to load class "org.slf4j.impl.StaticLoggerBinder".'],
  },
  {
    class: "class-missing",
    hits: [
      "AnalysisException: [DATA_SOURCE_NOT_FOUND] Failed to find the data source: delta.",
      "java.lang.ClassNotFoundException: Failed to find data source: kafka. Please find packages at",
      "TypeError: 'JavaPackage' object is not callable",
      'org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme "s3"',
      ": java.sql.SQLException: No suitable driver",
    ],
    misses: ["TypeError: 'NoneType' object is not callable"],
  },
  {
    class: "class-missing",
    hits: [
      "java.lang.ClassNotFoundException: org.postgresql.Driver",
      'Exception in thread "main" java.lang.NoClassDefFoundError: org/apache/log4j/Logger',
      "java.lang.UnsatisfiedLinkError: no snappyjava in java.library.path",
    ],
    misses: ["java.lang.NoClassDefFoundError: Could not initialize class a.B"],
  },
  {
    class: "class-missing",
    hits: [
      'Exception in thread "main" java.lang.NoClassDefFoundError: py4j/ClientServer$ClientServerBuilder',
      "Caused by: java.lang.ClassNotFoundException: org.apache.hadoop.fs.FSDataInputStream",
    ],
    misses: [
      'Exception in thread "Thread-7" java.lang.NoClassDefFoundError: a/B',
      "\tat java.lang.NoClassDefFoundError.<init>(NoClassDefFoundError.java:59)",
    ],
  },
];

/** For `SURROUNDINGS`. */
export const SURROUNDING_EXAMPLES: readonly Example[] = [
  {
    class: "port-bind-failed",
    hits: [
      "WARN Utils: Service 'sparkDriver' could not bind on a random free port. You may check whether",
      "Cannot assign requested address: Service 'sparkDriver' failed after 16 retries (on a random free port)!",
      "ERROR PythonGatewayServer: GatewayServer failed to bind; exiting",
    ],
    misses: ["Stage 3 failed after 4 attempts"],
  },
  {
    class: "port-bind-failed",
    hits: [
      "py4j.Py4JNetworkException: java.net.ConnectException",
      "Caused by: java.net.BindException: Address already in use (Bind failed)",
      "OSError: [Errno 98] Address already in use",
      "WARN Utils: Service 'SparkUI' could not bind on port 4040. Attempting port 4041.",
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
      "java.io.FileNotFoundException: /nonexistent/.ivy2/cache/x-1.0.xml (No such file or directory)",
    ],
    misses: ["com.nosuch#thing added as a dependency"],
  },
  {
    class: "hostname-resolution-failed",
    hits: [
      "Caused by: java.net.UnknownHostException: no.such.host: Name or service not known",
      "socket.gaierror: [Errno -3] Temporary failure in name resolution",
      "org.apache.spark.SparkException: Invalid Spark URL: spark://HeartbeatReceiver@my_host:35543",
      "org.apache.kafka.common.config.ConfigException: No resolvable bootstrap urls given in bootstrap.servers",
    ],
    misses: ["WARN Utils: Your hostname, vm resolves to a loopback address: 127.0.0.1"],
  },
];

/** For `SETTINGS`. */
export const SETTING_EXAMPLES: readonly Example[] = [
  {
    class: "bad-spark-config",
    hits: [
      "Error: Unrecognized option: --nosuch",
      "Error: Missing application resource.",
      "Error: Invalid argument to --conf: spark.foo",
      'Exception in thread "main" org.apache.spark.SparkException: Driver cores must be a positive number',
      "org.apache.spark.SparkException: Master must either be yarn or start with spark, k8s, or local",
      "Error: Master must start with yarn, spark, mesos, or local",
      "org.apache.spark.SparkException: Could not parse Master URL: 'foo'",
      "org.apache.spark.SparkException: A master URL must be set in your configuration",
      "When running with master 'yarn' either HADOOP_CONF_DIR or YARN_CONF_DIR must be set in the environment.",
      "Error: Invalid properties file '/nonexistent'.",
      "org.apache.spark.SparkException: Spark config without '=': spark.foo",
      "Error: Cluster deploy mode is not applicable to Spark shells.",
      "requirement failed: Provided Maven Coordinates must be in the form 'groupId:artifactId:version'.",
      'Exception in thread "main" java.lang.IllegalArgumentException: basedir must be absolute: ?/.ivy2/local',
      "java.lang.IllegalArgumentException: System memory 259522560 must be at least 471859200.",
      "Required executor memory (8192 MB) is above the max threshold (4096 MB) of this cluster!",
    ],
    misses: ["WARN: the number of cores must be a positive number of cpus", "Error: Unrecognized token"],
  },
  {
    class: "bad-spark-config",
    hits: ['Exception in thread "main" java.lang.IllegalArgumentException: a value of ours'],
    misses: ['Exception in thread "Thread-4" java.lang.IllegalArgumentException: a value of ours'],
  },
  {
    class: "bad-spark-config",
    hits: [
      'Exception in thread "main" java.io.FileNotFoundException: File file:/app.jar does not exist\n' +
      "\tat org.apache.spark.deploy.yarn.Client.copyFileToRemote(Client.scala:240)",
      "java.io.FileNotFoundException: File file:/tmp/spark-events does not exist\n" +
      "\tat org.apache.spark.deploy.history.EventLogFileWriter.requireLogBaseDirAsDirectory(EventLogFileWriters.scala:77)",
    ],
    misses: [
      "java.io.FileNotFoundException: File file:/data.csv does not exist\n\tat com.acme.Main$.main(Main.scala:7)",
    ],
  },
  {
    class: "bad-spark-config",
    hits: [
      "Exception: Python in worker has different version 3.8 than that in driver 3.9",
      "Total size of serialized results of 16 tasks (1048.5 MB) is bigger than spark.driver.maxResultSize (1024.0 MB)",
      "org.apache.spark.SparkException: Only one SparkContext should be running in this JVM (see SPARK-2243).",
      'java.io.IOException: Cannot run program "python3": error=2, No such file or directory',
    ],
    misses: ["Python 3.9 is a different version"],
  },
];

/** For `RIGHTS`. */
export const RIGHT_EXAMPLES: readonly Example[] = [
  {
    class: "permission-denied",
    hits: [
      "java.io.FileNotFoundException: /data/x (Permission denied)",
      "java.nio.file.AccessDeniedException: /data",
      "java.io.FileNotFoundException: C:\\data\\x (Access is denied)",
      "java.io.IOException: Mkdirs failed to create file:/out/_temporary/0 (exists=false, cwd=file:/)",
      "The root scratch dir: /tmp/hive on HDFS should be writable. Current permissions are: rw-rw-rw-",
      "PermissionError: [Errno 13] Permission denied: '/out'",
      "java.io.FileNotFoundException: /data/x (权限不够)",
      'Message: pods is forbidden: User "system:serviceaccount:a:b" cannot create resource "pods" in API group ""',
      "AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden)",
    ],
    misses: ["Permission was granted", "smoking is forbidden", "user@host: Permission denied (publickey)."],
  },
];
