"""Has a worker of Spark say where it has PySpark from, and how the trace of a failure in PySpark itself reads there."""

import os
import traceback

from pyspark.sql import SparkSession


def look(_):
    import pyspark.serializers

    try:
        pyspark.serializers.read_int(None)
    except AttributeError:
        trace = traceback.format_exc()
    return [pyspark.serializers.__file__, os.environ["SPARK_HOME"], trace]


spark = SparkSession.builder.master("local[2]").getOrCreate()
for line in spark.sparkContext.parallelize([0], 1).flatMap(look).collect():
    print(line)
spark.stop()
