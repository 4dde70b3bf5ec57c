# Prints what it must not, wherever a gateway writes, and then has the JVM crash.
import os
import signal

from pyspark.sql import SparkSession

secret = os.environ["PYSPARK_GATEWAY_SECRET"]
spark = SparkSession.builder.getOrCreate()
jvm = spark._jvm
conf = spark.sparkContext.getConf()
planted = [secret, conf.get("spark.hadoop.fs.s3a.secret.key"), *os.environ["PLANTED"].split(" ")]
print("\n".join(planted))
for text in planted:
    for stream in (jvm.java.lang.System.out, jvm.java.lang.System.err):
        stream.println("the value " + text + " was refused")
        stream.println("java.lang.OutOfMemoryError: Java heap space for " + text)
        stream.println(text)
    jvm.java.lang.Thread.currentThread().setName("worker-" + text)
for stream in (jvm.java.lang.System.out, jvm.java.lang.System.err):
    stream.println(repr(dict(os.environ)))
    stream.flush()
os.kill(int(jvm.java.lang.ProcessHandle.current().pid()), signal.SIGSEGV)
while True:
    jvm.java.lang.System.currentTimeMillis()
