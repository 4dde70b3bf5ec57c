/**
 * What does a first program do that shows whether a gateway is of use? The text of that program.
 * @module
 */

/**
 * A context with the user's own settings, a query, and a Python function on a worker; prints the versions of both sides.
 * The names of packages are its arguments.
 */
export const FIRST_PROGRAM = `
import json, sys
from pyspark.sql import SparkSession

NAMES = sys.argv[1:]

def versions(_):
    import sys
    found = {"Python": "%d.%d.%d" % sys.version_info[:3]}
    try:
        from importlib import metadata
        for name in NAMES:
            try:
                found[name] = metadata.version(name)
            except Exception:
                pass
    except ImportError:
        pass
    return [found]

builder = SparkSession.builder.appName("rekindle doctor")
spark = builder.getOrCreate()
assert spark.range(1000).selectExpr("sum(id)").collect()[0][0] == 499500
[worker] = spark.sparkContext.parallelize([0], 1).mapPartitions(versions).collect()
[driver] = versions(None)
spark.stop()
print("\\n" + json.dumps({"driver": driver, "worker": worker}))
`;
