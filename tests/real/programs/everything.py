"""One of each thing a PySpark program does; its output must not depend on who started the gateway."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import LongType

spark = SparkSession.builder.appName("everything").master("local[2]").getOrCreate()
sc = spark.sparkContext

rows = spark.range(1000).selectExpr("id % 7 k", "id").groupBy("k").agg(F.count("*").alias("c"), F.sum("id").alias("s"))
print("dataframe", [tuple(row) for row in rows.orderBy("k").collect()])
print("rdd", sc.parallelize(range(100), 4).map(lambda x: (x % 3, x)).reduceByKey(lambda a, b: a + b).sortByKey().collect())
plus_one = F.udf(lambda x: x + 1, LongType())
print("udf", spark.range(10).select(plus_one("id").alias("p")).agg(F.sum("p")).collect()[0][0])

squares = sc.broadcast({i: i * i for i in range(100)})
seen = sc.accumulator(0)


def look_up(x):
    seen.add(x)
    return squares.value[x]


print("broadcast", sc.parallelize(range(50), 2).map(look_up).sum(), "accumulator", seen.value)
print("pandas", spark.range(5).selectExpr("id", "id * id square").toPandas().to_dict("list"))
