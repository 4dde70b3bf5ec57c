"""Makes the file it is told once Python workers are at work, and then keeps them so."""

import sys
import time

from pyspark.sql import SparkSession

mark = sys.argv[1]
sc = SparkSession.builder.master("local[2]").getOrCreate().sparkContext


def forever(_):
    open(mark, "a").close()
    while True:
        time.sleep(0.01)


sc.parallelize(range(2), 2).foreach(forever)
