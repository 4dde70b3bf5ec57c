/**
 * Which text says that a job failed, or whom a program could not reach? Nothing here ends a gateway: these rows are for
 * logs from elsewhere.
 * @module
 */

import { anyOf } from "./signature.ts";
import type { Signature } from "./signature.ts";

const only = "logs";

/** Locks and credentials: told below errors that sound otherwise. */
export const ACCESS: readonly Signature[] = [
  {
    class: "metastore-locked",
    pattern: anyOf(
      "Another instance of Derby may have already booted|\\bXSDB6\\b",
      "Failed to start database '[^']*metastore_db'|metastore_db[/\\\\]db\\.lck",
      "A lock could not be obtained within the time requested|Database may be already in use",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "Another process has the metastore's database open: Derby allows one.",
    remedy:
      "End the other Spark program of this folder, or give each its own working folder or derby.system.home.",
    source: "Derby: messages XSDB6, XJ040, 40XL1; H2",
    only,
  },
  {
    class: "auth-failed",
    pattern: anyOf(
      "GSS initiate failed|No valid credentials provided|Failed to find any Kerberos|GSSException|\\bKrb\\w*Exception",
      "Client cannot authenticate via|SaslException|SaslAuthenticationException|SASL authentication .*failed",
      "\\bLoginException\\b|Login failure for|Unable to (?:obtain (?:password|Principal Name)|authenticate)|Clock skew too great",
      "[Aa]uthentication ?(?:failed|failure|error|required)|\\bAuthentication\\w*Exception|AuthorizationException.*token",
      "Py4JAuthenticationError|Failed to authenticate with gateway server|PYSPARK_GATEWAY_SECRET",
      "password authentication failed|Access denied for user|Login failed for user|ORA-01017|Permission denied \\(publickey",
      "InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidClientTokenId|security token included in the request is",
      "No(?:Auth)?(?:With)?AWS\\w*Exception|[Uu]nable to (?:load|locate) (?:AWS )?credentials|No AWS Credentials|NoCredentialsError",
      "DefaultCredentialsError|default credentials were not found|invalid_grant|Error getting access token",
      "\\b401 Unauthorized|Status Code: 401|HTTP/1\\.1 401|(?:code|status)[ :=]+401\\b|InvalidToken\\b|token .{1,80}can't be found in cache",
      "Unknown challenge message|DIGEST-MD5: |Delegation Token can be issued only|Can't get (?:Master Kerberos principal|Kerberos realm)",
      "authentication is not enabled",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "Somebody did not accept the credentials, or there were none.",
    remedy:
      "Renew or give the credentials named in the evidence: a Kerberos ticket (kinit), a key, a token, a password.",
    source:
      "JDK: Kerberos and SASL; Hadoop: UserGroupInformation; Py4J; AWS, Google and Azure clients; SQL servers",
    only,
  },
];

/** What a job does wrong, and Python that dies of it. */
export const JOBS: readonly Signature[] = [
  {
    class: "serialization-error",
    pattern: anyOf(
      "NotSerializableException|(?:[Tt]ask|object|are|a) not serializable|Failed to serialize task",
      "PicklingError|UnpicklingError|PickleException|[Cc]ould not serialize object|[Cc]an(?:no|')t pickle",
      "cannot pickle|Can't get (?:local object|attribute) '.*' on <module",
      "KryoException|Kryo serialization failed|Buffer underflow|StreamCorruptedException|unread block data|invalid (?:type code|stream header): ",
      "CONTEXT_ONLY_VALID_ON_DRIVER|SPARK-5063|SPARK-28702|\\bSerializationException\\b",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "Something that must be sent to a worker cannot be put into bytes, or be read back.",
    remedy:
      "Keep contexts, connections and locks out of functions and broadcasts; make them where they are used.",
    source: "JDK: ObjectOutputStream; Spark: ClosureCleaner, KryoSerializer; PySpark: serializers.py; Kafka",
    only,
  },
  {
    class: "python-worker-crash",
    pattern: anyOf(
      "Python worker exited unexpectedly|Python worker failed to connect back|Python worker process terminated",
      "Fatal Python error|Error from python worker|[Ff]ailed to (?:create|start|launch) (?:the )?[Pp]ython worker",
      "in pyspark\\.daemon's standard output|No port number in pyspark\\.daemon",
      "python.*(?:Segmentation fault|core dumped)",
    ),
    weight: "cause",
    fatal: "never",
    summary: "A Python worker ended, or never came up.",
    remedy:
      "Set spark.python.worker.faulthandler.enabled=true to see where. Native libraries and want of memory are the " +
      "usual causes; when it never came up, PYSPARK_PYTHON or a firewall.",
    source: "Spark: PythonRunner, PythonWorkerFactory; CPython: faulthandler",
    only,
  },
  {
    class: "python-worker-crash",
    pattern:
      /java\.io\.EOFException|SocketTimeoutException: Accept timed out|SocketException: (?:Connection reset|Broken pipe)/,
    frame: /org\.apache\.spark\.api\.python\.(?:\w*Python\w*Runner|PythonWorkerFactory|PythonRDD)/,
    weight: "cause",
    fatal: "never",
    summary: "A Python worker ended, or never came up.",
    remedy: "Set spark.python.worker.faulthandler.enabled=true to see where it ends.",
    source: "Spark: PythonRunner, PythonWorkerFactory",
    only,
  },
];

/** Whom a program could not reach. */
export const NETWORK: readonly Signature[] = [
  {
    class: "connection-lost",
    pattern: anyOf(
      "Py4JNetworkError|Answer from Java side is empty|while trying to connect to the Java server",
      "py4j\\.Py4JException: (?:Error while (?:obtaining a new communication channel|sending a command)|Cannot obtain a new communication channel)",
    ),
    weight: "cause",
    fatal: "always",
    summary: "The program lost its connection to the gateway: the JVM has most likely ended.",
    remedy:
      "This log does not say why. Look into the JVM's own output, its folder for hs_err files and the kernel's log.",
    source: "Py4J: java_gateway.py, clientserver.py",
    only,
  },
  {
    class: "connection-lost",
    pattern: /^(?:\w+ )?(?:Connection(?:Refused|Reset|Aborted)Error|BrokenPipeError|EOFError)\b/,
    frame: /File ".*py4j[/\\](?:java_gateway|clientserver)\.py"/,
    weight: "cause",
    fatal: "always",
    summary: "The program could not reach the gateway: the JVM has most likely ended.",
    remedy:
      "This log does not say why. Look into the JVM's own output, its folder for hs_err files and the kernel's log.",
    source: "Py4J: java_gateway.py, clientserver.py over Python's socket",
    only,
  },
  {
    class: "connection-lost",
    pattern: anyOf(
      "[Cc]onnection (?:refused|reset|timed out|to \\S+ closed|aborted|was forcibly closed)|Connection(?:Refused|Reset|Aborted)Error",
      "java\\.net\\.(?:Connect|SocketTimeout|Socket|NoRouteToHost|PortUnreachable)Exception|ConnectTimeout|HttpHostConnectException",
      "BrokenPipeError|[Bb]roken pipe|WinError 100(?:53|54|60|61)|forcibly closed by the remote host|No route to host",
      "Failed to connect to \\S+[:/]|[Ff]ailed on (?:connection exception|socket timeout)|ConnectionError\\b|Max retries exceeded",
      "RpcEndpointNotFoundException|RpcTimeoutException|Cannot find endpoint: |Could not find CoarseGrainedScheduler",
      "Futures timed out after|Remote \\w+ client disassociated|[Ss]lave lost|[Ww]orker lost|Association with remote system|has been quiet for \\d+ ms|heartbeat timed out|no recent heartbeats|All masters are unresponsive",
      "FetchFailedException|MetadataFetchFailed|ClosedChannelException|Connection from \\S+ closed|RemoteProcessDisconnected",
      "could not be established\\. (?:Broker|Node) may not be available|[Bb]ootstrap broker \\S+.*disconnected|NoBrokersAvailable",
      "kafka\\.common\\.errors\\.(?:Timeout|Disconnect|Network)Exception|leader offsets|ConnectionLossException|ConnectionLoss for",
      "Mongo(?:Timeout|Socket\\w*)Exception|ServerSelectionTimeout|AutoReconnect\\b|NoHostAvailable|NoNodeAvailable|AllNodesFailed",
      "Communications link failure|connection attempt failed|[Cc]ould not connect to (?:server|meta ?store)|Can't connect to \\S* ?server",
      "TCP/IP connection to the host|SQLRecoverableException: IO Error|The Network Adapter could not establish|SQLTransientConnection",
      "Unable to execute HTTP request: (?:Connect|Read|Remote|Connection)|SSLHandshakeException|SdkClientException: Unable to",
      "could only be (?:replicated|written) to 0 (?:nodes|of the)|Could not obtain block|StandbyException|NoServerForRegion",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "Somebody could not be reached, or hung up.",
    remedy: "Check that what the evidence names runs, can be reached from here and answers in time.",
    source:
      "JDK: sun.nio.ch.Net, SocketInputStream; Python: socket; Spark: TransportClientFactory, RpcEnv; Kafka, MongoDB, SQL",
    only,
  },
];

/** The program's own mistakes, and what only says that something failed. */
export const PROGRAMS: readonly Signature[] = [
  {
    class: "java-missing",
    // And as Windows says it in German, French, Spanish, Portuguese, Italian and Chinese.
    pattern: anyOf(
      "^The system cannot find the path specified\\.?$|^Das System kann den angegebenen Pfad nicht finden\\.?$",
      "^Le chemin d.acc\\S+s sp\\S+cifi\\S+ est introuvable\\.?$|^El sistema no puede encontrar la ruta especificada\\.?$",
      "^O sistema n\\S+o pode encontrar o caminho especificado\\.?$|^Impossibile trovare il percorso specificato\\.?$|^系统找不到指定的路径。?$",
    ),
    weight: "symptom",
    fatal: "always",
    summary: "A script of Windows did not find a program: most likely JAVA_HOME names no Java.",
    remedy: "Let JAVA_HOME name a folder that has bin\\java.exe, or use --java-home.",
    source: "cmd.exe in Spark's bin/*.cmd",
    only,
  },
  {
    class: "unknown",
    pattern: /Java gateway process exited before sending/,
    weight: "symptom",
    fatal: "always",
    summary: "The gateway ended before it was ready, and this log does not hold what it said.",
    remedy: "Its own output has the reason: start it by hand with spark-submit, or with rekindle run.",
    source: "PySpark: java_gateway.py",
    only,
  },
  {
    class: "bad-spark-config",
    pattern: /(?:IllegalArgument|NumberFormat|FileNotFound|IO|Spark)Exception\b/,
    frame: /org\.apache\.spark\.SparkContext\.<init>|org\.apache\.spark\.SparkConf[.$]/,
    weight: "symptom",
    fatal: "always",
    summary: "The SparkContext could not be made: most likely a setting is wrong.",
    remedy: "Correct the setting named in the evidence, in --conf or spark-defaults.conf.",
    source: "Spark: SparkContext",
    only,
  },
  {
    class: "user-code-error",
    pattern: anyOf(
      "(?:Analysis|Parse|NoSuch(?:Table|Database|Namespace|Column)|TableAlreadyExists|StreamingQuery|PythonException|SparkUpgrade|Spark(?:Runtime|Arithmetic|DateTime|NumberFormat|UnsupportedOperation|ArrayIndexOutOfBounds|NoSuchElement)|InvalidInput|FileAlreadyExists)(?:\\w*Exception)?: ",
      "\\[(?!JAVA_GATEWAY)[A-Z]+_[A-Z_]+(?:\\.[A-Z_]+)*\\] |[Pp]ath does not exist|cannot resolve '.*' given input columns|org\\.apache\\.spark\\.SparkFileAlreadyExists",
      "(?:BatchUpdate|SQLSyntaxError|SQLIntegrityConstraintViolation|PSQL|SQLServer|SQL|MySQLSyntaxError|MongoWrite|MongoCommand)Exception\\b|ORA-\\d{5}",
      "UnknownTopicOrPartition|OffsetOutOfRange|Some data may have been lost|NoSuchBucket|specified bucket does not exist|UnknownStoreException|NoSuchKey\\b",
      "(?:NullPointer|ClassCast|NumberFormat|IndexOutOfBounds|NegativeArraySize|Arithmetic|NoSuchElement|DateTimeParse|InputMismatch|ConcurrentModification)\\w*Exception\\b|scala\\.MatchError|NotImplementedError",
      "^(?:[\\w.]+\\.)?(?:(?:Value|Type|Key|Name|Attribute|Index|Lookup|ZeroDivision|Import|ModuleNotFound|Syntax|Indentation|Tab|FileNotFound|FileExists|IsADirectory|NotADirectory|Runtime|Assertion|UnboundLocal|UnicodeDecode|UnicodeEncode|Overflow|Recursion|JSONDecode|Attribute|PySparkType|PySparkValue|PySparkAttribute)Error\\b|Exception: )",
    ),
    weight: "symptom",
    fatal: "thread",
    summary: "The program itself failed: its query, its data or its code.",
    remedy:
      "Read the evidence: it names the mistake. The gateway is not to blame, and another memory setting does not help.",
    source: "Spark SQL's error classes; JDK; SQL servers; Python's built-in exceptions",
    only,
  },
  {
    class: "killed-by-signal",
    pattern: /^KeyboardInterrupt\b/,
    weight: "symptom",
    fatal: "never",
    summary: "Somebody interrupted the program (Ctrl-C).",
    remedy: "Nothing to do, unless nobody did.",
    source: "Python: SIGINT",
    only,
  },
  {
    class: "user-code-error",
    pattern: anyOf(
      'Exception in thread "(?:main|Driver)"|User class threw exception|User application exited with status [1-9]',
      "(?:IllegalArgument|IllegalState|UnsupportedOperation|FileNotFound|NoSuchFile|Runtime)Exception\\b",
      "Job aborted due to stage failure|terminated with error|An error occurred while calling |Traceback \\(most recent call last\\)",
      "Cannot call methods on a stopped SparkContext",
      "^(?:Caused by: )?(?:[a-z][\\w$]*\\.)+[A-Z][\\w$]*(?:Exception|Error)\\b",
    ),
    weight: "symptom",
    fatal: "thread",
    summary: "The program failed, and nothing in this log says that anything else was at fault.",
    remedy: "Read the evidence and the lines around it.",
    source:
      "JDK: Thread.dispatchUncaughtException; Spark: DAGScheduler, ApplicationMaster; Py4J: protocol.py",
    only,
  },
];
