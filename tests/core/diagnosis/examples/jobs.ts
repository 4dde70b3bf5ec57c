/**
 * Real lines for the rows of `job_signatures.ts`, and lines that only look like them.
 * @module
 */

import type { Example } from "./example.ts";

/** For `ACCESS`. */
export const ACCESS_EXAMPLES: readonly Example[] = [
  {
    class: "metastore-locked",
    hits: [
      "ERROR XSDB6: Another instance of Derby may have already booted the database /home/a/metastore_db.",
      "java.sql.SQLException: Failed to start database 'metastore_db' with class loader a.B, see the next exception",
    ],
    misses: ["Failed to start database 'orders'"],
  },
  {
    class: "auth-failed",
    hits: [
      "javax.security.sasl.SaslException: GSS initiate failed [Caused by GSSException: No valid credentials provided]",
      "javax.security.auth.login.LoginException: Unable to obtain password from user",
      "py4j.protocol.Py4JAuthenticationError: Failed to authenticate with gateway server.",
      'org.postgresql.util.PSQLException: FATAL: password authentication failed for user "a"',
      "org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by EnvironmentProvider",
      "com.amazonaws.services.s3.model.AmazonS3Exception: (Service: Amazon S3; Error Code: InvalidAccessKeyId)",
      "user@host: Permission denied (publickey).",
    ],
    misses: ["SecurityManager: authentication disabled; ui acls disabled", "Code: 4010"],
  },
];

/** For `JOBS`. */
export const JOB_EXAMPLES: readonly Example[] = [
  {
    class: "serialization-error",
    hits: [
      "org.apache.spark.SparkException: Task not serializable",
      "Caused by: java.io.NotSerializableException: a.B",
      "_pickle.PicklingError: Could not serialize object: TypeError: cannot pickle '_thread.RLock' object",
      "org.apache.spark.SparkException: Kryo serialization failed: Buffer overflow. Available: 0, required: 37",
      "RuntimeError: It appears that you are attempting to reference SparkContext. See SPARK-5063.",
    ],
    misses: ["Serialized shuffle is in use"],
  },
  {
    class: "python-worker-crash",
    hits: [
      "org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)",
      "org.apache.spark.SparkException: Python worker failed to connect back.",
      "Fatal Python error: Segmentation fault",
    ],
    misses: ["Python worker was reused"],
  },
  {
    class: "python-worker-crash",
    hits: [
      "java.io.EOFException\n" +
      "\tat java.base/java.io.DataInputStream.readInt(DataInputStream.java:397)\n" +
      "\tat org.apache.spark.api.python.PythonRDD$$anon$1.read(PythonRDD.scala:101)",
    ],
    misses: ["java.io.EOFException\n\tat org.apache.hadoop.io.SequenceFile$Reader.next(SequenceFile.java:1)"],
  },
];

/** For `NETWORK`. */
export const NETWORK_EXAMPLES: readonly Example[] = [
  {
    class: "connection-lost",
    hits: [
      "py4j.protocol.Py4JNetworkError: Answer from Java side is empty",
      "py4j.protocol.Py4JNetworkError: An error occurred while trying to connect to the Java server (127.0.0.1:25333)",
      "py4j.Py4JException: Error while obtaining a new communication channel",
    ],
    misses: ["py4j.Py4JException: An exception was raised by the Python Proxy."],
  },
  {
    class: "connection-lost",
    hits: [
      'Traceback (most recent call last):\n  File "/lib/py4j/clientserver.py", line 503, in connect\n' +
      "    self.socket.connect((self.java_address, self.java_port))\n" +
      "ConnectionRefusedError: [Errno 111] Connection refused",
    ],
    misses: [
      'Traceback (most recent call last):\n  File "/lib/http/client.py", line 1, in connect\n' +
      "ConnectionRefusedError: [Errno 111] Connection refused",
    ],
  },
  {
    class: "connection-lost",
    hits: [
      "java.net.ConnectException: Connection refused (Connection refused)",
      "java.io.IOException: Failed to connect to host-3/10.0.0.3:7337",
      "java.net.SocketTimeoutException: Read timed out",
      "java.io.IOException: Connection reset by peer",
      "ConnectionResetError: [WinError 10054] Une connexion existante a dû être fermée",
      "java.util.concurrent.TimeoutException: Futures timed out after [10 seconds]",
      "WARN NetworkClient: Connection to node -1 (kafka/10.0.0.1:9092) could not be established. Broker may not be available.",
      "com.mongodb.MongoTimeoutException: Timed out after 30000 ms while waiting for a server",
      "ERROR TaskSchedulerImpl: Lost executor 1 on 10.0.0.1: Remote RPC client disassociated.",
    ],
    misses: ["INFO BlockManager: Connection established", "WARN TaskSetManager: Lost task 0.0 in stage 0.0"],
  },
];

/** For `PROGRAMS`. */
export const PROGRAM_EXAMPLES: readonly Example[] = [
  {
    class: "java-missing",
    hits: [
      "The system cannot find the path specified.",
      "Das System kann den angegebenen Pfad nicht finden.",
    ],
    misses: ["java.io.IOException: The system cannot find the path specified"],
  },
  {
    class: "unknown",
    hits: [
      "PySparkRuntimeError: [JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.",
    ],
    misses: ["Java gateway process started"],
  },
  {
    class: "bad-spark-config",
    hits: [
      "org.apache.spark.SparkException: a value of ours\n" +
      "\tat org.apache.spark.SparkContext.<init>(SparkContext.scala:376)",
    ],
    misses: [
      "org.apache.spark.SparkException: a value of ours\n\tat org.apache.spark.rdd.RDD.collect(RDD.scala:1)",
    ],
  },
  {
    class: "user-code-error",
    hits: [
      "pyspark.sql.utils.AnalysisException: cannot resolve '`a`' given input columns: [b];",
      "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `a` cannot be resolved.",
      "java.sql.BatchUpdateException: Batch entry 0 was aborted",
      'Exception in thread "main" java.lang.NumberFormatException: For input string: "x"',
      "ZeroDivisionError: division by zero",
      "scala.MatchError: (1,2) (of class scala.Tuple2)",
    ],
    misses: ["INFO ParseDriver: Parsing command", "[WARNING] 3 columns", "no ValueError here"],
  },
  {
    class: "killed-by-signal",
    hits: ["KeyboardInterrupt"],
    misses: ["Press Ctrl-C for KeyboardInterrupt"],
  },
  {
    class: "user-code-error",
    hits: [
      "org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times",
      'Exception in thread "main" java.lang.RuntimeException: no',
      "com.acme.ShopException: no such customer",
    ],
    misses: ["WARN Utils: an exception to the rule"],
  },
];
