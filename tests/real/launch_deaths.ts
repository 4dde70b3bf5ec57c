/**
 * Of what does a gateway die before it is ready, and what has to be said of each?
 * @module
 */

import { join } from "@std/path";
import { conf, type Death, DUMPS, type Ground, javaOptions, type Run } from "./deaths.ts";
import type { Place } from "./rekindle.ts";

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
    // Lazily, because a JVM may still write there.
    await place.plain("umount", ["-l", folder]);
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

/** A Spark with all its jars but one, in whose place there may be an empty file. */
async function spoiledSpark(place: Place, jar: RegExp, instead: "nothing" | "empty"): Promise<Run> {
  const home = join(place.folder, "spark");
  await Deno.mkdir(join(home, "jars"), { recursive: true });
  await Deno.symlink(join(place.spark.home, "bin"), join(home, "bin"));
  for (const { name } of Deno.readDirSync(join(place.spark.home, "jars"))) {
    const path = join(home, "jars", name);
    if (!jar.test(name)) await Deno.symlink(join(place.spark.home, "jars", name), path);
    else if (instead === "empty") await Deno.writeTextFile(path, "");
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
function debuggersPort({ stack }: Ground): Run {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  stack.defer(() => listener.close());
  const address = `127.0.0.1:${listener.addr.port}`;
  return { flags: javaOptions(`-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=${address}`) };
}

/** The table. */
export const LAUNCH_DEATHS: readonly Death[] = [
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
    kind: "an archive of classes that is not there",
    run: { flags: javaOptions("-Xshare:on -XX:SharedArchiveFile=missing.jsa") },
    neverRan: true,
    exit: "exit code 1",
    is: "invalid-jvm-option",
    says: /Error occurred during initialization of VM/,
  },
  {
    kind: "a JVM option that only tells the version",
    run: { flags: javaOptions("-version") },
    neverRan: true,
    exit: "exit code 0",
    is: "invalid-jvm-option",
    confidence: "certain",
    says: /it was started with -version/,
  },
  {
    kind: "a module that is nowhere",
    run: { flags: javaOptions("--add-modules=no.such.module") },
    neverRan: true,
    exit: "exit code 1",
    is: "invalid-jvm-option",
    confidence: "certain",
    says: /FindException: Module no\.such\.module not found/,
  },
  {
    kind: "a debugger's port taken",
    run: debuggersPort,
    neverRan: true,
    exit: "exit code 2",
    is: "port-bind-failed",
    confidence: "certain",
    says: /bind failed: Address already in use/,
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
    kind: "a Spark whose main jar is empty",
    run: ({ place }) => spoiledSpark(place, /^spark-core_/, "empty"),
    exit: "exit code 1",
    is: "class-missing",
    confidence: "certain",
    says: /Could not find or load main class org\.apache\.spark\.deploy\.SparkSubmit/,
  },
  {
    kind: "a Spark without Py4J",
    run: ({ place }) => spoiledSpark(place, /^py4j-/, "nothing"),
    exit: "exit code 1",
    is: "class-missing",
    confidence: "certain",
    says: /NoClassDefFoundError: py4j/,
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
