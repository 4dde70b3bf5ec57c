/**
 * Which text says that memory, threads or disk ran out inside a JVM that could still tell?
 * @module
 */

import { anyOf } from "./signature.ts";
import type { Signature } from "./signature.ts";

/** As Java throws it and ExitOnOutOfMemoryError repeats it, and as CrashOnOutOfMemoryError's banner has it. */
const OOM = "(?:\\bOutOfMemoryError|fatal error: OutOfMemory encountered): ";
const HEAP = "A larger heap, fewer parallel tasks or less collected data helps.";
const SHORT_OF_MEMORY =
  "The machine or container is short of memory outside the heap: a smaller heap leaves more for it.";

/** Full disks. Spark wraps one as SparkOutOfMemoryError, so its text comes before every memory text. */
export const DISKS: readonly Signature[] = [
  {
    class: "disk-full",
    pattern: anyOf(
      "No space left on device",
      "not enough space on the disk",
      "[Dd]isk quota exceeded|(?:DiskSpace|NameSpace) quota of \\S+ is exceeded|QuotaExceededException",
      "database or disk is full",
      "\\[Errno 28\\]|\\bENOSPC\\b",
      "Insufficient space for shared memory file",
      "local-dirs (?:are bad|usable space is below)|used space above threshold of",
      // What strerror(ENOSPC) is in other languages (glibc's translations), and Windows in Chinese.
      "Aucun espace disponible sur le périphérique|kein Speicherplatz mehr verfügbar|No queda espacio en el dispositivo",
      "Não há espaço disponível no dispositivo|На устройстве не осталось свободного места|设备上没有空间|磁盘空间不足",
    ),
    weight: "cause",
    fatal: "thread",
    summary: "A disk is full.",
    remedy: "Free space, or point spark.local.dir and the temporary folder at a larger disk.",
    source:
      "strerror(ENOSPC), strerror(EDQUOT); Windows error 112; HDFS quotas; YARN: LocalDirsHandlerService",
  },
  {
    class: "permission-denied",
    pattern: /Failed to create any local dir/,
    weight: "cause",
    fatal: "always",
    summary: "Spark could not create any of its local folders.",
    remedy: "Make spark.local.dir (or SPARK_LOCAL_DIRS) name a folder this user may write to.",
    source: "Spark: DiskBlockManager, exit code 53",
  },
];

/** Memory errors of Java, and of what it calls. */
export const MEMORY: readonly Signature[] = [
  {
    class: "array-size-oom",
    pattern: anyOf(
      `${OOM}(?:Requested array size exceeds VM limit|Required (?:array )?(?:length|size) )`,
      `${OOM}(?:UTF16 )?String size is \\d+, should be less than`,
      "Cannot grow BufferHolder by size",
    ),
    weight: "cause",
    fatal: "memory",
    summary: "The program asked for one array of more than two billion elements.",
    remedy: "More memory does not help: split the value, or collect less at once.",
    source: "HotSpot: arrayKlass.cpp; JDK: ArraysSupport, StringUTF16; Spark: BufferHolder",
  },
  {
    class: "array-size-oom",
    pattern: /java\.lang\.OutOfMemoryError(?!: |\w)/,
    frame: /^\s*at java\.(?:base\/)?\S*\.(?:hugeCapacity|hugeLength)\(|ByteArrayOutputStream\.hugeCapacity/,
    weight: "cause",
    fatal: "memory",
    summary: "A buffer would have grown beyond two billion bytes.",
    remedy: "More memory does not help: split the value, or make tasks and broadcasts smaller.",
    source: "JDK: ByteArrayOutputStream.hugeCapacity throws it without a message",
    only: "logs",
  },
  {
    class: "array-size-oom",
    pattern:
      /Size exceeds Integer\.MAX_VALUE|Too large frame: \d|Cannot broadcast the table that is larger than/,
    weight: "cause",
    fatal: "never",
    summary: "A block of data is larger than two gigabytes.",
    remedy: "More memory does not help: use more partitions, or smaller values.",
    source: "JDK: FileChannelImpl; Spark: TransportFrameDecoder, BroadcastExchangeExec",
    only: "logs",
  },
  {
    class: "gc-overhead",
    pattern: new RegExp(`${OOM}GC overhead limit exceeded`),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM spent nearly all its time collecting garbage: its heap is too small.",
    remedy: HEAP,
    source: "HotSpot: Parallel GC, gcOverheadChecker.cpp",
  },
  {
    class: "metaspace-oom",
    pattern: new RegExp(`${OOM}(?:Metaspace|Compressed class space|PermGen space)`),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM ran out of room for classes.",
    remedy: "Raise or remove -XX:MaxMetaspaceSize in the driver's Java options.",
    source: "HotSpot: metaspace.cpp; PermGen until Java 7",
  },
  {
    class: "direct-memory-oom",
    pattern: anyOf(
      `${OOM}(?:Direct buffer memory|Cannot reserve \\d+ bytes of direct buffer memory)`,
      "OutOfDirectMemoryError: failed to allocate \\d+ byte",
      "LEAK: .*direct memory.*exhausted|failed to allocate \\d+ byte\\(s\\) of direct memory",
    ),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM ran out of direct (off-heap) buffer memory.",
    remedy: "Raise -XX:MaxDirectMemorySize, or read fewer and smaller blocks at once.",
    source: "JDK: java.nio.Bits; Netty: PlatformDependent",
  },
  {
    class: "native-thread-oom",
    pattern: anyOf(
      "unable to create (?:new )?native thread",
      "pthread_create failed \\(EAGAIN\\)",
      "fork: (?:retry: )?Resource temporarily unavailable",
      "can't start new thread|(?:error=11|\\[Errno 11\\])[,:]? Resource temporarily unavailable",
    ),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM could not start another thread.",
    remedy: "Raise the limit on processes (ulimit -u, pids.max, TasksMax=): memory settings do not help.",
    source: "HotSpot: jvm.cpp, os_linux.cpp; the shell and Python: EAGAIN of fork and clone",
  },
  {
    class: "native-memory-oom",
    pattern: anyOf(
      `${OOM}(?:Unable to allocate \\d+ bytes|Map failed)`,
      "os::commit_memory\\(.*(?:errno=(?:12|1455)\\b|Cannot allocate memory|Not enough space)",
      "DOS error/errno=1455|paging file is too small",
      "error=12,|\\[Errno 12\\]|std::bad_alloc",
    ),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM could not get native memory from the operating system.",
    remedy: SHORT_OF_MEMORY,
    source: "HotSpot: os_linux.cpp, os_windows.cpp, unsafe.cpp; ENOMEM of fork; C++",
  },
  {
    class: "native-memory-oom",
    pattern: /^(?:[\w.]+\.)?_?(?:Array)?MemoryError\b/,
    weight: "cause",
    fatal: "never",
    summary: "A Python process could not get the memory it asked for.",
    remedy: "Smaller batches or fewer workers at once, or a smaller heap that leaves more for Python.",
    source: "CPython; NumPy: _exceptions.py",
    only: "logs",
  },
  {
    class: "heap-oom",
    pattern: anyOf(
      `${OOM}Java heap space`,
      `${OOM}heap allocation failed`,
      "JVMDUMP\\d+\\w .*java/lang/OutOfMemoryError",
    ),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM ran out of heap.",
    remedy: HEAP,
    source: "HotSpot: collectedHeap.cpp; OpenJ9: dump agents",
  },
  {
    // JDK 21 and 25 lose the reason when the handler itself has no memory left.
    class: "heap-oom",
    pattern: anyOf(
      "java\\.lang\\.OutOfMemoryError thrown from the UncaughtExceptionHandler",
      "java\\.lang\\.OutOfMemoryError(?:\\s*$|: null)",
    ),
    weight: "cause",
    fatal: "memory",
    summary: "The JVM ran out of memory, most likely heap.",
    remedy: HEAP,
    source: "HotSpot: javaThread.cpp, measured on JDK 21 and 25",
  },
  {
    class: "heap-oom",
    pattern: anyOf(
      "Unable to acquire \\d+ bytes of memory, got \\d+|UNABLE_TO_ACQUIRE_MEMORY",
      "Not enough memory to build and broadcast|_LEGACY_ERROR_TEMP_2250",
    ),
    weight: "cause",
    fatal: "never",
    summary: "Spark's own share of the heap was not enough for one operation.",
    remedy:
      "A larger heap, more partitions, or no broadcast of so large a table (spark.sql.autoBroadcastJoinThreshold).",
    source: "Spark: MemoryConsumer, BroadcastExchangeExec",
    only: "logs",
  },
];

/** A stack is memory too; a task that overflows ends the gateway. */
export const STACKS: readonly Signature[] = [
  {
    // In a task it ends the whole gateway (SparkUncaughtExceptionHandler; measured on 3.5.7 and 4.3.0).
    class: "stack-overflow",
    pattern: /\bStackOverflowError\b/,
    weight: "cause",
    fatal: "stack",
    summary: "A thread ran out of stack: something is nested or recurses too deeply.",
    remedy: "Raise -Xss in spark.driver.extraJavaOptions, or nest less: a checkpoint cuts a long lineage.",
    source: "HotSpot: javaThread.cpp",
  },
];
