"""Brings the gateway into one state of trouble, says `done KIND`, and stays until it is killed, its standard input (a
pipe) ends, or the gateway is gone, which is its failure.

    faults.py KIND [SECONDS]
"""

import os
import select
import socket
import stat
import sys
import threading
import time

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

LARGEST_ARRAY = 2**31 - 9


def spark(**settings):
    builder = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", 4)
    return builder.config(map=settings).getOrCreate()


def threads(wanted):
    """The JVM's threads whose name and stack are as wanted."""
    traces = jvm.java.lang.Thread.getAllStackTraces().entrySet()
    return [entry.getKey() for entry in traces if wanted(entry.getKey().getName(), entry.getValue())]


def fill(chunk_bytes):
    """Takes heap until there is none; what it took stays taken as long as Python holds it."""
    taken = []
    try:
        while True:
            taken.append(jvm.java.nio.ByteBuffer.allocate(chunk_bytes))
    except Py4JError:
        # Whether the JVM lives is for the next call to find.
        return taken


def heap_oom_call():
    fill(2**24)
    jvm.java.lang.System.currentTimeMillis()


def heap_oom_task():
    # 100 GB in one group.
    payloads = spark().range(1000).select(F.expr("repeat('x', 100000000 + cast(id as int))").alias("payload"))
    payloads.agg(F.size(F.collect_list("payload"))).collect()


def accept_thread():
    """Py4J calls it `Thread-2` or the like. It ends when the next connection wakes it."""
    [acceptor] = threads(lambda _, stack: any(f.getClassName() == "py4j.GatewayServer" for f in stack))
    acceptor.stop()
    socket.create_connection(("127.0.0.1", port)).close()
    acceptor.join()


def scheduler_thread():
    spark()
    [scheduler] = threads(lambda name, _: name == "dag-scheduler-event-loop")
    scheduler.stop()
    scheduler.join()


def deadlock():
    """A Python thread has a Java thread of its own behind it, which owns what it locks."""
    locks = [jvm.java.util.concurrent.locks.ReentrantLock() for _ in range(2)]
    both = threading.Barrier(2)

    def cross(mine, other):
        locks[mine].lock()
        both.wait()
        locks[other].lock()

    for mine in range(2):
        threading.Thread(target=cross, args=(mine, 1 - mine), daemon=True).start()
    beans = jvm.java.lang.management.ManagementFactory.getThreadMXBean()
    while beans.findDeadlockedThreads() is None:
        time.sleep(0.05)


def poison():
    """Py4J makes an array in code of its own, where nothing catches an Error: the connection's thread dies of it."""
    try:
        gateway.new_array(jvm.long, LARGEST_ARRAY)
    except Py4JError:
        jvm.java.lang.System.currentTimeMillis()


def poison_busy():
    session = spark()
    poison()
    session.range(1000).count()


# Java, for the compiler that Spark brings along. Arrays of more than half a G1 region would waste the rest of it;
# below 99.5 % a JVM of 512 MiB still spent under half of its time collecting.
FILL = """
    Runtime runtime = Runtime.getRuntime();
    java.util.LinkedList kept = new java.util.LinkedList();
    while (true) {
        System.gc();
        long free = (long) (0.995 * runtime.maxMemory()) - runtime.totalMemory() + runtime.freeMemory();
        if (free < 40000) return kept;
        for (long room = free / 2; room > 0; room -= 8240) kept.add(new byte[8192]);
    }
"""
CHURN = """
    while (true) {
        try {
            java.util.LinkedList young = new java.util.LinkedList();
            for (int i = 0; i < 10; i++) young.add(new byte[2000]);
        } catch (OutOfMemoryError e) {
        }
    }
"""


def gc_spiral():
    def run(code, result):
        evaluator = jvm.org.codehaus.janino.ScriptEvaluator()
        evaluator.setReturnType(result)
        evaluator.cook(code)
        return evaluator.evaluate(None)

    java_class = jvm.java.lang.Class.forName
    kept = run(FILL, java_class("java.lang.Object"))
    for _ in range(4):
        threading.Thread(target=run, args=(CHURN, jvm.java.lang.Void.TYPE), daemon=True).start()
    return kept


def exit_0():
    jvm.java.lang.System.exit(0)


def exit_hook():
    """The hook waits for connections as Py4J does, which no signal ends."""
    hook = jvm.java.lang.Thread(gateway.java_gateway_server)
    jvm.java.lang.Runtime.getRuntime().addShutdownHook(hook)


def heavy(seconds):
    """Caches more than fits, sorts, shuffles and joins it on both cores, again and again; nothing of it is at fault."""
    session = spark(
        **{
            "spark.memory.fraction": 0.75,
            # Small batches: larger ones would each need a run of free regions that a full G1 heap does not have.
            "spark.sql.inMemoryColumnarStorage.batchSize": 200,
        }
    )
    rows, each = 600_000, 600
    end = time.monotonic() + float(seconds)
    while True:
        payload = F.repeat(F.lpad(F.hex(F.xxhash64("id")), 16, "0"), 64)
        orders = session.range(0, rows, 1, 8).select("id", (F.col("id") % 1000).alias("customer"), payload.alias("payload"))
        orders.persist()
        spread = orders.repartition(8, "payload").sortWithinPartitions("payload")
        sums = spread.groupBy("customer").agg(F.sum("id").alias("ids"), F.sum(F.length("payload")).alias("bytes"))
        found = orders.join(sums, "customer").agg(F.count("*"), F.sum("ids"), F.sum("bytes")).collect()[0]
        assert tuple(found) == (rows, each * rows * (rows - 1) // 2, each * rows * 1024), found
        orders.unpersist()
        if time.monotonic() >= end:
            return


KINDS = {
    function.__name__.replace("_", "-"): function
    for function in (
        heap_oom_call,
        heap_oom_task,
        accept_thread,
        scheduler_thread,
        deadlock,
        gc_spiral,
        poison,
        poison_busy,
        exit_0,
        exit_hook,
        heavy,
    )
}


QUESTION = b"c\nz:java.lang.System\ncurrentTimeMillis\ne\n"


def stay(lifeline):
    """Behind a relay the end of the gateway is an answer, and not the end of the stream: so it is asked."""
    # A standard input that is no pipe, such as /dev/null, has no end to wait for.
    ends = [lifeline] + ([0] if stat.S_ISFIFO(os.fstat(0).st_mode) else [])
    try:
        lifeline.sendall(QUESTION)
        while True:
            for ready in select.select(ends, [], [])[0]:
                if ready is lifeline:
                    answer = lifeline.recv(65536)
                    if not answer or b"rekindle: " in answer:
                        sys.exit("the gateway is gone")
                    time.sleep(0.5)
                    lifeline.sendall(QUESTION)
                elif not os.read(0, 4096):
                    sys.exit(0)
    except OSError:
        sys.exit("the gateway is gone")


kind, *arguments = sys.argv[1:]
SparkContext._ensure_initialized()
gateway, jvm = SparkContext._gateway, SparkContext._jvm
port = gateway.gateway_parameters.port if hasattr(gateway, "gateway_parameters") else gateway.java_parameters.port
secret = os.environ.get("PYSPARK_GATEWAY_SECRET") or gateway.java_parameters.auth_token
lifeline = socket.create_connection(("127.0.0.1", port))
lifeline.sendall(f"A\n{secret}\n".encode())
assert lifeline.recv(16) == b"!yv\n"

# What the fault needs kept is kept.
kept = KINDS[kind](*arguments)
print("done", kind, flush=True)
if kind != "heavy":
    stay(lifeline)
