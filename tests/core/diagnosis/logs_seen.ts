/**
 * Logs as Spark 1 to 4, Hadoop, Py4J, schedulers and shells write them, cut to the lines that matter: who failed, where,
 * and what that meant for the JVM.
 * @module
 */

import type { CauseClass } from "../../../src/core/verdict.ts";

/** A log and what it was. */
export interface Log {
  readonly text: string;
  readonly is: CauseClass;
  readonly fatal: boolean;
}

/** Logs by what they tell of. */
export const LOGS: Readonly<Record<string, Log>> = {
  "a heap error of a task in the driver, told to Python": {
    is: "heap-oom",
    fatal: true,
    text: `Py4JJavaError: An error occurred while calling o57.collectToPython.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0 (TID 0) (192.168.1.2 executor driver): java.lang.OutOfMemoryError: Java heap space
	at java.base/java.util.Arrays.copyOf(Arrays.java:3745)`,
  },
  "a heap error of an executor elsewhere": {
    is: "heap-oom",
    fatal: false,
    text:
      `24/01/01 10:00:00 WARN TaskSetManager: Lost task 3.0 in stage 4.0 (TID 77) (10.1.2.3 executor 5): java.lang.OutOfMemoryError: Java heap space
	at java.base/java.util.Arrays.copyOf(Arrays.java:3745)
	at org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:619)
24/01/01 10:00:01 ERROR TaskSetManager: Task 3 in stage 4.0 failed 4 times; aborting job`,
  },
  "a heap error that stopped the SparkContext, and an orderly end of it": {
    is: "heap-oom",
    fatal: true,
    text:
      `24/01/01 10:00:00 ERROR Utils: uncaught error in thread Spark Context Cleaner, stopping SparkContext
java.lang.OutOfMemoryError: Java heap space
24/01/01 10:00:00 INFO SparkContext: Successfully stopped SparkContext`,
  },
  "a dead scheduler": {
    is: "metaspace-oom",
    fatal: true,
    text: `Exception in thread "dag-scheduler-event-loop" java.lang.OutOfMemoryError: Metaspace`,
  },
  "a full disk that Spark calls out of memory": {
    is: "disk-full",
    fatal: false,
    text:
      `24/01/01 10:00:00 ERROR TaskMemoryManager: error while calling spill() on org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter@5e
java.io.IOException: No space left on device
	at java.base/java.io.FileOutputStream.writeBytes(Native Method)
24/01/01 10:00:00 ERROR Executor: Exception in task 3.0 in stage 4.0 (TID 77)
org.apache.spark.memory.SparkOutOfMemoryError: error while calling spill() on org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter@5e : No space left on device`,
  },
  "the kernel's log": {
    is: "killed-by-oom-killer",
    fatal: true,
    text:
      `Jan 10 03:12:12 host kernel: [12345.678] Out of memory: Killed process 2231 (java) total-vm:12345678kB, anon-rss:8123456kB, file-rss:0kB, shmem-rss:0kB, UID:1000`,
  },
  "a pod's state": {
    is: "killed-by-oom-killer",
    fatal: true,
    text: `    State:          Terminated
      Reason:       OOMKilled
      Exit Code:    137`,
  },
  "an executor that YARN killed": {
    is: "killed-by-oom-killer",
    fatal: false,
    text:
      `21/05/05 10:10:10 WARN YarnAllocator: Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used. Consider boosting spark.yarn.executor.memoryOverhead.
21/05/05 10:10:10 ERROR YarnScheduler: Lost executor 3 on node7: Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.`,
  },
  "SIGTERM and an orderly end": {
    is: "killed-by-signal",
    fatal: true,
    text: `21/05/05 10:10:10 ERROR ApplicationMaster: RECEIVED SIGNAL TERM
21/05/05 10:10:10 INFO SparkContext: Invoking stop() from shutdown hook
21/05/05 10:10:10 INFO SparkContext: Successfully stopped SparkContext`,
  },
  "an application that was killed on YARN": {
    is: "killed-by-signal",
    fatal: true,
    text: `21/05/05 10:10:10 INFO Client: Application report for application_1 (state: KILLED)
Exception in thread "main" org.apache.spark.SparkException: Application application_1 finished with killed status`,
  },
  "a stack overflow in a call that returned": {
    is: "stack-overflow",
    fatal: false,
    text: `py4j.protocol.Py4JJavaError: An error occurred while calling o123.collectToPython.
: java.lang.StackOverflowError
	at org.apache.spark.sql.catalyst.trees.TreeNode.mapChildren(TreeNode.scala:1)`,
  },
  "a stack overflow of the main thread": {
    is: "stack-overflow",
    fatal: true,
    text: `Exception in thread "main" java.lang.StackOverflowError
	at java.io.ObjectStreamClass.lookup(ObjectStreamClass.java:1)`,
  },
  "a Java that is too old, with Python's view of it": {
    is: "java-version-mismatch",
    fatal: true,
    text: `Error: LinkageError occurred while loading main class org.apache.spark.launcher.Main
	java.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main has been compiled by a more recent version of the Java Runtime (class file version 61.0), this version of the Java Runtime only recognizes class file versions up to 55.0
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
pyspark.errors.exceptions.base.PySparkRuntimeError: [JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.`,
  },
  "a main class that is nowhere, Spark 1": {
    is: "class-missing",
    fatal: true,
    text: `java.lang.ClassNotFoundException: com.example.SimpleApp
	at java.net.URLClassLoader$1.run(URLClassLoader.java:366)
	at org.apache.spark.deploy.SparkSubmit$.launch(SparkSubmit.scala:318)
	at org.apache.spark.deploy.SparkSubmit$.main(SparkSubmit.scala:75)`,
  },
  "a SparkContext that has too little memory": {
    is: "bad-spark-config",
    fatal: true,
    text:
      `py4j.protocol.Py4JJavaError: An error occurred while calling None.org.apache.spark.api.java.JavaSparkContext.
: java.lang.IllegalArgumentException: System memory 259522560 must be at least 471859200. Please increase heap size using the --driver-memory option or spark.driver.memory in Spark configuration.
	at org.apache.spark.memory.UnifiedMemoryManager$.getMaxMemory(UnifiedMemoryManager.scala:217)`,
  },
  "a SparkContext without its folder of events": {
    is: "bad-spark-config",
    fatal: true,
    text: `24/01/01 10:00:00 ERROR SparkContext: Error initializing SparkContext.
java.io.FileNotFoundException: File file:/tmp/spark-events does not exist
	at org.apache.hadoop.fs.RawLocalFileSystem.deprecatedGetFileStatus(RawLocalFileSystem.java:611)
	at org.apache.spark.deploy.history.EventLogFileWriter.requireLogBaseDirAsDirectory(EventLogFileWriters.scala:77)
	at org.apache.spark.SparkContext.<init>(SparkContext.scala:585)`,
  },
  "an address of another machine": {
    is: "port-bind-failed",
    fatal: true,
    text: `24/01/01 10:00:00 ERROR SparkContext: Error initializing SparkContext.
java.net.BindException: Cannot assign requested address: Service 'sparkDriver' failed after 16 retries (on a random free port)! Consider explicitly setting the appropriate binding address
	at java.base/sun.nio.ch.Net.bind0(Native Method)`,
  },
  "a port that is taken, and another one found": {
    is: "port-bind-failed",
    fatal: false,
    text: `24/01/01 10:00:00 WARN Utils: Service 'SparkUI' could not bind on port 4040. Attempting port 4041.
24/01/01 10:00:00 INFO Utils: Successfully started service 'SparkUI' on port 4041.`,
  },
  "a host name that no URL can hold": {
    is: "hostname-resolution-failed",
    fatal: true,
    text: `24/01/01 10:00:00 ERROR SparkContext: Error initializing SparkContext.
org.apache.spark.SparkException: Invalid Spark URL: spark://HeartbeatReceiver@my_host:35543
	at org.apache.spark.rpc.RpcEndpointAddress$.apply(RpcEndpointAddress.scala:66)`,
  },
  "a metastore that is locked, told by Python": {
    is: "metastore-locked",
    fatal: false,
    text:
      `pyspark.sql.utils.AnalysisException: java.lang.RuntimeException: java.lang.RuntimeException: Unable to instantiate org.apache.hadoop.hive.ql.metadata.SessionHiveMetaStoreClient
Caused by: java.sql.SQLException: Failed to start database 'metastore_db' with class loader org.apache.spark.sql.hive.client.IsolatedClientLoader, see the next exception for details.`,
  },
  "a gateway that is gone": {
    is: "connection-lost",
    fatal: true,
    text: `Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/py4j/java_gateway.py", line 977, in _get_connection
    connection = self.deque.pop()
IndexError: pop from an empty deque

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/py4j/java_gateway.py", line 1115, in start
    self.socket.connect((self.address, self.port))
ConnectionRefusedError: [Errno 111] Connection refused

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/job.py", line 12, in <module>
    df.count()
py4j.protocol.Py4JNetworkError: An error occurred while trying to connect to the Java server (127.0.0.1:41223)`,
  },
  "a gateway that is gone, threads pinned": {
    is: "connection-lost",
    fatal: true,
    text: `Traceback (most recent call last):
  File "/app/job.py", line 12, in <module>
    df.count()
  File "/usr/lib/python3/site-packages/py4j/clientserver.py", line 438, in connect_to_java_server
    self.socket.connect((self.java_address, self.java_port))
ConnectionRefusedError: [Errno 111] Connection refused`,
  },
  "masters that are gone": {
    is: "connection-lost",
    fatal: false,
    text:
      `17/01/01 10:00:00 ERROR StandaloneSchedulerBackend: Application has been killed. Reason: All masters are unresponsive! Giving up.
17/01/01 10:00:00 WARN StandaloneSchedulerBackend: Application ID is not initialized yet.`,
  },
  "a Python worker that crashed": {
    is: "python-worker-crash",
    fatal: false,
    text: `24/01/01 10:00:00 ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)
org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)
	at org.apache.spark.api.python.BasePythonRunner$ReaderIterator$$anonfun$1.applyOrElse(PythonRunner.scala:550)
Caused by: java.io.EOFException
	at java.base/java.io.DataInputStream.readInt(DataInputStream.java:397)`,
  },
  "cmd.exe without Java": {
    is: "java-missing",
    fatal: true,
    text: `The system cannot find the path specified.
'"C:\\Program Files\\Java\\jdk1.8\\bin\\java"' is not recognized as an internal or external command,
operable program or batch file.`,
  },
  "direct memory of an executor elsewhere": {
    is: "direct-memory-oom",
    fatal: false,
    text:
      `WARN TaskSetManager: Lost task 1.0 in stage 2.0 (TID 9, node3, executor 4): FetchFailed(BlockManagerId(2, node2, 7337, None), shuffleId=0, mapId=1, reduceId=2, message=
org.apache.spark.shuffle.FetchFailedException: failed to allocate 16777216 byte(s) of direct memory (used: 1073741824, max: 1073741824)`,
  },
  "an orderly end, and Windows that cannot tidy up": {
    is: "clean-exit",
    fatal: false,
    text:
      `24/01/01 10:00:00 WARN NativeCodeLoader: Unable to load native-hadoop library for your platform... using builtin-java classes where applicable
24/01/01 10:00:01 INFO SparkContext: Running Spark version 3.5.0
24/01/01 10:00:09 WARN TaskSetManager: Stage 0 contains a task of very large size (1000 KiB). The maximum recommended task size is 1000 KiB.
24/01/01 10:00:10 INFO SparkContext: Successfully stopped SparkContext
24/01/01 10:00:10 INFO ShutdownHookManager: Shutdown hook called
24/01/01 10:00:10 INFO ShutdownHookManager: Deleting directory /tmp/spark-1
24/01/01 10:00:10 ERROR ShutdownHookManager: Exception while deleting Spark temp dir: C:\\Users\\x\\AppData\\Local\\Temp\\spark-1
java.io.IOException: Failed to delete: C:\\Users\\x\\AppData\\Local\\Temp\\spark-1
	at org.apache.spark.network.util.JavaUtils.deleteRecursivelyUsingJavaIO(JavaUtils.java:144)`,
  },
  "a class that is missed on an executor": {
    is: "class-missing",
    fatal: false,
    text:
      `15/05/01 10:00:00 WARN scheduler.TaskSetManager: Lost task 0.0 in stage 0.0 (TID 0, node1): java.lang.ClassNotFoundException: com.example.Foo$$anonfun$1
	at java.net.URLClassLoader$1.run(URLClassLoader.java:366)
	at org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:203)`,
  },
  "a heap error of a task, and what Python sees of it": {
    is: "heap-oom",
    fatal: true,
    text: `22/05/05 10:10:10 ERROR Executor: Exception in task 1.0 in stage 2.0 (TID 3)
java.lang.OutOfMemoryError: Java heap space
	at org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:203)
22/05/05 10:10:11 ERROR SparkUncaughtExceptionHandler: Uncaught exception in thread Thread[Executor task launch worker for task 3,5,main]
java.lang.OutOfMemoryError: Java heap space
Traceback (most recent call last):
  File "/usr/lib/py4j/java_gateway.py", line 1159, in send_command
py4j.protocol.Py4JNetworkError: Answer from Java side is empty`,
  },
  "a program that does not exist": {
    is: "bad-spark-config",
    fatal: true,
    text: `python3: can't open file '/app/missing.py': [Errno 2] No such file or directory
24/01/01 10:00:00 INFO ShutdownHookManager: Shutdown hook called`,
  },
  "a job that failed for its data": {
    is: "user-code-error",
    fatal: false,
    text: `Traceback (most recent call last):
  File "/app/etl.py", line 10, in <module>
    df.write.save("x")
py4j.protocol.Py4JJavaError: An error occurred while calling o88.save.
: org.apache.spark.SparkException: Job aborted.
	at org.apache.spark.sql.execution.datasources.FileFormatWriter$.write(FileFormatWriter.scala:231)
Caused by: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: Lost task 0.0 in stage 1.0 (TID 1) (host executor driver): java.lang.NumberFormatException: For input string: "x"`,
  },
  "a program in Python that it runs": {
    is: "user-code-error",
    fatal: false,
    text: `17/01/01 10:00:00 ERROR ApplicationMaster: User application exited with status 1
17/01/01 10:00:00 INFO ApplicationMaster: Final app status: FAILED, exitCode: 1, (reason: User application exited with status 1)`,
  },
  "a log that stops": {
    is: "unknown",
    fatal: false,
    text:
      `24/01/01 10:00:00 WARN NativeCodeLoader: Unable to load native-hadoop library for your platform... using builtin-java classes where applicable
24/01/01 10:00:01 INFO SparkContext: Running Spark version 3.5.0
24/01/01 10:00:02 INFO BlockManager: Initialized BlockManager: BlockManagerId(driver, h, 1, None)`,
  },
  "a warning about winutils": {
    is: "unknown",
    fatal: false,
    text:
      `24/01/01 10:00:00 WARN Shell: Did not find winutils.exe: java.io.FileNotFoundException: java.io.FileNotFoundException: HADOOP_HOME and hadoop.home.dir are unset. -see https://wiki.apache.org/hadoop/WindowsProblems`,
  },
};
