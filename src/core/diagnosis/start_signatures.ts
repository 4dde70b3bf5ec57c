/**
 * Which text says that Spark could not start with what it was given: classes, packages, settings, ports, rights?
 * @module
 */

import { anyOf } from "./signature.ts";
import type { Signature } from "./signature.ts";

const TWO_VERSIONS =
  "Take the jar that does not fit out of spark.jars, spark.jars.packages or the extra class path.";
/** Code of Spark that works on a submission, and none that a user's program calls. */
const SUBMITTING =
  /org\.apache\.spark\.(?:deploy\.(?:yarn\.Client|DependencyUtils|SparkSubmitArguments|SparkSubmitUtils|k8s\.submit)|launcher\.\w+|deploy\.SparkSubmit\$?\.(?:prepareSubmitEnvironment|loadEnvironmentArguments)|util\.DependencyUtils|scheduler\.EventLoggingListener|deploy\.history\.)/;

/** Classes of two versions, classes that are nowhere. */
export const CLASSES: readonly Signature[] = [
  {
    class: "class-version-conflict",
    pattern: anyOf(
      "\\b(?:NoSuch(?:Method|Field)|AbstractMethod|IncompatibleClassChange|BootstrapMethod|Verify)Error\\b",
      "LinkageError: loader (?:constraint violation|'?.*attempted duplicate class definition)",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "The class path holds two versions of one library, or one made for another Scala.",
    remedy: TWO_VERSIONS,
    source: "HotSpot: linkResolver.cpp, verifier.cpp",
    atStart: true,
  },
  {
    class: "class-version-conflict",
    pattern: /(?:NoClassDefFoundError: |ClassNotFoundException: |class not found )scala[./]/,
    weight: "cause",
    fatal: "start",
    summary: "A jar is made for another Scala than that of this Spark.",
    remedy: "Take the jar whose name ends in the Scala version of this Spark, such as _2.12 or _2.13.",
    source: "JDK: class loaders; Scala's own library moves its classes with each version",
    only: "logs",
  },
  {
    class: "class-version-conflict",
    pattern: anyOf(
      "InvalidClassException: .*(?:local class incompatible|serialVersionUID)",
      "cannot assign instance of \\S+ to field",
      "IllegalAccessError: tried to access (?:method|field|class)",
      "Incompatible Jackson version|Scala module \\S+ requires Jackson Databind",
      "DataSourceRegister: Provider \\S+ could not be instantiated",
      "does not exist in the JVM\\b",
      "\\b(?<type>[\\w.$]{1,200}) cannot be cast to (?:class )?\\k<type>\\b|Multiple sources found for ",
      "signer information does not match signer information|Server IPC version \\d+ cannot communicate with client version",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "The class path holds libraries of different versions, or some that are made for another Spark.",
    remedy: TWO_VERSIONS,
    source: "JDK: ObjectStreamClass, ServiceLoader; Jackson; Py4J",
    only: "logs",
  },
  {
    class: "class-missing",
    pattern: anyOf(
      "Could not find or load main class|Unable to initialize main class|Unable to access jarfile|no main manifest attribute, in",
      "Failed to find Spark jars directory|Error: Failed to load class|Could not find valid SPARK_HOME",
    ),
    weight: "end",
    fatal: "always",
    summary: "Spark's own classes, or the program's, cannot be found.",
    remedy: "SPARK_HOME names an incomplete Spark: install it again, or name another one with --spark-home.",
    source: "JDK: LauncherHelper; Spark: spark-class, SparkSubmit",
    atStart: true,
  },
  {
    class: "class-missing",
    pattern: anyOf(
      "DATA_SOURCE_NOT_FOUND|Failed to find (?:the )?data source",
      "'JavaPackage' object is not callable",
      "No FileSystem for scheme|No suitable driver",
      "PLUGIN_CLASS_NOT_FOUND|CATALOG_NOT_FOUND|Cannot find catalog plugin class",
    ),
    weight: "cause",
    fatal: "never",
    summary: "A connector or driver that the program asks for is not on the class path.",
    remedy: "Add its package with --packages or --jars: it must be there when the JVM starts.",
    source: "Spark: DataSource, Catalogs; Py4J: JavaPackage; Hadoop: FileSystem; JDK: DriverManager",
    only: "logs",
  },
  {
    class: "class-missing",
    pattern: anyOf(
      "\\bClassNotFoundException\\b(?!: (?:scala\\.|Failed to find ))|\\bNoClassDefFoundError\\b(?!: (?:scala/|Could not initialize class))",
      "java\\.lang\\.RuntimeException: .*\\bClass \\S+ not found",
      "UnsatisfiedLinkError",
    ),
    weight: "cause",
    fatal: "start",
    summary: "A class that is asked for is not on the class path.",
    remedy:
      "Add the jar that holds it with --packages or --jars, in the version that fits this Spark and Scala.",
    source: "JDK: class loaders; Hadoop: Configuration.getClass",
    only: "logs",
  },
  {
    class: "class-missing",
    pattern:
      /^(?:Exception in thread "main" |Caused by: )java\.lang\.(?:NoClassDefFoundError|ClassNotFoundException)\b/,
    weight: "cause",
    fatal: "start",
    summary: "A class that Spark needs to start is not on the class path.",
    remedy: "SPARK_HOME names an incomplete Spark: install it again, or name another one with --spark-home.",
    source: "JDK: class loaders",
    atStart: true,
    only: "gateway",
  },
];

/** Ports of the gateway's own, packages that must be fetched, the machine's own name. */
export const SURROUNDINGS: readonly Signature[] = [
  {
    class: "port-bind-failed",
    pattern: anyOf(
      "could not bind on a random free port",
      "Service '?\\S+?'? failed after \\d+ retries",
      "failed to bind; exiting|Could not create ServerSocket on address|py4j\\.Py4JNetworkException: java\\.net\\.BindException",
    ),
    weight: "cause",
    fatal: "always",
    summary: "The driver could not open a port of its own.",
    remedy: "Check the machine's own name and address (SPARK_LOCAL_IP=127.0.0.1), and which ports are free.",
    source: "Spark: Utils.startServiceOnPort, PythonGatewayServer",
  },
  {
    class: "port-bind-failed",
    pattern: anyOf(
      "py4j\\.Py4JNetworkException",
      "java\\.net\\.BindException|Failed to bind to:? |[Aa]ddress already in use|Only one usage of each socket address|WinError 10048",
      "could not bind on port \\d+\\. Attempting port",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "A port that is wanted is taken, or its address is none of this machine's.",
    remedy: "Check the loopback interface and the limits on ports, then try again.",
    source: "JDK: Net.bind; strerror(EADDRINUSE); Spark: Utils.startServiceOnPort",
    atStart: true,
  },
  // An unreachable repository may be told as an unknown host.
  {
    class: "dependency-resolution-failed",
    pattern: anyOf(
      "UNRESOLVED DEPENDENCIES|unresolved dependency: |Server access error at url|\\[?download failed: ",
      "FAILED DOWNLOADS|:::+ +ERRORS *$|module not found: \\S+#\\S+;",
      "resolved-org\\.apache\\.spark-spark-submit-parent",
      "\\.ivy2?\\S*\\b.*(?:Permission denied|No such file or directory|Read-only file system)",
      "Could not (?:resolve|transfer) (?:dependencies|artifact) |Failed to collect dependencies at",
    ),
    weight: "cause",
    fatal: "always",
    summary: "A package given with --packages could not be found or fetched.",
    remedy:
      "Check its coordinates (group:artifact:version), the network, the repositories and the Ivy folder " +
      "(spark.jars.ivy).",
    source: "Ivy: ResolveReport, LogReportOutputter; Spark: MavenUtils; Maven",
    atStart: true,
  },
  {
    class: "hostname-resolution-failed",
    pattern: anyOf(
      "\\bUnknownHostException\\b|UnresolvedAddressException|Unresolved address",
      "Name or service not known|[Tt]emporary failure in name resolution|nodename nor servname provided",
      "getaddrinfo failed|\\[Errno -[23]\\]|No resolvable bootstrap urls|Could not resolve host\\b|Failed to resolve '",
      "Couldn't resolve server \\S+ from bootstrap\\.servers",
      "Invalid Spark URL: spark://|assertion failed: Expected hostname",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "A host name cannot be resolved, such as the machine's own.",
    remedy: "Add it to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1.",
    source: "JDK: InetAddress; gai_strerror; Spark: RpcEndpointAddress, Utils.checkHost; Kafka: ClientUtils",
    atStart: true,
  },
];

/** Settings that cannot work. */
export const SETTINGS: readonly Signature[] = [
  {
    class: "bad-spark-config",
    pattern: anyOf(
      "^Error: (?:Unrecognized option|Missing application resource|Invalid argument to|Unknown command|Unexpected argument)",
      "(?:memory|cores|executors) must be a positive number$",
      "Master must (?:either be|start with)|Unknown/unsupported param|Only local python files are supported|Could not parse Master URL|A master URL must be set|MASTER_URL_NOT_SET",
      "either HADOOP_CONF_DIR or YARN_CONF_DIR must be set|Could not load (?:YARN|KUBERNETES) classes",
      "Invalid properties file|Spark config without '='|Must specify a primary resource",
      "Cluster deploy mode is (?:not applicable|(?:currently )?not supported)|Deployment to YARN is not supported directly",
      "Provided Maven Coordinates must be in the form|basedir must be absolute",
      "System memory \\d+ must be at least|Executor memory \\d+ must be at least|INVALID_(?:DRIVER|EXECUTOR)_MEMORY",
      "Failed to get main class in JAR|No main class set in JAR|Cannot load main class from JAR",
      "InvalidResourceRequestException|is above the max threshold|Required (?:executor|AM) memory",
      "python\\S*: can't open file|Must specify the driver container image",
      "Size must be specified as bytes|Time must be specified as seconds",
      "INVALID_CONF_VALUE|in spark\\.[\\w.]+ is invalid|Invalid value for '?spark\\.|requirement failed: spark\\.[\\w.]+",
      "spark\\.[\\w.]+ (?:should be|must be|must not be|cannot be|was set to|has to be) ",
      "Relative path in absolute URI: file:",
      "Local jar .* does not exist\\b.*Exception|Unable to find py4j, your SPARK_HOME",
    ),
    weight: "cause",
    fatal: "start",
    summary: "Spark does not accept its configuration.",
    remedy: "Correct the setting named in the evidence, in --conf or spark-defaults.conf.",
    source:
      "Spark: SparkSubmit, SparkSubmitArguments, SparkConf, UnifiedMemoryManager, yarn.Client; YARN's scheduler",
    atStart: true,
  },
  {
    // Of a program that runs, an argument may be the program's own.
    class: "bad-spark-config",
    pattern: /Exception in thread "main" java\.lang\.IllegalArgumentException/,
    weight: "cause",
    fatal: "always",
    summary: "Spark does not accept its configuration.",
    remedy: "Correct the setting named in the evidence, in --conf or spark-defaults.conf.",
    source: "Spark: SparkSubmit",
    atStart: true,
    only: "gateway",
  },
  {
    class: "bad-spark-config",
    pattern:
      /(?:FileNotFound|NoSuchFile|IO|IllegalArgument|NumberFormat|Spark|Yarn|URISyntax)Exception\b(?!.*(?:[Dd]enied|No space left|finished with \w+ status))/,
    frame: SUBMITTING,
    weight: "cause",
    fatal: "always",
    summary: "Spark could not work with what it was told to submit, before the program began.",
    remedy:
      "Check the file or the value named in the evidence: the program, its jars and files, the folders of Hadoop's " +
      "configuration, spark.eventLog.dir.",
    source: "Spark: SparkSubmit, yarn.Client, EventLogFileWriters",
    only: "logs",
  },
  {
    class: "bad-spark-config",
    pattern: anyOf(
      "Python in worker has different version|PYTHON_VERSION_MISMATCH",
      "is bigger than spark\\.driver\\.maxResultSize|Could not execute broadcast in \\d+ secs",
      "Only one SparkContext (?:should|may) be running|Cannot run multiple SparkContexts at once",
      '(?:Cannot run program |env: \\W?)"?(?:[^"\\s]*[/\\\\])?python[\\d.]*(?:\\.exe)?\\W.*(?:error=2\\b|No such file|cannot find the file)',
      "Missing Python executable|Configuration property \\S+ not found",
    ),
    weight: "cause",
    fatal: "never",
    summary: "A setting does not fit what the program does.",
    remedy:
      "Correct what the evidence names: PYSPARK_PYTHON and PYSPARK_DRIVER_PYTHON, a limit, a second SparkContext.",
    source: "PySpark: worker.py, context.py; Spark: TaskSetManager, SparkContext; Hadoop: AbfsConfiguration",
    only: "logs",
  },
];

/** Rights to files and folders. */
export const RIGHTS: readonly Signature[] = [
  {
    class: "permission-denied",
    pattern: anyOf(
      "Permission denied(?! \\(publickey)|AccessDeniedException|AccessControlException|Access is denied",
      "Operation not permitted|\\[Errno (?:1|13|30)\\]|\\bEACCES\\b|Read-only file system",
      "Mkdirs failed to create|Unable to create (?:output|staging|checkpoint) director|Cannot create (?:directory|staging)",
      "scratch dir: \\S+ on HDFS should be writable|is not allowed to impersonate|is group or world writable",
      "Error Code: (?:AccessDenied|AllAccessDisabled)|AuthorizationPermissionMismatch|does not have storage\\.\\w+\\.\\w+ access",
      '\\bis forbidden: User "[^"]*" cannot |\\b403 Forbidden\\b|Status Code: 403\\b',
      "TopicAuthorizationException|GroupAuthorizationException|permission denied for (?:table|relation|schema|database)",
      // What strerror(EACCES) is in other languages (glibc's translations), and Windows in some.
      "Permission non accordée|Keine Berechtigung|Permiso denegado|Permissão negada|Отказано в доступе|权限不够|拒绝访问|Accès refusé",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "Something that is needed may not be read or written.",
    remedy: "Give this user the permission named in the evidence.",
    source:
      "strerror(EACCES); Windows error 5; HDFS: FSPermissionChecker; S3, ABFS, GCS; Hive: SessionState; Kafka; SQL",
    atStart: true,
  },
];
