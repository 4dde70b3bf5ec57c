/**
 * How fares the Spark inside a gateway that answers? A context whose scheduler thread has died, or threads that
 * wait for each other, let every job hang while the heartbeat goes on.
 * @module
 */

import type { SparkVitals } from "../core/watch/vitals.ts";
import type { Dialer } from "../ports.ts";
import { orUnknown } from "./or_unknown.ts";
import { Py4jClient } from "./py4j.ts";
import { asReference, type JavaReference, type JavaValue } from "./py4j_value.ts";
import { ReferenceScope } from "./reference_scope.ts";

/** The way to the gateway. */
export interface SparkProbeOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly secret: string;
}

/** What every look needs, found once per connection. */
interface Footing {
  readonly client: Py4jClient;
  /** `SparkContext`'s companion object. */
  readonly companion: JavaReference;
  /** The JVM's `ThreadMXBean`. */
  readonly threads: JavaReference;
}

/** A context that was active when last seen. */
interface KnownContext {
  readonly context: JavaReference;
  /** `dag-scheduler-event-loop`; `null` where Spark keeps it elsewhere. */
  readonly scheduler: JavaReference | null;
  readonly driverMemory: string | null;
  readonly uiUrl: string | null;
  readonly folders: readonly string[];
}

type ContextVitals = Pick<SparkVitals, "schedulerAlive" | "driverMemory" | "uiUrl" | "folders">;

/** The connection of one look, and when to give it up. */
interface Exchange {
  readonly client: Py4jClient;
  readonly signal: AbortSignal;
}

/** Separates paths, since no path can hold it. */
const NUL = "\0";

/**
 * Looks again and again over one connection of its own. It remembers what a look would otherwise have to ask anew:
 * a look is 4 exchanges without a context and 3 with one, and some 35 when the context is new.
 *
 * One look at a time. A look that fails closes the connection, and the next one connects and begins afresh.
 */
export class SparkProbe implements Disposable {
  readonly #options: SparkProbeOptions;
  #footing: Footing | null = null;
  #known: KnownContext | null = null;
  /** What the JVM keeps for us beyond a look, whichever connection asked for it: nothing else ever releases it. */
  readonly #held = new Set<JavaReference>();

  /** Connects at the first look. */
  constructor(options: SparkProbeOptions) {
    this.#options = options;
  }

  /**
   * Looks. What an unusual Spark or an old py4j does not tell is unknown in the answer.
   *
   * It can wait: Spark's `getActive` takes a lock that Scala's `SparkContext.getOrCreate` (not PySpark) holds while
   * it makes a context.
   * @throws {Error} The signal's reason, or why the gateway did not answer: see {@linkcode Py4jClient}.
   */
  async look(signal: AbortSignal): Promise<SparkVitals> {
    try {
      const { client, companion, threads } = this.#footing ??= await this.#connect(signal);
      const exchange = { client, signal };
      const context = await this.#lookAtKnown(exchange) ?? await this.#lookForNext(companion, exchange);
      return {
        contextActive: context !== null,
        ...context ?? { schedulerAlive: null, driverMemory: null, uiUrl: null, folders: [] },
        deadlocked: await orUnknown([], () => deadlockedThreads(threads, exchange)),
      };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Closes the connection; harmless when there is none. A look that is still connecting is ended by its signal. */
  close(): void {
    this.#footing?.client.close();
    this.#footing = null;
    this.#known = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #connect(signal: AbortSignal): Promise<Footing> {
    const client = await Py4jClient.connect({ ...this.#options, signal });
    try {
      const exchange = { client, signal };
      for (const left of this.#held) await this.#release(left, exchange);
      const factory = "java.lang.management.ManagementFactory";
      return {
        client,
        companion: this.#hold(
          await client.staticField("org.apache.spark.SparkContext$", "MODULE$", exchange),
        ),
        threads: this.#hold(await client.call(factory, "getThreadMXBean", exchange)),
      };
    } catch (error) {
      client.close();
      throw error;
    }
  }

  #hold(value: JavaValue): JavaReference {
    const reference = asReference(value);
    this.#held.add(reference);
    return reference;
  }

  async #release(reference: JavaReference, exchange: Exchange): Promise<void> {
    await exchange.client.release(reference, exchange);
    this.#held.delete(reference);
  }

  /** `null` when there is none, or it has been stopped. */
  async #lookAtKnown(exchange: Exchange): Promise<ContextVitals | null> {
    if (this.#known === null) return null;
    const { client } = exchange;
    const { context, scheduler, driverMemory, uiUrl, folders } = this.#known;
    const alive = scheduler === null ? null : await client.call(scheduler, "isAlive", exchange);
    // Asked after the thread: a stop sets this before it ends the thread, which is then no failure.
    if (await client.call(context, "isStopped", exchange) === false) {
      return { schedulerAlive: alive === null ? null : alive === true, driverMemory, uiUrl, folders };
    }
    this.#known = null;
    for (const reference of [scheduler, context]) {
      if (reference !== null) await this.#release(reference, exchange);
    }
    return null;
  }

  async #lookForNext(companion: JavaReference, exchange: Exchange): Promise<ContextVitals | null> {
    const { client } = exchange;
    await using scope = new ReferenceScope(client, exchange);
    const active = scope.keep(await client.call(companion, "getActive", exchange));
    if (await client.call(active, "isDefined", exchange) !== true) return null;
    const context = this.#hold(await client.call(active, "get", exchange));
    const thread = ["_dagScheduler", "eventProcessLoop", "eventThread"];
    this.#known = {
      context,
      scheduler: await orUnknown(null, async () => this.#hold(await fieldOf(context, thread, exchange))),
      driverMemory: await orUnknown(null, () => settingOf(context, "spark.driver.memory", exchange)),
      uiUrl: await orUnknown(null, () => uiUrlOf(context, exchange)),
      folders: [
        ...await orUnknown([], () => localFolders(context, exchange)),
        ...await orUnknown([], () => foldersRemovedAtExit(exchange)),
      ],
    };
    return await this.#lookAtKnown(exchange);
  }
}

/**
 * Follows fields, private ones as well, without ever calling a method of their objects. Py4J looks for a method
 * among all that a class has; `SparkEnv` of PySpark 4.3.0 has one whose types are not on the class path, which is an
 * Error that Py4J does not catch: it kills the connection's thread and is printed. Here Java would answer with it.
 */
async function fieldOf(
  object: JavaReference,
  names: readonly string[],
  exchange: Exchange,
): Promise<JavaValue> {
  const { client, signal } = exchange;
  await using scope = new ReferenceScope(client, exchange);
  let value: JavaValue = object;
  for (const name of names) {
    const from: JavaReference = value === object ? object : scope.keep(value);
    const args = [from, name, true];
    value = await client.call("org.apache.commons.lang3.reflect.FieldUtils", "readField", { args, signal });
  }
  return value;
}

/** What a context's configuration says; `null` when it says nothing. */
async function settingOf(context: JavaReference, name: string, exchange: Exchange): Promise<string | null> {
  const { client, signal } = exchange;
  await using scope = new ReferenceScope(client, exchange);
  const conf = scope.keep(await client.call(context, "getConf", exchange));
  const value = await client.call(conf, "get", { args: [name, ""], signal });
  return typeof value === "string" && value !== "" ? value : null;
}

/** Where a browser finds the context's jobs; `null` without a UI. Nothing else is taken for an address. */
async function uiUrlOf(context: JavaReference, exchange: Exchange): Promise<string | null> {
  const { client } = exchange;
  await using scope = new ReferenceScope(client, exchange);
  const option = scope.keep(await client.call(context, "uiWebUrl", exchange));
  if (await client.call(option, "isDefined", exchange) !== true) return null;
  const url = String(await client.call(option, "get", exchange));
  return /^https?:\/\/[^\s"'<>\\]+$/.test(url) ? url : null;
}

/** Where blocks and shuffle files lie: Spark removes them with a hook of their own. */
async function localFolders(context: JavaReference, exchange: Exchange): Promise<readonly string[]> {
  await using scope = new ReferenceScope(exchange.client, exchange);
  const path = ["_env", "blockManager", "diskBlockManager", "localDirsString"];
  return (await elementsOf(scope.keep(await fieldOf(context, path, exchange)), exchange)).map(String);
}

/** Spark's own list of all else that it removes when the JVM ends: temporary, user file and artifact folders. */
async function foldersRemovedAtExit(exchange: Exchange): Promise<readonly string[]> {
  const { client, signal } = exchange;
  await using scope = new ReferenceScope(client, exchange);
  const hooks = await client.staticField("org.apache.spark.util.ShutdownHookManager$", "MODULE$", exchange);
  const paths = scope.keep(await fieldOf(scope.keep(hooks), ["shutdownDeletePaths"], exchange));
  const text = String(await client.call(paths, "mkString", { args: [NUL], signal }));
  return text.split(NUL).filter((path) => path !== "").sort();
}

/** Java answers `null` when there are none. It stops all threads to know, for some 0.2 ms (3.5.7, 4.3.0). */
async function deadlockedThreads(threads: JavaReference, exchange: Exchange): Promise<readonly string[]> {
  const { client, signal } = exchange;
  const found = await client.call(threads, "findDeadlockedThreads", exchange);
  if (found === null) return [];
  await using scope = new ReferenceScope(client, exchange);
  const names: string[] = [];
  for (const id of await elementsOf(scope.keep(found), exchange)) {
    const info = await client.call(threads, "getThreadInfo", { args: [id], signal });
    // A thread that has ended meanwhile has none.
    if (info !== null) names.push(String(await client.call(scope.keep(info), "getThreadName", exchange)));
  }
  return names.sort();
}

async function elementsOf(array: JavaReference, exchange: Exchange): Promise<readonly JavaValue[]> {
  const { client, signal } = exchange;
  const reflection = "java.lang.reflect.Array";
  const length = Number(await client.call(reflection, "getLength", { args: [array], signal }));
  const elements: JavaValue[] = [];
  for (let index = 0; index < length; index++) {
    elements.push(await client.call(reflection, "get", { args: [array, index], signal }));
  }
  return elements;
}
