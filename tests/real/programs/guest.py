"""Does a small job and says which JVM did it, as a line `jvm PID`.

    guest.py clean|dirty|stays|stays-until-killed

`dirty` leaves another log level behind; `stays` waits for the end of its standard input before it goes,
the last one calls its JVM until that is gone.
"""

import sys

from pyspark.sql import SparkSession

kind = sys.argv[1]
spark = SparkSession.builder.master("local[2]").getOrCreate()
assert spark.range(100).selectExpr("sum(id)").collect()[0][0] == 4950
print("jvm", spark._jvm.java.lang.ProcessHandle.current().pid(), flush=True)
if kind == "dirty":
    spark.sparkContext.setLogLevel("FATAL")
if kind == "stays":
    sys.stdin.read()
while kind == "stays-until-killed":
    spark._jvm.java.lang.Thread.sleep(100)
spark.stop()
