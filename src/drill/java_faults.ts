/**
 * How is a gateway brought into trouble from inside? By calls alone, as a program would make them: Python is not needed.
 * @module
 */

import { Py4jClient } from "../gateway/py4j.ts";
import { startSession, Workbench } from "../gateway/warm_up_session.ts";
import { readEnvironment } from "../cli/attachment.ts";
import type { Status } from "../api/status.ts";
import type { Dialer, Files } from "../ports.ts";

/** Trouble, from its first call to the one that is answered by an error, or by nothing. */
export type JavaFault = (bench: Workbench, folder: string) => Promise<void>;

/** What was not brought about by then, in milliseconds, will not be. */
const FAULT_MS = 180_000;

/** Takes heap until there is none, in pieces that G1 does not waste half a region on. */
export const fillHeap: JavaFault = async (bench) => {
  for (;;) await bench.get("java.nio.ByteBuffer", "allocate", 2 ** 24);
};

/** Java, for the compiler that Spark brings along: classes without end, each kept. */
const CLASSES = `
    java.util.LinkedList kept = new java.util.LinkedList();
    Class[] interfaces = new Class[] {Runnable.class};
    while (true) {
        ClassLoader loader = new java.net.URLClassLoader(new java.net.URL[0]);
        kept.add(java.lang.reflect.Proxy.getProxyClass(loader, interfaces));
    }
`;

/** Loads classes until there is no room for their descriptions. */
export const fillMetaspace: JavaFault = async (bench) => {
  const evaluator = await bench.make("org.codehaus.janino.ScriptEvaluator");
  await bench.call(evaluator, "cook", CLASSES);
  await bench.call(evaluator, "evaluate", null);
};

/** Runs a query whose tasks are the gateway's own, whatever the user's master is. */
function queried(sql: string): JavaFault {
  return async (bench, folder) => {
    const { session } = await startSession(bench, folder);
    await bench.get(await bench.get(session, "sql", sql), "collect");
  };
}

/** A task that wants more direct memory at once than there may be: uncaught, the error ends the JVM. */
export const fillDirectMemory: JavaFault = queried(
  "SELECT reflect('java.nio.ByteBuffer', 'allocateDirect', 2000000000 + cast(id AS int)) FROM range(0, 1, 1, 1)",
);

/** Java's regular expressions recurse for each repetition of a group. */
export const overflowStack: JavaFault = queried(
  "SELECT count(*) FROM (SELECT repeat('a', 1000000 + cast(id AS int)) AS t FROM range(0, 1, 1, 1)) " +
    "WHERE t RLIKE '^(a|b)*$'",
);

/** The program ends the JVM behind itself. */
export const exitJvm: JavaFault = async (bench) => void await bench.call("java.lang.System", "exit", 0);

/** Writes to where nothing is: SIGSEGV in the JVM's own code, and an error report. */
export const writeNowhere: JavaFault = async (bench) => {
  const unsafeClass = await bench.get("java.lang.Class", "forName", "sun.misc.Unsafe");
  const field = await bench.get(unsafeClass, "getDeclaredField", "theUnsafe");
  await bench.call(field, "setAccessible", true);
  await bench.call(await bench.get(field, "get", null), "putAddress", 0n, 0n);
};

/**
 * Brings a fault about by the way that programs come; returns when the gateway has answered with an error, or is gone.
 * @throws {Error} When the gateway cannot be reached to begin with.
 */
export async function bringAbout(
  fault: JavaFault,
  { status, folder, dialer, files }: {
    readonly status: Status;
    /** A folder of its own for what a session writes. */
    readonly folder: string;
    readonly dialer: Dialer;
    readonly files: Files;
  },
): Promise<void> {
  const way = readEnvironment(await files.readText(status.environmentFile));
  const signal = AbortSignal.timeout(FAULT_MS);
  const port = Number(way.PYSPARK_GATEWAY_PORT);
  using client = await Py4jClient.connect({ dialer, port, secret: way.PYSPARK_GATEWAY_SECRET ?? "", signal });
  try {
    // Not released: what was taken stays taken until the gateway is gone.
    await fault(new Workbench(client, signal), folder);
  } catch {
    // That it fails is what it is for; what became of the gateway is for the watch to see.
  }
}
