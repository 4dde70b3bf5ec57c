"""Calls a gateway over several ways in turn, and says how long each call took, as JSON in nanoseconds.

    overhead.py PORT SECRET PORT SECRET ...     the ways
    CALLS_ONLY=1 overhead.py ...                no strings, objects and connections
"""

import json
import os
import sys
import time

from py4j.clientserver import ClientServer, JavaParameters, PythonParameters

WARM_UP = 3_000
BLOCKS = 20
CALLS = 500


def attach(port, secret):
    java = JavaParameters(port=int(port), auth_token=secret, auto_convert=True)
    return ClientServer(java_parameters=java, python_parameters=PythonParameters(port=0, eager_load=False))


def timed(call):
    begun = time.perf_counter_ns()
    call()
    return time.perf_counter_ns() - begun


def in_turn(calls, count, blocks=BLOCKS):
    """Times of each call, in blocks that alternate, there and back again."""
    times = [[] for _ in calls]
    order = list(range(len(calls)))
    for _ in range(blocks):
        order.reverse()
        for index in order:
            times[index].extend(timed(calls[index]) for _ in range(count))
    return times


def chatty(gateway):
    """What building an expression is: calls that make objects, each of which is released."""
    builder = gateway.jvm.java.util.ArrayList()
    for number in range(200):
        builder.add(gateway.jvm.java.lang.StringBuilder(str(number)))


ways = [attach(port, secret) for port, secret in zip(sys.argv[1::2], sys.argv[2::2])]
clocks = [way.jvm.java.lang.System.currentTimeMillis for way in ways]
for clock in clocks:
    for _ in range(WARM_UP):
        clock()
results = {"call": in_turn(clocks, CALLS)}
if os.environ.get("CALLS_ONLY"):
    print(json.dumps(results), flush=True)
    os._exit(0)


def both_ways(gateway, text):
    copy = gateway.jvm.java.lang.String.valueOf
    return lambda: copy(text)


for name, size, count in (("1 MB string", 10**6, 3), ("20 MB string", 2 * 10**7, 1)):
    text = "x" * size
    results[name] = in_turn([both_ways(way, text) for way in ways], count, 12)
results["200 objects"] = in_turn([lambda way=way: chatty(way) for way in ways], 1, 20)


def connect(way):
    java = way.java_parameters
    return lambda: attach(java.port, java.auth_token).jvm.java


results["connect"] = in_turn([connect(way) for way in ways], 5, 20)
print(json.dumps(results), flush=True)
os._exit(0)
