/**
 * Which deaths of a gateway can be made on this machine, and what has to be said of each? The data of `deaths_test.ts`.
 * @module
 */

import { join } from "@std/path";
import type { CauseClass, Verdict } from "../../src/core/verdict.ts";
import { javaHomes } from "../incident/attachable_jvm.ts";
import { canLimit, ControlGroup } from "./control_group.ts";
import { type Place, program } from "./rekindle.ts";
import { type SparkInstallation, sparkInstallations } from "./spark_installations.ts";

/** What to run so that the gateway dies. */
export interface Run {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program to `exec`; by itself one that does nothing. */
  readonly command?: readonly string[];
  /** Where to run it all. */
  readonly group?: ControlGroup;
}

/** Where a death is prepared; what is made for it goes on the stack. */
export interface Ground {
  readonly place: Place;
  readonly stack: AsyncDisposableStack;
}

/** The PySpark and Java it is made on: the oldest that is tested, the newest, and the newest on the newest Java. */
export type Platform = "old" | "new" | "newest Java";

/** One kind of death. */
export interface Death {
  readonly kind: string;
  readonly run: Run | ((ground: Ground) => Run | Promise<Run>);
  /** By itself only the oldest. */
  readonly on?: readonly Platform[];
  /** Whether the machine allows it. */
  readonly possible?: () => boolean;
  /** Whether the daemon ends the gateway only when the program has left: then it runs beside it, and not within. */
  readonly outlived?: true;
  /** As `describeExit` has it. */
  readonly exit: string;
  readonly is: CauseClass;
  /** Left out where either would do. */
  readonly confidence?: Verdict["confidence"];
  /** What one line of the evidence has to say, where there is more than the exit. */
  readonly says?: RegExp;
  /** What the incident must hold besides what it always holds. */
  readonly kept?: readonly string[];
  /** Whether it was no JVM yet that ended: then there is no log of its collections. */
  readonly neverRan?: true;
  /** What is wrong about the verdict: such a row is not run. */
  readonly known?: string;
}

const [oldest, newest] = [sparkInstallations().at(0), sparkInstallations().at(-1)];
if (oldest === undefined || newest === undefined) throw new Error("No PySpark to test on");
const [, newestJava] = javaHomes();

/** `null` where this machine has none. */
export const PLATFORMS: Readonly<Record<Platform, SparkInstallation | null>> = {
  "old": oldest,
  "new": newest,
  "newest Java": newestJava === undefined ? null : { ...newest, javaHome: newestJava },
};

const EVERYWHERE: readonly Platform[] = ["old", "new", "newest Java"];
const DUMPS = ["threads-1.txt", "threads-2.txt", "heap.txt", "histogram.txt"] as const;

function dies(...args: readonly string[]): readonly string[] {
  return ["python", program("deaths.py"), ...args];
}

function faults(kind: string): readonly string[] {
  return ["python", program("faults.py"), kind];
}

function conf(...pairs: readonly string[]): readonly string[] {
  return pairs.flatMap((pair) => ["--conf", pair]);
}

function javaOptions(options: string): readonly string[] {
  return conf(`spark.driver.extraJavaOptions=${options}`);
}

/** Whether a test may mount a file system. */
function canMount(): boolean {
  const folder = Deno.makeTempDirSync();
  try {
    const mount = new Deno.Command("mount", { args: ["-t", "tmpfs", "tmpfs", folder], stderr: "null" });
    if (!mount.outputSync().success) return false;
    return new Deno.Command("umount", { args: [folder] }).outputSync().success;
  } catch {
    return false;
  } finally {
    Deno.removeSync(folder);
  }
}

/** A disk without room. A folder needs none on it, an empty file neither. */
async function fullDisk({ place, stack }: Ground): Promise<Run> {
  const folder = join(place.folder, "full");
  await Deno.mkdir(folder);
  await place.plain("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
  stack.defer(async () => {
    await place.plain("umount", [folder]);
  });
  await Deno.writeFile(join(folder, "filler"), new Uint8Array(2 ** 17)).catch(() => {});
  return { env: { TMPDIR: folder } };
}

/** A Java that may use no more than so much address space. */
async function narrowJava({ place }: Ground): Promise<Run> {
  const home = join(place.folder, "java");
  await Deno.mkdir(join(home, "bin"), { recursive: true });
  await Deno.copyFile(join(place.spark.javaHome, "release"), join(home, "release"));
  const script = `#!/bin/sh\nulimit -v 3000000\nexec ${place.spark.javaHome}/bin/java "$@"\n`;
  await Deno.writeTextFile(join(home, "bin/java"), script, { mode: 0o755 });
  return { flags: ["--heap", "2g"], env: { JAVA_HOME: home } };
}

/** A Spark without one of its jars. */
async function incompleteSpark({ place }: Ground): Promise<Run> {
  const home = join(place.folder, "spark");
  await Deno.mkdir(join(home, "jars"), { recursive: true });
  await Deno.symlink(join(place.spark.home, "bin"), join(home, "bin"));
  for (const { name } of Deno.readDirSync(join(place.spark.home, "jars"))) {
    if (name.startsWith("py4j-")) continue;
    await Deno.symlink(join(place.spark.home, "jars", name), join(home, "jars", name));
  }
  return { flags: ["--spark-home", home] };
}

/** A class of Spark's as a compiler for Java 56 would begin it. */
async function newerClass({ place }: Ground): Promise<Run> {
  const folder = join(place.folder, "classes/org/apache/spark/deploy");
  await Deno.mkdir(folder, { recursive: true });
  const start = new Uint8Array([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 100]);
  await Deno.writeFile(join(folder, "SparkSubmit.class"), start);
  return { flags: conf(`spark.driver.extraClassPath=${join(place.folder, "classes")}`) };
}

/** A port that somebody has. */
function takenPort({ stack }: Ground): Run {
  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  stack.defer(() => listener.close());
  const { port } = listener.addr;
  return { flags: conf(`spark.ui.port=${port}`, "spark.port.maxRetries=0"), command: dies("context") };
}

function fewThreads({ stack }: Ground): Run {
  const group = stack.use(new ControlGroup("pids", null));
  return { command: dies("threads", group.path) };
}

function littleMemory({ stack }: Ground): Run {
  const group = stack.use(new ControlGroup("memory", 900 * 2 ** 20));
  return { flags: ["--heap", "2g"], command: faults("heap-oom-call"), group };
}

/** The table. */
export const DEATHS: readonly Death[] = [
  {
    kind: "kill -9",
    run: { command: dies("kill", "SIGKILL") },
    on: EVERYWHERE,
    exit: "signal SIGKILL",
    is: "killed-by-signal",
    confidence: "certain",
    says: /no out-of-memory kill was counted/,
    kept: ["hsperfdata"],
  },
  {
    kind: "SIGSEGV from outside",
    run: { command: dies("kill", "SIGSEGV") },
    on: ["old", "newest Java"],
    exit: "signal SIGABRT",
    is: "killed-by-signal",
    confidence: "certain",
    says: /\(SI_USER\), si_pid: \d+/,
    kept: ["hs_err.log"],
  },
  {
    kind: "SIGUSR2, which HotSpot keeps for itself",
    run: { command: dies("kill", "SIGUSR2") },
    exit: "signal SIGABRT",
    is: "killed-by-signal",
    confidence: "likely",
    says: /SR_handler/,
    kept: ["hs_err.log"],
  },
  {
    kind: "SIGABRT from outside",
    run: { command: dies("kill", "SIGABRT") },
    exit: "signal SIGABRT",
    is: "killed-by-signal",
  },
  {
    kind: "SIGTERM from outside",
    run: { command: dies("kill", "SIGTERM") },
    on: ["old", "new"],
    exit: "exit code 143",
    is: "killed-by-signal",
    confidence: "likely",
  },
  {
    kind: "System.exit(0)",
    run: { command: dies("system-exit", "0") },
    exit: "exit code 0",
    is: "clean-exit",
    confidence: "certain",
  },
  {
    kind: "System.exit(3), the code of an OutOfMemoryError",
    run: { command: dies("system-exit", "3") },
    exit: "exit code 3",
    is: "unknown",
    confidence: "unsure",
  },
  {
    kind: "System.exit(3) after an OutOfMemoryError that was caught and told",
    run: { command: dies("system-exit-later", "3") },
    exit: "exit code 3",
    is: "unknown",
    known: "direct-memory-oom (certain): code 3 is an OutOfMemoryError only behind `Terminating due to`",
  },
  {
    kind: "Runtime.halt(7)",
    run: { command: dies("halt", "7") },
    exit: "exit code 7",
    is: "unknown",
    confidence: "unsure",
  },
  {
    kind: "heap full in a call",
    run: { flags: ["--heap", "512m"], command: faults("heap-oom-call") },
    on: EVERYWHERE,
    exit: "exit code 3",
    is: "heap-oom",
    confidence: "certain",
    says: /^Terminating due to java\.lang\.OutOfMemoryError: Java heap space/,
    kept: ["hsperfdata"],
  },
  {
    kind: "heap full in a task",
    run: { flags: ["--heap", "512m"], command: faults("heap-oom-task") },
    exit: "exit code 3",
    is: "heap-oom",
    confidence: "certain",
    says: /^Terminating due to java\.lang\.OutOfMemoryError: Java heap space/,
  },
  {
    kind: "heap full where the user wants a crash of it",
    run: {
      flags: ["--heap", "512m", ...javaOptions("-XX:+CrashOnOutOfMemoryError")],
      command: faults("heap-oom-call"),
    },
    exit: "signal SIGABRT",
    is: "heap-oom",
    confidence: "certain",
    says: /OutOfMemory encountered: Java heap space/,
    kept: ["hs_err.log"],
  },
  {
    kind: "no room for classes",
    run: { flags: javaOptions("-XX:MaxMetaspaceSize=96m"), command: dies("classes") },
    on: ["old", "newest Java"],
    exit: "exit code 3",
    is: "metaspace-oom",
    confidence: "certain",
    says: /OutOfMemoryError: Metaspace/,
  },
  {
    kind: "an array of more than two billion elements",
    run: { command: dies("array-size") },
    exit: "exit code 3",
    is: "array-size-oom",
    confidence: "certain",
    says: /Requested array size exceeds VM limit/,
  },
  {
    kind: "no direct memory in a task",
    run: { command: dies("direct-memory") },
    on: ["old", "new"],
    exit: "exit code 50",
    is: "direct-memory-oom",
    says: /Cannot reserve 1000000000 bytes of direct buffer memory/,
  },
  {
    kind: "no more threads",
    run: fewThreads,
    possible: () => canLimit("pids"),
    outlived: true,
    exit: "exit code 143",
    is: "native-thread-oom",
    confidence: "certain",
    says: /unable to create native thread/,
    kept: DUMPS,
  },
  {
    kind: "no more address space",
    run: { command: dies("address-space") },
    on: ["old", "newest Java"],
    exit: "exit code 1",
    is: "native-memory-oom",
    confidence: "certain",
    says: /Native memory allocation \(malloc\) failed/,
    kept: ["hs_err.log"],
  },
  {
    kind: "killed in a container without memory",
    run: littleMemory,
    possible: () => canLimit("memory"),
    exit: "signal SIGKILL",
    is: "killed-by-oom-killer",
    confidence: "certain",
    says: /oom_kill counter grew/,
    kept: ["hsperfdata"],
  },
  {
    kind: "a crash in the JVM",
    run: { command: dies("write-nowhere") },
    on: EVERYWHERE,
    exit: "signal SIGABRT",
    is: "jvm-crash-jit-or-vm",
    confidence: "certain",
    says: /Unsafe_PutLong/,
    kept: ["hs_err.log"],
  },
  {
    kind: "a crash in a native library",
    run: { command: dies("read-nowhere") },
    on: ["old", "new"],
    exit: "signal SIGABRT",
    is: "jvm-crash-native-library",
    confidence: "certain",
    says: /# C {2}\[libzstd-jni/,
    kept: ["hs_err.log"],
  },
  {
    kind: "a heap of C that native code has damaged",
    run: { command: dies("free-twice") },
    exit: "signal SIGABRT",
    is: "jvm-crash-native-library",
    says: /free\(\): invalid pointer/,
    known: "killed-by-signal (certain), though the C library's last words stand in stderr.txt",
  },
  {
    kind: "a stack too deep in a task",
    run: { command: dies("regex") },
    on: ["old", "new"],
    exit: "exit code 50",
    is: "stack-overflow",
    says: /java\.lang\.StackOverflowError/,
  },
  {
    kind: "local folders that cannot be made",
    run: { flags: conf("spark.local.dir=/dev/null/below"), command: dies("context") },
    on: ["old", "new"],
    exit: "exit code 53",
    is: "permission-denied",
    says: /Failed to create any local dir/,
  },
  {
    kind: "the port of Spark's UI taken",
    run: takenPort,
    exit: "exit code 1",
    is: "port-bind-failed",
    says: /Failed to bind SparkUI/,
  },
  {
    kind: "a full disk where the hand-shake goes",
    run: fullDisk,
    possible: canMount,
    exit: "signal SIGKILL",
    is: "disk-full",
    confidence: "likely",
    says: /java\.io\.IOException: No space left on device/,
    kept: DUMPS,
  },
  {
    kind: "a JVM option with a bad value",
    run: { flags: javaOptions("-XX:MaxMetaspaceSize=zz") },
    neverRan: true,
    exit: "exit code 1",
    is: "invalid-jvm-option",
    confidence: "certain",
    says: /Improperly specified VM option 'MaxMetaspaceSize=zz'/,
  },
  {
    kind: "a heap for which there is no address space",
    run: narrowJava,
    neverRan: true,
    exit: "exit code 1",
    is: "heap-exceeds-machine",
    confidence: "certain",
    says: /Could not (?:reserve enough space|allocate)/,
  },
  {
    kind: "a Spark without Py4J",
    run: incompleteSpark,
    exit: "exit code 1",
    is: "class-missing",
    confidence: "certain",
    says: /py4j/,
  },
  {
    kind: "a class made for another Java",
    run: newerClass,
    exit: "exit code 1",
    is: "java-version-mismatch",
    confidence: "certain",
    says: /UnsupportedClassVersionError: org\/apache\/spark\/deploy\/SparkSubmit/,
  },
  {
    kind: "a master that there is not",
    run: { flags: conf("spark.master=foo://x") },
    exit: "exit code 1",
    is: "bad-spark-config",
    confidence: "certain",
    says: /Master must either be yarn/,
  },
  {
    kind: "a host that nobody knows",
    run: { env: { SPARK_LOCAL_IP: "no.such.host" } },
    on: ["old", "new"],
    exit: "exit code 1",
    is: "hostname-resolution-failed",
    confidence: "certain",
    says: /UnknownHostException: no\.such\.host/,
  },
  {
    kind: "a start that comes to nothing",
    run: {
      flags: [
        ...["--start-timeout", "3"],
        ...javaOptions("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0"),
      ],
    },
    exit: "signal SIGKILL",
    is: "start-timeout",
    confidence: "certain",
    says: /no hand-shake within 3 s/,
    kept: DUMPS,
  },
];
