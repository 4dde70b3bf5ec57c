"""Six shapes of a small PySpark program, to see how soon the first result comes: shapes.py SHAPE.

Prints how many rows the first result has when it is there, and then one line of JSON: the pid of the JVM, and the
processor seconds that the driver, this JVM and the Python workers have used by then, in all their lives.
"""
import json
import os
import sys
import tempfile

from pyspark.sql import SparkSession, functions as F


def ticks(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    # utime, stime and those of its reaped children, such as Spark's launcher.
    return sum(int(field) for field in fields[11:15]), int(fields[1])


def cpu_seconds(jvm):
    """Asked behind the first result: looking through /proc takes its time."""
    parents = {}
    spent = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                spent[int(name)], parents[int(name)] = ticks(name)
            except OSError:
                pass

    def below(pid):
        while pid in parents and pid not in (jvm, os.getpid()):
            pid = parents[pid]
        return pid in (jvm, os.getpid())

    return sum(used for pid, used in spent.items() if below(pid)) / os.sysconf("SC_CLK_TCK")


spark = SparkSession.builder.master("local[2]").appName("shape").getOrCreate()


def sql():
    spark.range(1000).selectExpr("id", "id % 7 customer").createOrReplaceTempView("orders")
    return spark.sql(
        "select name, sum(o.id), count(*) from orders o join (select id, concat('name ', id) name from range(7)) n"
        " on o.customer = n.id group by name order by name"
    ).collect()


def rows():
    orders = spark.range(1000).select(F.col("id"), (F.col("id") % 7).alias("customer"))
    names = spark.createDataFrame([(i, f"name {i}") for i in range(7)], ["customer", "name"])
    return orders.join(names, "customer").groupBy("name").agg(F.sum("id"), F.count("*")).orderBy("name").collect()


def words():
    lines = spark.sparkContext.parallelize(["to be or not to be", "that is the question"] * 50, 2)
    return lines.flatMap(str.split).map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b).collect()


def udf():
    length = F.udf(lambda n: len(str(n)), "int")
    return spark.range(1000).select(length("id").alias("digits")).groupBy("digits").count().collect()


def arrow():
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    return spark.range(1000).withColumn("square", F.col("id") * F.col("id")).toPandas()["square"].tolist()


def parquet():
    with tempfile.TemporaryDirectory() as folder:
        spark.range(1000).withColumn("k", F.col("id") % 7).write.parquet(folder + "/table")
        return spark.read.parquet(folder + "/table").where("k > 2").groupBy("k").count().collect()


result = {each.__name__: each for each in (sql, rows, words, udf, arrow, parquet)}[sys.argv[1]]()
print(len(result), flush=True)
jvm = spark._jvm.java.lang.ProcessHandle.current().pid()
print(json.dumps({"jvm": jvm, "cpu": round(cpu_seconds(jvm), 2)}), flush=True)
assert result, "the result is empty"
spark.stop()
