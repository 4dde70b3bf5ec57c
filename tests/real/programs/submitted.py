"""What a submitted program sees of how it was started: submitted.py WHAT [ARG…]"""

import os
import signal
import sys


def session(**conf):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for key, value in conf.items():
        builder = builder.config(key.replace("__", "."), value)
    return builder.getOrCreate()


def args(*words):
    """Without any Spark."""
    print(words, os.getcwd(), sep="\n")


def settings(*keys):
    context = session().sparkContext
    print(context.appName, context.master, context.defaultParallelism)
    for key in keys:
        print(key, "=", context.getConf().get(key, "unset"))


def own_settings():
    """What the program sets itself wins."""
    context = session(spark__app__name="by the program", spark__master="local[1]").sparkContext
    print(context.appName, context.master)


def heap():
    jvm = session().sparkContext._jvm
    print(jvm.java.lang.Runtime.getRuntime().maxMemory() // 2**20)


def modules():
    import extra_module
    import zipped_module

    print(extra_module.WORD, zipped_module.WORD)

    def there(_):
        import extra_module
        import zipped_module

        return extra_module.WORD + zipped_module.WORD

    print(session().sparkContext.parallelize([1], 1).map(there).collect())


def shipped():
    from pyspark import SparkFiles

    def there(_):
        return open(SparkFiles.get("data.txt")).read()

    context = session().sparkContext
    print(open(SparkFiles.get("data.txt")).read())
    print(context.parallelize([1], 1).map(there).collect())


def unpacked():
    from pyspark import SparkFiles

    def there(_):
        return open(os.path.join(SparkFiles.get("box"), "inside.txt")).read()

    print(session().sparkContext.parallelize([1], 1).map(there).collect())


def relative():
    """A path of the working folder means the same to the program and its JVM."""
    session().read.text("data.txt").show()


def environment(*names):
    for name in names:
        print(name, "=", os.environ.get(name, "unset"))
    print(hash("rekindle"))


def leave(code):
    print(session().range(10).count())
    sys.exit(int(code))


def wail():
    sys.exit("the last words")


def fail():
    session()
    raise ValueError("no such luck")


def named_failure():
    settings()
    fail()


def everything(*words):
    from pyspark import SparkFiles

    import extra_module
    import zipped_module

    args(*words)
    settings()
    conf = session().sparkContext.getConf()
    shuffles, text = conf.get("spark.sql.shuffle.partitions"), conf.get("spark.my.text")
    print(extra_module.WORD, zipped_module.WORD, open(SparkFiles.get("data.txt")).read(), shuffles, text)
    heap()
    relative()
    leave(3)


def miss():
    """An error of Spark's own."""
    session().sql("SELECT nothing FROM nowhere")


def streams():
    for number in range(3):
        print("out", number)
        print("err", number, file=sys.stderr)


def read():
    print(sys.stdin.read().upper())


def die():
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
