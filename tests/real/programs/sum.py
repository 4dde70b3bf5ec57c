"""The least a program can do; it does not stop its context."""

import os

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").getOrCreate()
print("sum", spark.range(1000).selectExpr("sum(id)").collect()[0][0], "generation", os.environ["REKINDLE_GENERATION"])
