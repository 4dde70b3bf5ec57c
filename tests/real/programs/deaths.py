"""Ends the gateway in one way, and fails once it is gone.

    deaths.py KIND [ARGUMENT...]
"""

import os
import resource
import signal
import socket
import sys
import time

from py4j.protocol import Py4JJavaError
from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

LONGEST_ARRAY = 2**31 - 1
# A minute: what has not died by then will not.
LOOKS = 1200


def spark():
    return SparkSession.builder.master("local[2]").getOrCreate()


def kill(name):
    os.kill(pid, signal.Signals[name])


def system_exit(code):
    jvm.java.lang.System.exit(int(code))


def system_exit_later(code):
    """A memory error is caught and told, as programs do; the exit is another matter."""
    try:
        jvm.java.nio.ByteBuffer.allocateDirect(LONGEST_ARRAY)
    except Py4JJavaError as error:
        error.java_exception.printStackTrace()
    jvm.java.lang.System.exit(int(code))


def halt(code):
    jvm.java.lang.Runtime.getRuntime().halt(int(code))


def array_size():
    gateway.new_array(jvm.long, LONGEST_ARRAY)


# Java, for the compiler that Spark brings along.
CLASSES = """
    java.util.LinkedList kept = new java.util.LinkedList();
    Class[] interfaces = new Class[] {Runnable.class};
    while (true) {
        ClassLoader loader = new java.net.URLClassLoader(new java.net.URL[0]);
        kept.add(java.lang.reflect.Proxy.getProxyClass(loader, interfaces));
    }
"""

# The JVM is left without a byte; whatever it needs next for itself ends it.
NATIVE = """
    try {
        java.lang.reflect.Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        sun.misc.Unsafe memory = (sun.misc.Unsafe) field.get(null);
        for (long bytes = 1 << 24; bytes >= 16; bytes /= 2) {
            try {
                while (true) memory.allocateMemory(bytes);
            } catch (OutOfMemoryError e) {
            }
        }
    } catch (ReflectiveOperationException e) {
        throw new RuntimeException(e);
    }
"""


def run(code):
    evaluator = jvm.org.codehaus.janino.ScriptEvaluator()
    evaluator.cook(code)
    evaluator.evaluate(None)


def classes():
    run(CLASSES)


def direct_memory():
    session = spark()
    buffer = F.expr("reflect('java.nio.ByteBuffer', 'allocateDirect', 1000000000 + cast(id as int))")
    session.range(0, 1, 1, 1).select(buffer).collect()


def regex():
    """Java's regular expressions recurse for each repetition of a group."""
    texts = spark().range(0, 1, 1, 1).select(F.expr("repeat('a', 1000000 + cast(id as int))").alias("text"))
    texts.where(F.col("text").rlike("^(a|b)*$")).count()


def unsafe():
    field = jvm.java.lang.Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe")
    field.setAccessible(True)
    return field.get(None)


def write_nowhere():
    unsafe().putAddress(0, 0)


def read_nowhere():
    """The compression library reads from an address it is given."""
    jvm.com.github.luben.zstd.Zstd.compressUnsafe(8, 4096, 8, 4096, 3)


def free_amiss():
    """The C library finds that its heap is damaged, and aborts."""
    memory = unsafe()
    memory.freeMemory(memory.allocateMemory(4096) + 16)


def address_space():
    """The JVM gets no more than it has."""
    with open(f"/proc/{pid}/statm") as sizes:
        limit = int(sizes.read().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))
    run(NATIVE)
    run(CLASSES)


def threads(group):
    """The JVM goes into a control group that allows it no more threads than it has; Py4J wants one a connection."""
    for name, text in (("cgroup.procs", pid), ("pids.max", len(os.listdir(f"/proc/{pid}/task")))):
        with open(os.path.join(group, name), "w") as file:
            file.write(str(text))
    while accepts():
        socket.create_connection(("127.0.0.1", int(os.environ["PYSPARK_GATEWAY_PORT"]))).close()
    sys.exit()


def accepts():
    """Whether Py4J's thread for that is there."""
    stacks = jvm.java.lang.Thread.getAllStackTraces().values()
    return any(frame.getClassName() == "py4j.GatewayServer" for stack in stacks for frame in stack)


def context():
    spark()


KINDS = {
    function.__name__.replace("_", "-"): function
    for function in (
        kill,
        system_exit,
        system_exit_later,
        halt,
        array_size,
        classes,
        direct_memory,
        regex,
        write_nowhere,
        read_nowhere,
        free_amiss,
        address_space,
        threads,
        context,
    )
}

kind, *arguments = sys.argv[1:]
SparkContext._ensure_initialized()
gateway, jvm = SparkContext._gateway, SparkContext._jvm
pid = jvm.java.lang.ProcessHandle.current().pid()
try:
    KINDS[kind](*arguments)
except Exception as error:
    # Only what the gateway has become counts, and it need not be gone yet.
    print(kind, type(error).__name__, str(error)[:2000], file=sys.stderr)
for _ in range(LOOKS):
    if not os.path.exists(f"/proc/{pid}"):
        sys.exit("the gateway is gone")
    time.sleep(0.05)
sys.exit("the gateway lives on")
