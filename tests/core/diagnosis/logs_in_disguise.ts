/**
 * Logs in the clothes of those who pass them on (container runtimes, structured layouts, other languages), and false
 * friends: texts that only name an error, and errors that were made good.
 * @module
 */

import type { Log } from "./logs_seen.ts";

/** Logs by what they tell of. */
export const LOGS_IN_DISGUISE: Readonly<Record<string, Log>> = {
  "a task's heap error, line by line in Docker's JSON": {
    is: "heap-oom",
    fatal: true,
    text:
      `{"log":"24/11/02 08:01:11 ERROR Executor: Exception in task 7.0 in stage 12.0 (TID 311)\\n","stream":"stderr","time":"2024-11-02T08:01:11.000112233Z"}
{"log":"java.lang.OutOfMemoryError: Java heap space\\n","stream":"stderr","time":"2024-11-02T08:01:11.000122233Z"}
{"log":"\\u0009at java.base/java.util.Arrays.copyOf(Arrays.java:3537)\\n","stream":"stderr","time":"2024-11-02T08:01:11.000132233Z"}
{"log":"\\u0009at org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:621)\\n","stream":"stderr","time":"2024-11-02T08:01:11.000132239Z"}
{"log":"24/11/02 08:01:11 ERROR SparkUncaughtExceptionHandler: Uncaught exception in thread Thread[#71,Executor task launch worker for task 7.0 in stage 12.0 (TID 311),5,main]\\n","stream":"stderr","time":"2024-11-02T08:01:11.000142233Z"}
{"log":"java.lang.OutOfMemoryError: Java heap space\\n","stream":"stderr","time":"2024-11-02T08:01:11.000152233Z"}
{"log":"24/11/02 08:01:11 INFO ShutdownHookManager: Shutdown hook called\\n","stream":"stderr","time":"2024-11-02T08:01:11.000162233Z"}`,
  },
  "a heap error in Spark 4's structured log": {
    is: "heap-oom",
    fatal: true,
    text:
      `{"ts":"2025-06-01T10:00:00.000Z","level":"ERROR","msg":"Exception in task 0.0 in stage 0.0 (TID 0)","context":{"task_name":"task 0.0 in stage 0.0 (TID 0)"},"exception":{"class":"java.lang.OutOfMemoryError","msg":"Java heap space","stacktrace":[{"class":"java.util.Arrays","method":"copyOf","file":"Arrays.java","line":3537}]},"logger":"Executor"}
{"ts":"2025-06-01T10:00:00.010Z","level":"ERROR","msg":"Uncaught exception in thread Thread[#88,Executor task launch worker for task 0.0 in stage 0.0 (TID 0),5,main]","exception":{"class":"java.lang.OutOfMemoryError","msg":"Java heap space","stacktrace":[{"class":"java.util.Arrays","method":"copyOf","file":"Arrays.java","line":3537}]},"logger":"SparkUncaughtExceptionHandler"}`,
  },
  "an executor that was killed, in Spark 4's structured log": {
    is: "killed-by-oom-killer",
    fatal: false,
    text:
      `{"ts":"2026-02-01T07:00:00.100Z","level":"ERROR","msg":"Lost executor 3 on 10.1.4.9: \\nThe executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).","context":{"executor_id":"3","host_port":"10.1.4.9"},"logger":"TaskSchedulerImpl"}
{"ts":"2026-02-01T07:00:00.300Z","level":"ERROR","msg":"Task 4 in stage 9.0 failed 4 times; aborting job","context":{"task_index":"4"},"logger":"TaskSetManager"}`,
  },
  "an error in Elastic's layout, its trace in one text": {
    is: "serialization-error",
    fatal: false,
    text:
      `{"@timestamp":"2026-02-01T07:00:00.100Z","log.level":"ERROR","message":"batch failed","ecs.version":"1.2.0","log.logger":"com.acme.Runner","error.type":"org.apache.spark.SparkException","error.message":"Task not serializable","error.stack_trace":"org.apache.spark.SparkException: Task not serializable\\n\\tat org.apache.spark.util.ClosureCleaner$.ensureSerializable(ClosureCleaner.scala:416)\\nCaused by: java.io.NotSerializableException: com.acme.Pool\\n"}`,
  },
  "a line as a cloud console exports it": {
    is: "metaspace-oom",
    fatal: true,
    text:
      `{"insertId":"a1","textPayload":"Exception in thread \\"main\\" java.lang.OutOfMemoryError: Metaspace","resource":{"type":"k8s_container"},"timestamp":"2026-02-01T07:00:00.1Z","severity":"ERROR","logName":"projects/p/logs/stderr"}`,
  },
  "the containers of an executor that Kubernetes killed": {
    is: "killed-by-oom-killer",
    fatal: false,
    text:
      `25/05/14 09:31:02 WARN TaskSetManager: Lost task 3.0 in stage 7.0 (TID 98) (10.32.1.7 executor 4): ExecutorLostFailure (executor 4 exited caused by one of the running tasks) Reason: 
The executor with id 4 exited with exit code 137(SIGKILL, possible container OOM).


The API gave the following container statuses:


	 container name: spark-kubernetes-executor
	 container image: registry.example.com/spark-py:3.5.1
	 container state: terminated
	 container started at: 2025-05-14T09:22:00Z
	 container finished at: 2025-05-14T09:31:00Z
	 exit code: 137
	 termination reason: OOMKilled
      
25/05/14 09:31:03 INFO ExecutorPodsAllocator: Going to request 1 executors from Kubernetes for ResourceProfile Id: 0`,
  },
  "a heap error elsewhere, a second try and a job that ended well": {
    is: "clean-exit",
    fatal: false,
    text: `24/07/01 12:00:00 INFO SparkContext: Running Spark version 3.4.2
24/07/01 12:10:00 WARN TaskSetManager: Lost task 17.0 in stage 3.0 (TID 217) (ip-10-0-3-4.ec2.internal executor 2): java.lang.OutOfMemoryError: GC overhead limit exceeded
	at org.apache.spark.unsafe.types.UTF8String.fromAddress(UTF8String.java:135)
	at org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:554)

24/07/01 12:10:00 INFO TaskSetManager: Starting task 17.1 in stage 3.0 (TID 230) (ip-10-0-3-5.ec2.internal, executor 3, partition 17, PROCESS_LOCAL, 7587 bytes)
24/07/01 12:10:40 INFO TaskSetManager: Finished task 17.1 in stage 3.0 (TID 230) in 40012 ms on ip-10-0-3-5.ec2.internal (executor 3) (40/40)
24/07/01 12:10:41 INFO DAGScheduler: Job 2 finished: save at Job.scala:77, took 641.2 s
24/07/01 12:10:42 INFO SparkContext: Successfully stopped SparkContext
24/07/01 12:10:42 INFO ShutdownHookManager: Shutdown hook called
24/07/01 12:10:42 INFO ShutdownHookManager: Deleting directory /mnt/tmp/spark-3f`,
  },
  "connections that were lost and made again": {
    is: "clean-exit",
    fatal: false,
    text: `24/07/01 12:00:00 INFO SparkContext: Running Spark version 3.4.2
24/07/01 12:05:00 ERROR RetryingBlockTransferor: Exception while beginning fetch of 3 outstanding blocks (after 1 retries)
java.io.IOException: Failed to connect to ip-10-0-3-4/10.0.3.4:7337
	at org.apache.spark.network.client.TransportClientFactory.createClient(TransportClientFactory.java:288)
Caused by: io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: ip-10-0-3-4/10.0.3.4:7337
24/07/01 12:05:05 WARN TaskSetManager: Lost task 2.0 in stage 3.0 (TID 31) (10.0.3.5 executor 2): FetchFailed(BlockManagerId(1, ip-10-0-3-4, 7337, None), shuffleId=1, mapIndex=0, mapId=9, reduceId=2, message=
24/07/01 12:10:41 INFO DAGScheduler: Job 2 finished: save at Job.scala:77, took 641.2 s
24/07/01 12:10:42 INFO SparkContext: Successfully stopped SparkContext
24/07/01 12:10:42 INFO ShutdownHookManager: Shutdown hook called`,
  },
  "a query that names an error": {
    is: "user-code-error",
    fatal: false,
    text:
      `25/02/03 10:00:00 INFO SparkSqlParser: Parsing command: SELECT * FROM incidents WHERE message LIKE '%java.lang.OutOfMemoryError: Java heap space%'
Traceback (most recent call last):
  File "/home/ana/report.py", line 9, in <module>
    spark.sql("SELECT * FROM incidents WHERE message LIKE '%java.lang.OutOfMemoryError: Java heap space%'")
  File "/usr/lib/python3.11/site-packages/pyspark/sql/session.py", line 1631, in sql
    return DataFrame(self._jsparkSession.sql(sqlQuery, litArgs), self)
pyspark.errors.exceptions.captured.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view \`incidents\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
  },
  "a query with a mistake that names an end": {
    is: "user-code-error",
    fatal: false,
    text: `Traceback (most recent call last):
  File "q.py", line 3, in <module>
    df.filter("reason = 'OOMKilled'").show()
pyspark.errors.exceptions.captured.ParseException: 
[PARSE_SYNTAX_ERROR] Syntax error at or near 'FORM'.(line 1, pos 9)

== SQL ==
SELECT * FORM pods WHERE reason = 'OOMKilled' AND message LIKE '%No space left on device%'
---------^^^`,
  },
  "a remark that names an error": {
    is: "clean-exit",
    fatal: false,
    text: `25/02/03 10:00:00 INFO SparkContext: Running Spark version 3.5.0
# more partitions, or this dies with java.lang.OutOfMemoryError: Java heap space
25/02/03 10:01:00 INFO SparkContext: Successfully stopped SparkContext
25/02/03 10:01:00 INFO ShutdownHookManager: Shutdown hook called`,
  },
  "a table of data that names an error": {
    is: "user-code-error",
    fatal: false,
    text: `+----+--------------------------------------------------+
|id  |message                                           |
+----+--------------------------------------------------+
|1   |java.lang.OutOfMemoryError: Java heap space       |
+----+--------------------------------------------------+
Traceback (most recent call last):
  File "a.py", line 7, in <module>
    print(rows[9])
IndexError: list index out of range`,
  },
  "an application master beyond its memory, Hadoop 3": {
    is: "killed-by-oom-killer",
    fatal: true,
    text:
      `24/02/11 07:44:10 INFO Client: Application report for application_1707600000000_0042 (state: FAILED)
24/02/11 07:44:10 INFO Client: 
	 client token: N/A
	 diagnostics: Application application_1707600000000_0042 failed 2 times due to AM Container for appattempt_1707600000000_0042_000002 exited with  exitCode: -104
Failing this attempt.Diagnostics: [2024-02-11 07:44:09.900]Container [pid=8811,containerID=container_1707600000000_0042_02_000001] is running 51113984B beyond the 'PHYSICAL' memory limit. Current usage: 2.4 GB of 2.4 GB physical memory used; 4.9 GB of 11.9 GB virtual memory used. Killing container.
	 ApplicationMaster host: N/A
	 final status: FAILED
Exception in thread "main" org.apache.spark.SparkException: Application application_1707600000000_0042 finished with failed status`,
  },
  "an application on YARN that failed of itself": {
    is: "user-code-error",
    fatal: true,
    text: `24/02/11 07:44:10 INFO Client: Application report for application_17_0042 (state: FINISHED)
Exception in thread "main" org.apache.spark.SparkException: Application application_17_0042 finished with failed status
	at org.apache.spark.deploy.yarn.Client.run(Client.scala:1309)
	at org.apache.spark.deploy.yarn.YarnClusterApplication.start(Client.scala:1742)
	at org.apache.spark.deploy.SparkSubmit.org$apache$spark$deploy$SparkSubmit$$runMain(SparkSubmit.scala:1020)`,
  },
  "a queue that there is not": {
    is: "bad-spark-config",
    fatal: true,
    text:
      `Exception in thread "main" org.apache.hadoop.yarn.exceptions.YarnException: Failed to submit application_1_3 to YARN : Application application_1_3 submitted by user etl to unknown queue: nightly
	at org.apache.hadoop.yarn.client.api.impl.YarnClientImpl.submitApplication(YarnClientImpl.java:336)
	at org.apache.spark.deploy.yarn.Client.submitApplication(Client.scala:225)`,
  },
  "cmd.exe in German, without Java": {
    is: "java-missing",
    fatal: true,
    text: `Das System kann den angegebenen Pfad nicht finden.
Traceback (most recent call last):
  File "C:\\Users\\jan\\job.py", line 4, in <module>
    sc = SparkContext("local[*]", "x")
  File "C:\\Python311\\Lib\\site-packages\\pyspark\\java_gateway.py", line 107, in launch_gateway
    raise PySparkRuntimeError(
pyspark.errors.exceptions.base.PySparkRuntimeError: [JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.`,
  },
  "Ctrl-C": {
    is: "killed-by-signal",
    fatal: false,
    text: `^CTraceback (most recent call last):
  File "/app/x.py", line 8, in <module>
    q.awaitTermination()
  File "/usr/lib/python3.11/site-packages/py4j/java_gateway.py", line 1322, in __call__
    return_value = get_return_value(
  File "/usr/lib/python3.11/site-packages/pyspark/context.py", line 382, in signal_handler
    raise KeyboardInterrupt()
KeyboardInterrupt`,
  },
  "a folder of events that may not be written": {
    is: "permission-denied",
    fatal: true,
    text: `24/10/10 10:10:10 ERROR SparkContext: Error initializing SparkContext.
java.io.FileNotFoundException: /var/spark-events/local-1728547810.inprogress (Permission denied)
	at java.base/java.io.FileOutputStream.open0(Native Method)
	at org.apache.spark.deploy.history.EventLogFileWriter.initLogFile(EventLogFileWriters.scala:98)
	at org.apache.spark.SparkContext.<init>(SparkContext.scala:618)`,
  },
  "a service account without rights": {
    is: "permission-denied",
    fatal: true,
    text:
      `Exception in thread "main" io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: https://10.96.0.1/api/v1/namespaces/default/pods. Message: pods is forbidden: User "system:serviceaccount:default:default" cannot create resource "pods" in API group "" in the namespace "default".
	at io.fabric8.kubernetes.client.dsl.base.OperationSupport.requestFailure(OperationSupport.java:682)`,
  },
  "a Python worker without memory": {
    is: "native-memory-oom",
    fatal: false,
    text: `org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "/opt/spark/python/lib/pyspark.zip/pyspark/worker.py", line 1247, in main
    process()
numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,) and data type float64

	at org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(PythonRunner.scala:572)`,
  },
  "a traceback behind a record of information": {
    is: "user-code-error",
    fatal: false,
    text: `26/02/01 07:00:00 INFO org.apache.spark.SparkEnv: Registering MapOutputTracker
Traceback (most recent call last):
  File "/tmp/job-1/x.py", line 14, in <module>
    main(sys.argv[1])
IndexError: list index out of range
26/02/01 07:00:05 INFO org.sparkproject.jetty.server.AbstractConnector: Stopped Spark@5b{HTTP/1.1, (http/1.1)}{0.0.0.0:0}`,
  },
  "a gateway that is gone, told by IPython": {
    is: "connection-lost",
    fatal: true,
    text: `ERROR:root:Exception while sending command.
Traceback (most recent call last):
  File "/opt/conda/lib/python3.11/site-packages/py4j/clientserver.py", line 516, in send_command
    raise Py4JNetworkError("Answer from Java side is empty")
py4j.protocol.Py4JNetworkError: Answer from Java side is empty

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/conda/lib/python3.11/site-packages/py4j/java_gateway.py", line 1038, in send_command
    response = connection.send_command(command)
  File "/opt/conda/lib/python3.11/site-packages/py4j/clientserver.py", line 539, in send_command
    raise Py4JNetworkError(
py4j.protocol.Py4JNetworkError: Error while sending or receiving
---------------------------------------------------------------------------
ConnectionRefusedError                    Traceback (most recent call last)
Cell In[9], line 1
----> 1 spark.range(10).count()`,
  },
};
