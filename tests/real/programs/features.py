"""Everything that PySpark uses its gateway for, a line for each; what is printed must not depend on what is between."""

import atexit
import os
import shutil
import sys
import tempfile
import threading
import time

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQueryListener
from pyspark.sql.types import LongType

import pandas as pd

WAIT_SECONDS = 120

builder = SparkSession.builder.appName("features").master("local[2]").config("spark.sql.shuffle.partitions", 2)
spark = builder.config("spark.ui.enabled", "false").getOrCreate()
sc = spark.sparkContext
folder = tempfile.mkdtemp()
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def dataframe():
    return [tuple(row) for row in spark.range(100).groupBy((F.col("id") % 3).alias("k")).count().orderBy("k").collect()]


def rdd():
    return sc.parallelize(range(100), 2).map(lambda x: (x % 3, x)).reduceByKey(lambda a, b: a + b).sortByKey().collect()


def python_udf():
    plus_one = F.udf(lambda x: x + 1, LongType())
    return spark.range(10).select(F.sum(plus_one("id"))).collect()[0][0]


def pandas_udf():
    plus_one = F.pandas_udf(lambda s: s + 1, LongType())
    return spark.range(10).select(F.sum(plus_one("id"))).collect()[0][0]


def to_pandas(arrow):
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", arrow)
    return int(spark.range(1000).selectExpr("id * 2 d").toPandas()["d"].sum())


def from_pandas():
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    return spark.createDataFrame(pd.DataFrame({"a": range(1000)})).agg(F.sum("a")).collect()[0][0]


def from_list():
    return spark.createDataFrame([(i, str(i)) for i in range(10_000)], ["n", "s"]).agg(F.sum("n")).collect()[0][0]


def broadcast():
    squares = sc.broadcast({i: i * i for i in range(100)})
    return sc.parallelize(range(50), 2).map(lambda x: squares.value[x]).sum()


def accumulator():
    seen = sc.accumulator(0)
    sc.parallelize(range(50), 2).foreach(lambda x: seen.add(x))
    return seen.value


def text_stream(name):
    source = os.path.join(folder, name)
    os.mkdir(source)
    with open(os.path.join(source, "a.txt"), "w") as file:
        file.write("one\ntwo\nthree\n")
    return spark.readStream.text(source).writeStream.trigger(availableNow=True)


def foreach_batch():
    counts = []
    query = text_stream("batches").foreachBatch(lambda batch, number: counts.append((number, batch.count()))).start()
    query.awaitTermination(WAIT_SECONDS)
    return counts


def streaming_listener():
    ended = threading.Event()

    class Listener(StreamingQueryListener):
        def onQueryStarted(self, event):
            pass

        def onQueryProgress(self, event):
            pass

        def onQueryIdle(self, event):
            pass

        def onQueryTerminated(self, event):
            ended.set()

    listener = Listener()
    spark.streams.addListener(listener)
    text_stream("heard").format("noop").start().awaitTermination(WAIT_SECONDS)
    heard = ended.wait(20)
    spark.streams.removeListener(listener)
    return heard


def cancel_group():
    running = os.path.join(folder, "running")
    outcome = []

    def sleep(number):
        open(running, "w").close()
        time.sleep(600)

    def work():
        sc.setJobGroup("slow", "a job to be cancelled")
        try:
            sc.parallelize(range(2), 2).foreach(sleep)
        except Exception as error:
            outcome.append("cancelled" in str(error))

    thread = threading.Thread(target=work)
    thread.start()
    # No call meanwhile: threads that are not pinned share their connections, and the group belongs to one's Java thread.
    while not os.path.exists(running):
        time.sleep(0.05)
    sc.cancelJobGroup("slow")
    thread.join()
    return outcome


def many_threads():
    sums = [None] * 8

    def work(number):
        sums[number] = spark.range(100 * number).count()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sums


def pipeline():
    data = spark.createDataFrame([(float(i), "ab"[i % 2], 2.0 * i) for i in range(20)], ["x", "c", "y"])
    stages = [StringIndexer(inputCol="c", outputCol="ci"), VectorAssembler(inputCols=["x", "ci"], outputCol="f")]
    model = Pipeline(stages=[*stages, LinearRegression(featuresCol="f", labelCol="y")]).fit(data)
    path = os.path.join(folder, "model")
    model.save(path)
    predictions = PipelineModel.load(path).transform(data).orderBy("x").select("prediction").collect()
    return [round(row[0], 6) for row in predictions][:3]


def java_exception():
    try:
        spark.sql("select nothing from nowhere").collect()
    except Exception as error:
        return type(error).__name__


def big_string():
    text = "é\n\\" * 5_000_000
    builder = sc._jvm.java.lang.StringBuilder(text)
    return builder.toString() == text


def stop():
    spark.stop()
    return sc._jsc is None


FEATURES = {
    "dataframe": dataframe,
    "rdd": rdd,
    "python udf": python_udf,
    "pandas udf": pandas_udf,
    "to pandas": lambda: to_pandas("false"),
    "to pandas with arrow": lambda: to_pandas("true"),
    "from pandas": from_pandas,
    "from a list": from_list,
    "broadcast": broadcast,
    "accumulator": accumulator,
    "foreachBatch": foreach_batch,
    "streaming listener": streaming_listener,
    "cancelJobGroup": cancel_group,
    "eight threads": many_threads,
    "pipeline": pipeline,
    "java exception": java_exception,
    "20 MB string": big_string,
    "stop": stop,
}

for name, feature in FEATURES.items():
    try:
        print(name, feature(), flush=True)
    except Exception as error:
        print(name, "FAILED", type(error).__name__, flush=True)
        print(name, error, file=sys.stderr)
