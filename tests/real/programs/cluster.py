"""Keeps every executor busy until its file is removed, and says how many have worked: cluster.py FILE

Each task writes its application into FILE.tasks as soon as it runs.
"""

import os
import sys
import time

print("began", flush=True)

from pyspark.sql import SparkSession  # noqa: E402

spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
path = sys.argv[1]
application = sc.applicationId


def work(index):
    with open(path + ".tasks", "a") as tasks:
        tasks.write(application + "\n")
    while os.path.exists(path):
        time.sleep(0.05)
    return os.environ.get("SPARK_EXECUTOR_DIRS") or os.getcwd()


seen = set(sc.parallelize(range(2), 2).map(work).collect())
print("executors", len(seen), sc.master, sc.applicationId, flush=True)
spark.stop()
