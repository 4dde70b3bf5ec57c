"""Answers questions of one kind, one after the other, and says how far it is: `begin PID`, `jvm PID`, `answer NUMBER` for
each, `end`.

    work.py KIND FOLDER N,M [N,M ...]
"""

import os
import sys
import tempfile

from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

kind, folder, *questions = sys.argv[1:]


def tell(*words):
    print(*words, flush=True)


def calls(n, m):
    return sum(jvm.java.lang.Math.floorMod(i * i, m) for i in range(min(n, 300)))


def sums(n, m):
    return spark.range(n).agg(F.sum(F.expr(f"(id * id) % {m}"))).collect()[0][0]


def groups(n, m):
    rows = spark.range(n).groupBy((F.col("id") % m).alias("key")).agg(F.sum("id").alias("sum"), F.count("*").alias("count"))
    return sum(row["key"] * row["sum"] + row["count"] for row in rows.collect())


def words(n, m):
    counts = spark.sparkContext.parallelize(range(n), 4).map(lambda i: (f"word {i % m}", 1)).reduceByKey(lambda a, b: a + b)
    return sum(count * count for _, count in counts.collect())


def udf(n, m):
    digits = F.udf(lambda i: len(str(i * m)), "int")
    return spark.range(n).agg(F.sum(digits("id"))).collect()[0][0]


def rows(n, m):
    there = spark.createDataFrame([(i, "x" * (i % m * 10)) for i in range(min(n, 3000))], ["id", "text"])
    return sum(len(row["text"]) for row in there.repartition(3).collect())


def arrow(n, m):
    return int(spark.range(n).withColumn("times", F.col("id") * m).toPandas()["times"].sum())


def parquet(n, m):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        spark.range(0, n, 1, 3).write.parquet(place + "/table")
        return spark.read.parquet(place + "/table").where(f"id % {m} = 0").agg(F.sum("id")).collect()[0][0]


tell("begin", os.getpid())
SparkContext._ensure_initialized()
jvm = SparkContext._jvm
if kind != "calls":
    spark = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", 3).getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
tell("jvm", jvm.java.lang.ProcessHandle.current().pid())
answer = {each.__name__: each for each in (calls, sums, groups, words, udf, rows, arrow, parquet)}[kind]
for question in questions:
    tell("answer", answer(*(int(number) for number in question.split(","))))
if kind != "calls":
    spark.stop()
tell("end")
