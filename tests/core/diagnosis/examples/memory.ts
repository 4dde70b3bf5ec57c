/**
 * Real lines for the rows of `memory_signatures.ts`, and lines that only look like them.
 * @module
 */

import type { Example } from "./example.ts";

/** For `DISKS`. */
export const DISK_EXAMPLES: readonly Example[] = [
  {
    class: "disk-full",
    hits: [
      "java.io.IOException: No space left on device",
      "java.io.IOException: There is not enough space on the disk",
      "java.io.IOException: Disk quota exceeded",
      "org.apache.hadoop.hdfs.protocol.DSQuotaExceededException: The DiskSpace quota of /user/a is exceeded",
      "OSError: [Errno 28] No space left on device: '/tmp/x'",
      "OpenJDK 64-Bit Server VM warning: Insufficient space for shared memory file:",
      "java.io.IOException: 设备上没有空间",
      "java.io.IOException: Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
    ],
    misses: ["java.io.IOException: No such device", "there is enough space on the disk"],
  },
  {
    class: "permission-denied",
    hits: ["ERROR DiskBlockManager: Failed to create any local dir."],
    misses: ["ERROR DiskBlockManager: Failed to create local dir in /data. Ignoring this directory."],
  },
];

/** For `MEMORY`. */
export const MEMORY_EXAMPLES: readonly Example[] = [
  {
    class: "array-size-oom",
    hits: [
      "Terminating due to java.lang.OutOfMemoryError: Requested array size exceeds VM limit",
      "java.lang.OutOfMemoryError: Required array length 2147483639 + 9 is too large",
      "java.lang.OutOfMemoryError: UTF16 String size is 1207959552, should be less than 1073741823",
    ],
    misses: ["java.lang.NegativeArraySizeException: Requested array size exceeds VM limit"],
  },
  {
    class: "array-size-oom",
    hits: [
      "java.lang.OutOfMemoryError\n" +
      "\tat java.base/java.io.ByteArrayOutputStream.hugeCapacity(ByteArrayOutputStream.java:214)",
    ],
    misses: [
      "java.lang.OutOfMemoryError\n\tat java.base/java.io.ByteArrayOutputStream.write(ByteArrayOutputStream.java:1)",
    ],
  },
  {
    class: "array-size-oom",
    hits: [
      "java.lang.IllegalArgumentException: Size exceeds Integer.MAX_VALUE",
      "java.lang.IllegalArgumentException: Too large frame: 5211883372140375593",
    ],
    misses: ["WARN TaskSetManager: Stage 0 contains a task of very large size (1000 KiB)."],
  },
  {
    class: "gc-overhead",
    hits: ['Exception in thread "main" java.lang.OutOfMemoryError: GC overhead limit exceeded'],
    misses: ["WARN: GC overhead limit exceeded soon"],
  },
  {
    class: "metaspace-oom",
    hits: [
      "java.lang.OutOfMemoryError: Metaspace",
      "java.lang.OutOfMemoryError: Compressed class space",
      "java.lang.OutOfMemoryError: PermGen space",
      "#  fatal error: OutOfMemory encountered: Metaspace",
    ],
    misses: ["[gc] Metaspace: 20480K"],
  },
  {
    class: "direct-memory-oom",
    hits: [
      "java.lang.OutOfMemoryError: Direct buffer memory",
      "java.lang.OutOfMemoryError: Cannot reserve 8388608 bytes of direct buffer memory (allocated: 1, limit: 2)",
      "io.netty.util.internal.OutOfDirectMemoryError: failed to allocate 16777216 byte(s) of direct memory (used: 1)",
    ],
    misses: ["INFO: Cannot reserve 8388608 bytes of direct buffer memory yet"],
  },
  {
    class: "native-thread-oom",
    hits: [
      "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process limits",
      "java.lang.OutOfMemoryError: unable to create new native thread",
      "[0.5s][warning][os,thread] Failed to start thread: pthread_create failed (EAGAIN) for attributes",
      "bash: fork: retry: Resource temporarily unavailable",
      "RuntimeError: can't start new thread",
    ],
    misses: ["unable to create a native thread name"],
  },
  {
    class: "native-memory-oom",
    hits: [
      "java.lang.OutOfMemoryError: Unable to allocate 8388608 bytes",
      "java.lang.OutOfMemoryError: Map failed",
      "os::commit_memory(0x00000000e0000000, 1, 0) failed; error='Not enough space' (errno=12)",
      'java.io.IOException: Cannot run program "chmod": error=12, Cannot allocate memory',
      "error='The paging file is too small for this operation to complete' (DOS error/errno=1455)",
      "terminate called after throwing an instance of 'std::bad_alloc'",
    ],
    misses: ["os::commit_memory(0x00000000e0000000, 1, 0) failed; error='Permission' (errno=13)"],
  },
  {
    class: "native-memory-oom",
    hits: [
      "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,)",
      "MemoryError",
    ],
    misses: ["pyarrow.lib.ArrowMemoryErrors", "no MemoryError here"],
  },
  {
    class: "heap-oom",
    hits: [
      "Terminating due to java.lang.OutOfMemoryError: Java heap space",
      "#  fatal error: OutOfMemory encountered: Java heap space",
      'JVMDUMP039I Processing dump event "systhrow", detail "java/lang/OutOfMemoryError" at 2024/01/01',
    ],
    misses: ["py4j.protocol: Java heap space is 512 MiB"],
  },
  {
    class: "heap-oom",
    hits: [
      'Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "main"',
      "java.lang.OutOfMemoryError",
    ],
    misses: [
      'Exception: java.lang.NullPointerException thrown from the UncaughtExceptionHandler in thread "main"',
    ],
  },
  {
    class: "heap-oom",
    hits: [
      "org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 65536 bytes of memory, got 0",
      "Not enough memory to build and broadcast the table to all worker nodes.",
    ],
    misses: ["Will not store rdd_0_0: not enough memory to cache it"],
  },
];

/** For `STACKS`. */
export const STACK_EXAMPLES: readonly Example[] = [
  {
    class: "stack-overflow",
    hits: ["java.lang.StackOverflowError", "Caused by: java.lang.StackOverflowError: null"],
    misses: ["see stackoverflow.com"],
  },
];
