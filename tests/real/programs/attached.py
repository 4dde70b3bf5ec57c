"""Attaches to a gateway, comes into one state, says `ready`, and says what each further call comes to.

    attached.py job|call|idle|interrupt|fork
"""

import multiprocessing
import os
import signal
import sys
import threading
import time

from pyspark.java_gateway import launch_gateway


def tell(name, call):
    try:
        call()
        print(name, "returned", flush=True)
    except BaseException as error:
        print(name, type(error).__name__, " ".join(str(error).split()), flush=True)


def now():
    return jvm.java.lang.System.currentTimeMillis()


def job():
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    tracker = spark.sparkContext.statusTracker()

    def announce():
        while not tracker.getActiveStageIds():
            time.sleep(0.05)
        print("ready", flush=True)

    threading.Thread(target=announce).start()
    tell("first", lambda: spark.sparkContext.parallelize(range(2), 2).map(lambda x: time.sleep(600)).collect())
    tell("next", lambda: spark.range(1).count())
    tell("stop", spark.stop)


def call():
    print("ready", flush=True)
    tell("first", lambda: jvm.java.lang.Thread.sleep(600_000))
    tell("next", now)


def interrupt():
    now()
    # As a notebook or a prompt has it; PySpark's own handler cancels jobs, and there is none here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Makes the thread that releases objects connect, over which the cancellation goes; it looks once a second.
    while len(gateway._gateway_client.deque) < 2:
        jvm.java.util.ArrayList()
        time.sleep(0.1)
    call()


def idle():
    """Has names from before, and asks for more of what they stand for."""
    now()
    package, java_class = jvm.java.lang, jvm.java.lang.Math
    print("ready", flush=True)
    sys.stdin.readline()
    tell("first", now)
    tell("next", lambda: package.Integer.valueOf(1))
    tell("next", lambda: java_class.floorMod(7, 3))
    tell("next", lambda: package.Integer.TYPE.getName())


def fork():
    now()
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
    child.start()
    print("ready", os.getpid(), child.pid, flush=True)
    child.join()


gateway = launch_gateway()
jvm = gateway.jvm
{"job": job, "call": call, "interrupt": interrupt, "idle": idle, "fork": fork}[sys.argv[1]]()
