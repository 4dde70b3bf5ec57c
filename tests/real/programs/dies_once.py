"""Data that goes from Python to the JVM by a file, through Python workers and back; the JVM dies after the first time: dies_once.py"""

import os

from pyspark.sql import SparkSession

sc = SparkSession.builder.getOrCreate().sparkContext
print("sum", sc.parallelize(range(100_000), 2).map(lambda number: number % 7).sum(), flush=True)
if not os.path.exists("tried"):
    open("tried", "w").close()
    sc._jvm.java.lang.Runtime.getRuntime().halt(9)
