"""Needs so much of one region of its JVM's memory, and no more. First it prints what the JVM itself says of its limits,
at the end `done KIND`.

    memory.py KIND [ARGUMENT...]
"""

import json
import sys
import time

from pyspark import BarrierTaskContext, SparkContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# A kilobyte that no encoding makes smaller.
PAYLOAD = "repeat(sha2(cast(id as string), 512), 8) payload"
FLAGS = (
    "MaxHeapSize",
    "MaxDirectMemorySize",
    "MaxMetaspaceSize",
    "CompressedClassSpaceSize",
    "ReservedCodeCacheSize",
    "ThreadStackSize",
)


def spark():
    return SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", 4).getOrCreate()


def describe():
    """The limits as the JVM's own bean has them, and the words of the command it was started with."""
    bean_class = jvm.java.lang.Class.forName("com.sun.management.HotSpotDiagnosticMXBean")
    bean = jvm.java.lang.management.ManagementFactory.getPlatformMXBean(bean_class)
    pid = jvm.java.lang.ProcessHandle.current().pid()
    with open(f"/proc/{pid}/cmdline") as words:
        argv = words.read().split("\0")
    flags = {name: int(bean.getVMOption(name).getValue()) for name in FLAGS}
    print("jvm", json.dumps({"pid": pid, "flags": flags, "argv": argv}), flush=True)


def nothing():
    """A job that any gateway can do."""
    assert spark().range(1000).count() == 1000


def collect(megabytes):
    """The rows of a result, which the driver holds all at once before Python gets the first."""
    rows = int(megabytes) * 10
    result = spark().range(0, rows, 1, 8).selectExpr("repeat('x', 100000 + cast(id % 2 as int)) payload").collect()
    assert len(result) == rows


def task(thousands):
    """One group of so many thousand rows of a kilobyte, which one task must hold."""
    rows = int(thousands) * 1000
    groups = spark().range(rows).selectExpr(PAYLOAD).agg(F.collect_list("payload").alias("all"))
    assert groups.select(F.size("all")).collect()[0][0] == rows


def rows_of(size):
    """So many bytes, in rows of which five fill a G1 region of 1 MiB. Java zeroes them, so that their pages are there, and
    not only promised, however the collector would have grown its heap."""
    return SparkContext._gateway.new_array(jvm.byte, size // 200_000, 200_000)


def of_the_heap(share):
    return rows_of(int(jvm.Runtime.getRuntime().maxMemory() * share))


def hold(megabytes):
    """Needs so much at once and no context, which takes seconds: the quickest way through a heap."""
    return rows_of(int(megabytes) << 20)


def workers(megabytes):
    """Holds most of the heap, as a cache does; then each of two Python workers takes so much."""
    session, cache = spark(), of_the_heap(0.8)

    def hold(rows):
        kept = bytearray(int(megabytes) << 20)
        # Their pages have to be there, too, and both workers have to have theirs at once.
        kept[::4096] = b"x" * len(kept[::4096])
        BarrierTaskContext.get().barrier()
        yield len(list(rows)) + kept[1]

    assert session.sparkContext.parallelize(range(10), 2).barrier().mapPartitions(hold).sum() == 10
    return cache


# Java, for the compiler that Spark brings along. Interfaces of hundreds of methods make large classes: a class loader for
# each of many small ones would cost more outside of the metaspace than in it.
CLASSES = """
    java.util.LinkedList kept = new java.util.LinkedList();
    Class[] interfaces = new Class[] {java.sql.DatabaseMetaData.class, java.sql.ResultSet.class};
    java.lang.management.MemoryPoolMXBean pool = null;
    for (Object each : java.lang.management.ManagementFactory.getMemoryPoolMXBeans()) {
        java.lang.management.MemoryPoolMXBean bean = (java.lang.management.MemoryPoolMXBean) each;
        if (bean.getName().equals("Metaspace")) pool = bean;
    }
    while (pool.getUsage().getCommitted() < %dL << 20) {
        ClassLoader loader = new java.net.URLClassLoader(new java.net.URL[0]);
        kept.add(java.lang.reflect.Proxy.getProxyClass(loader, interfaces));
    }
"""


def classes(megabytes):
    """Classes until the metaspace has come to so much."""
    evaluator = jvm.org.codehaus.janino.ScriptEvaluator()
    evaluator.cook(CLASSES % int(megabytes))
    evaluator.evaluate(None)


def direct(megabytes):
    """A direct buffer in a task: over Py4J the error would come back to the program, and the JVM live."""
    buffer = f"reflect('java.nio.ByteBuffer', 'allocateDirect', {int(megabytes) << 20} + cast(id as int))"
    spark().range(0, 1, 1, 1).selectExpr(buffer).collect()


def direct_call(megabytes):
    """Direct buffers of 16 MB each over Py4J, all kept."""
    return [jvm.java.nio.ByteBuffer.allocateDirect(2**24) for _ in range(int(megabytes) // 16)]


def recursion(depth):
    """Java's regular expressions recurse for each repetition of a group."""
    texts = spark().range(0, 1, 1, 1).selectExpr(f"repeat('a', {int(depth)} + cast(id as int)) text")
    assert texts.where(F.col("text").rlike("^(a|b)*$")).count() == 1


def leak(megabytes_a_second):
    """Keeps so much more each second, in pieces that no collector calls large, between jobs."""
    # A leak is told by how a heap fills that is a quarter full: the way there is made shorter.
    session, kept = spark(), [of_the_heap(0.2)]
    while True:
        for _ in range(int(megabytes_a_second)):
            kept.extend(jvm.java.nio.ByteBuffer.allocate(2**18) for _ in range(4))
        assert session.range(100_000).selectExpr("sum(id)").collect()[0][0] > 0
        time.sleep(1)


KINDS = {
    function.__name__.replace("_", "-"): function
    for function in (nothing, collect, task, hold, workers, classes, direct, direct_call, recursion, leak)
}

kind, *arguments = sys.argv[1:]
SparkContext._ensure_initialized()
jvm = SparkContext._jvm
describe()
kept = KINDS[kind](*arguments)
print("done", kind, flush=True)
