"""Prints what a program finds around itself in its JVM: the same, whoever has used the JVM before."""
import json
import os

from pyspark.sql import SparkSession

builder = SparkSession.builder.master("local[1]").appName("surroundings")
# Its own, and not where somebody else's temporary files went.
builder = builder.config("spark.local.dir", os.path.abspath("mine")).config("spark.ui.enabled", "false")
builder = builder.config("spark.hadoop.surroundings", "mine")
spark = builder.getOrCreate()
jvm = spark.sparkContext._jvm
system = jvm.java.lang.System
conf = spark.sparkContext.getConf()
own = ("spark.app.id", "spark.app.startTime", "spark.app.submitTime", "spark.driver.host", "spark.driver.port")
launch = ("spark.driver.extraJavaOptions", "spark.driver.defaultJavaOptions", "spark.executor.extraJavaOptions")
file_system = jvm.org.apache.hadoop.fs.FileSystem.get(spark.sparkContext._jsc.hadoopConfiguration())
print(json.dumps({
    "settings": sorted(pair for pair in conf.getAll() if pair[0] not in own + launch),
    "properties": sorted(
        name for name in system.getProperties().stringPropertyNames()
        if name.startswith("spark.") and name not in own + launch
    ),
    "level": jvm.org.apache.logging.log4j.LogManager.getRootLogger().getLevel().toString(),
    "databases": [row[0] for row in spark.sql("show databases").collect()],
    "tables": spark.sql("show tables").collect(),
    "partitions": spark.conf.get("spark.sql.shuffle.partitions"),
    "warehouse": os.path.basename(spark.conf.get("spark.sql.warehouse.dir")),
    "temporary": os.path.relpath(spark.sparkContext._temp_dir).split("spark-")[0],
    "files": file_system.getConf().get("surroundings"),
}, default=str))
spark.stop()
