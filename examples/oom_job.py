"""A job that dies of memory: half of all orders belong to one customer, and one task must hold them all.

With a heap of 1 GiB the gateway dies, with 2 GiB the job passes; each takes about ten seconds.

    rekindle exec --retries 2 -- python examples/oom_job.py
"""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

ORDERS = 400_000

spark = (
    SparkSession.builder.appName("payloads by customer")
    .master("local[2]")
    .config("spark.sql.shuffle.partitions", 4)
    .getOrCreate()
)

orders = spark.range(ORDERS).select(
    F.col("id").alias("order_id"),
    F.when(F.col("id") % 2 == 0, F.lit(0)).otherwise(F.col("id")).alias("customer"),
    # One kilobyte that no encoding makes smaller.
    F.repeat(F.sha2(F.col("id").cast("string"), 512), 8).alias("payload"),
)

longest = (
    orders.groupBy("customer")
    .agg(F.collect_list("payload").alias("payloads"))
    .select(F.max(F.size("payloads")).alias("longest"))
    .collect()[0]
    .longest
)

heap = spark.sparkContext._jvm.java.lang.Runtime.getRuntime().maxMemory() // 2**20
print(f"the largest customer has {longest} of {ORDERS} orders (heap {heap} MiB)")
