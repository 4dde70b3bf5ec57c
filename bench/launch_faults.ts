/**
 * What keeps a gateway from starting, and what is the right thing to make of each? The data of the drills.
 * @module
 */

import { join } from "@std/path";
import type { Place } from "../tests/real/rekindle.ts";
import type { StartOptions } from "./daemon_under_test.ts";

/**
 * What a daemon does about it: `refuses` before it starts anything, `gives up` at once, `retries` and gives up for
 * a while, `serves` all the same with a program that works, or `serves, but` programs fail.
 */
export type Reaction = "refuses" | "gives up" | "retries" | "serves" | "serves, but";

/** One fault. */
export interface LaunchFault {
  readonly name: string;
  /** For the table. */
  readonly what: string;
  /** Only on these versions of PySpark. */
  readonly versions?: RegExp;
  readonly start: (place: Place) => StartOptions | Promise<StartOptions>;
  /** The classes of which any is right; `none` where no incident is. */
  readonly expected: readonly string[];
  readonly reactions: readonly Reaction[];
  /** What the log has to say as well. */
  readonly says?: RegExp;
}

function conf(...pairs: readonly string[]): LaunchFault["start"] {
  return () => ({ args: pairs.flatMap((pair) => ["--conf", pair]) });
}

/** A Java that neither PySpark 3.5 is made for, where Debian's packages of it put it. */
const TOO_NEW_JAVA = "/usr/lib/jvm/temurin-25-jdk-amd64";

/** The table of faults. */
export const LAUNCH_FAULTS: readonly LaunchFault[] = [
  {
    name: "bad-jvm-option",
    what: "a JVM option with a bad value (`-XX:MaxMetaspaceSize=zz`)",
    start: conf("spark.driver.extraJavaOptions=-XX:MaxMetaspaceSize=zz"),
    expected: ["invalid-jvm-option"],
    reactions: ["gives up"],
  },
  {
    name: "heap-option",
    what: "`-Xmx` among the driver's Java options",
    start: conf("spark.driver.extraJavaOptions=-Xmx2g"),
    expected: ["invalid-jvm-option"],
    reactions: ["gives up"],
  },
  {
    name: "no-java",
    what: "`--java-home` names a folder without Java",
    start: () => ({ args: ["--java-home", "/nonexistent"] }),
    expected: ["none"],
    reactions: ["refuses"],
    says: /no Java in \/nonexistent/,
  },
  {
    name: "java-gone",
    what: "`JAVA_HOME` leads nowhere, another Java is there",
    start: () => ({ env: { JAVA_HOME: "/nonexistent" } }),
    expected: ["none"],
    reactions: ["serves"],
  },
  {
    name: "java-too-new",
    what: "`JAVA_HOME` is Java 25, which Spark 3.5 cannot use, and a 17 is there",
    versions: /^3\./,
    start: () => ({ env: { JAVA_HOME: TOO_NEW_JAVA } }),
    expected: ["none"],
    reactions: ["serves"],
    says: /not JAVA_HOME, which is 25/,
  },
  {
    name: "java-forced",
    what: "`--java-home` insists on Java 25 for Spark 3.5",
    versions: /^3\./,
    start: () => ({ args: ["--java-home", TOO_NEW_JAVA] }),
    expected: ["java-version-mismatch", "none"],
    reactions: ["gives up", "serves, but"],
    says: /made for Java 8 to 21, not 25|java-version-mismatch/,
  },
  {
    name: "bad-master",
    what: "`spark.master=foo://x`",
    start: conf("spark.master=foo://x"),
    expected: ["bad-spark-config"],
    reactions: ["gives up"],
  },
  {
    name: "bad-heap-conf",
    what: "`spark.driver.memory=1.5g`, which Java cannot read",
    start: conf("spark.driver.memory=1.5g"),
    expected: ["invalid-jvm-option", "bad-spark-config"],
    reactions: ["gives up", "refuses"],
  },
  {
    name: "bad-context-conf",
    what: "`spark.log.level=NOPE`, which only a context reads",
    start: conf("spark.log.level=NOPE"),
    expected: ["bad-spark-config", "none"],
    reactions: ["gives up", "serves, but"],
  },
  {
    name: "local-dir",
    what: "`spark.local.dir` cannot be written",
    start: async (place) => {
      const file = join(place.folder, "file");
      await Deno.writeTextFile(file, "");
      return { args: ["--conf", `spark.local.dir=${file}/below`] };
    },
    expected: ["permission-denied"],
    reactions: ["gives up", "serves, but"],
  },
  {
    name: "heap-1m",
    what: "`--heap 1m`, too small for Java",
    start: () => ({ args: ["--heap", "1m"] }),
    expected: ["invalid-jvm-option", "heap-oom", "none"],
    reactions: ["gives up", "refuses", "serves"],
  },
  {
    name: "heap-100m",
    what: "`--heap 100m`, too small for Spark",
    start: () => ({ args: ["--heap", "100m"] }),
    expected: ["bad-spark-config", "heap-oom", "none"],
    reactions: ["gives up", "refuses", "serves"],
  },
  {
    name: "no-such-host",
    what: "`SPARK_LOCAL_IP` is a name that nobody knows",
    start: () => ({ env: { SPARK_LOCAL_IP: "no.such.host" } }),
    expected: ["hostname-resolution-failed"],
    reactions: ["retries", "gives up"],
  },
  {
    name: "no-package",
    what: "`--packages` that cannot be fetched (no network)",
    start: () => ({ args: ["--packages", "com.nosuch:thing:1.0"] }),
    expected: ["dependency-resolution-failed"],
    reactions: ["retries", "gives up"],
  },
  {
    name: "hanging-start",
    what: "the JVM waits for a debugger (`--start-timeout 5`)",
    start: () => ({
      args: [
        "--start-timeout",
        "5",
        "--conf",
        "spark.driver.extraJavaOptions=" +
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0",
      ],
    }),
    expected: ["start-timeout"],
    reactions: ["retries", "gives up"],
  },
];
