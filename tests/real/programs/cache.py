"""Caches more than fits: Spark fills whatever heap it is given and spills the rest."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", 4).getOrCreate()
orders = spark.range(1_200_000).select(
    (F.col("id") % 1000).alias("customer"), F.repeat(F.sha2(F.col("id").cast("string"), 512), 8).alias("payload")
)
orders.persist()
print("rows", orders.count(), "customers", orders.groupBy("customer").count().count())
