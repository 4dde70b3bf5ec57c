"""An ordinary PySpark job: it knows nothing of rekindle.

    rekindle exec -- python examples/job.py
"""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.appName("revenue by country").master("local[2]").getOrCreate()

orders = spark.range(100_000).select(
    F.col("id").alias("order_id"),
    F.element_at(F.array(*[F.lit(c) for c in ("de", "fr", "it", "pl")]), (F.col("id") % 4 + 1).cast("int")).alias("country"),
    (F.col("id") % 1000 / 10).alias("amount"),
)

for row in orders.groupBy("country").agg(F.round(F.sum("amount"), 2).alias("revenue")).orderBy("country").collect():
    print(f"{row.country}  {row.revenue:>12}")
