/**
 * What the warm-up works on: a Spark session of its own, made and stopped as PySpark does it, but with none of the
 * user's settings, so that no listener, plug-in, catalog, event log or master of theirs hears of it.
 * @module
 */

import type { Py4jClient } from "./py4j.ts";
import type { Target } from "./py4j_codec.ts";
import type { JavaArgument, JavaReference, JavaValue } from "./py4j_value.ts";
import { ReferenceScope } from "./reference_scope.ts";

/** The connection of one step of the warm-up; what it makes is released at its end. */
export class Workbench implements AsyncDisposable {
  readonly client: Py4jClient;
  readonly signal: AbortSignal;
  readonly #scope: ReferenceScope;

  /** @param signal Ends every call, and the connection with it. */
  constructor(client: Py4jClient, signal: AbortSignal) {
    this.client = client;
    this.signal = signal;
    this.#scope = new ReferenceScope(client, { signal });
  }

  /** Calls a method. */
  async call(target: Target, method: string, ...args: readonly JavaArgument[]): Promise<JavaValue> {
    return await this.client.call(target, method, { args, signal: this.signal });
  }

  /** Calls a method that answers with an object. @throws {TypeError} When it answers with a plain value. */
  async get(target: Target, method: string, ...args: readonly JavaArgument[]): Promise<JavaReference> {
    return this.#scope.keep(await this.call(target, method, ...args));
  }

  /** Makes an object. */
  async make(className: string, ...args: readonly JavaArgument[]): Promise<JavaReference> {
    return this.#scope.keep(await this.client.construct(className, { args, signal: this.signal }));
  }

  /** The `java.lang.Class` object of a class. */
  async classOf(className: string): Promise<JavaReference> {
    return this.#scope.keep(await this.client.classOf(className, this));
  }

  /** A Scala object. Those of its methods that are private to Spark are static for nobody. */
  async companion(className: string): Promise<JavaReference> {
    return this.#scope.keep(await this.client.staticField(`${className}$`, "MODULE$", this));
  }

  /** What PySpark passes where Scala wants a `Seq`. */
  async seq(...items: readonly JavaArgument[]): Promise<JavaReference> {
    const list = await this.make("java.util.ArrayList");
    for (const item of items) await this.call(list, "add", item);
    return await this.get("org.apache.spark.api.python.PythonUtils", "toSeq", list);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope[Symbol.asyncDispose]();
  }
}

/** A session of the warm-up. */
export interface WarmSession {
  /** The `JavaSparkContext`. */
  readonly context: JavaReference;
  /** The `SparkSession`. */
  readonly session: JavaReference;
  /** The class of the session, whose statics know which one is active. */
  readonly className: string;
}

/** From 4.0 on `SparkSession` is what the classic and the connecting one have in common. */
const CLASSIC = "org.apache.spark.sql.classic.SparkSession";
const BEFORE_4 = "org.apache.spark.sql.SparkSession";

/** The name of this Spark's session class. @throws {Error} When the gateway does not answer. */
export async function sessionClass({ client, signal }: Workbench): Promise<string> {
  return await client.findClass(CLASSIC, { signal }) ?? BEFORE_4;
}

/**
 * Makes a session, active on this connection and the JVM's default.
 * @param folder Where its warehouse would be, were it to make one.
 * @throws {Error} When Spark cannot make a context: most bad set-ups show only here.
 */
export async function startSession(bench: Workbench, folder: string): Promise<WarmSession> {
  const className = await sessionClass(bench);
  // `false`: without the system properties, which hold what the user has told spark-submit.
  const conf = await bench.make("org.apache.spark.SparkConf", false);
  for (const [key, value] of Object.entries(settings(folder))) await bench.get(conf, "set", key, value);
  const context = await bench.make("org.apache.spark.api.java.JavaSparkContext", conf);
  const options = await bench.make("java.util.HashMap");
  const session = await bench.make(className, await bench.get(context, "sc"), options);
  await bench.call(className, "setDefaultSession", session);
  await bench.call(className, "setActiveSession", session);
  return { context, session, className };
}

function settings(folder: string): Readonly<Record<string, string>> {
  return {
    "spark.app.name": "rekindle warm-up",
    "spark.master": "local[2]",
    // Its ports are for itself alone; the UI's would be open to other machines.
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.warehouse.dir": `${folder}/warehouse`,
    // With two hundred of them, the default, most of the time would go to tasks that have nothing to do.
    "spark.sql.shuffle.partitions": "4",
    // A JVM can be given one such factory in its life, and this one would keep the warm-up's Hadoop settings in it.
    "spark.sql.defaultUrlStreamHandlerFactory.enabled": "false",
  };
}

/**
 * Stops a session and makes the JVM forget what outlives one: the sessions it knows, the local folders, and open
 * file systems with their settings. Without this the next program's `spark.local.dir` would be ignored for some of
 * its files (`Utils.getLocalDir`), and settings of its own for a file system that is open already.
 */
export async function stopSession(bench: Workbench, { session, className }: WarmSession): Promise<void> {
  await bench.call(session, "stop");
  await bench.call(className, "clearActiveSession");
  await bench.call(className, "clearDefaultSession");
  await bench.call(await bench.companion("org.apache.spark.util.Utils"), "clearLocalRootDirs");
  await bench.call("org.apache.hadoop.fs.FileSystem", "closeAll");
}
