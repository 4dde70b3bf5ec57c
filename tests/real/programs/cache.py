"""Caches more than fits: Spark fills whatever heap it is given and spills the rest."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.shuffle.partitions", 4)
    # Batches of 200 KB: larger ones would each need a run of free regions that a small G1 heap does not have.
    .config("spark.sql.inMemoryColumnarStorage.batchSize", 200)
    .getOrCreate()
)
orders = spark.range(1_200_000).select(
    (F.col("id") % 1000).alias("customer"), F.repeat(F.sha2(F.col("id").cast("string"), 512), 8).alias("payload")
)
orders.persist()
print("rows", orders.count(), "customers", orders.groupBy("customer").count().count())
