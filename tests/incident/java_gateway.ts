/**
 * A small real JVM that can be asked about itself: Py4J's own gateway, which needs no compiler and no Spark.
 * @module
 */

import { join } from "@std/path";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { asReference, type JavaArgument, type JavaReference } from "../../src/gateway/py4j_value.ts";
import { perfDataPaths } from "../../src/incident/hsperfdata.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { sparkInstallations } from "../real/spark_installations.ts";

const MANAGEMENT = "java.lang.management.ManagementFactory";
const signal = new AbortController().signal;
const decoder = new TextDecoder();

/** A running JVM and a connection to it; disposing of it kills it and removes its performance data. */
export class JavaGateway implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #rest: Promise<void>;
  readonly #client: Py4jClient;

  private constructor(child: Deno.ChildProcess, rest: Promise<void>, client: Py4jClient) {
    this.#child = child;
    this.#rest = rest;
    this.#client = client;
  }

  /** @throws {Error} When the JVM does not take the flags. */
  static async start(flags: readonly string[]): Promise<JavaGateway> {
    const [spark] = sparkInstallations();
    if (spark === undefined) throw new Error("There is no PySpark to take Py4J from.");
    const child = new Deno.Command(join(spark.javaHome, "bin/java"), {
      args: [...flags, "-cp", join(spark.home, "jars/*"), "py4j.GatewayServer", "--enable-auth", "0"],
      env: { PATH: Deno.env.get("PATH") ?? "" },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.getReader();
    // The first two lines are the port and the secret.
    let printed = "";
    while (printed.split("\n").length < 3) {
      const { value, done } = await output.read();
      if (done) throw new Error(`The JVM ended with ${(await child.status).code}: ${printed}`);
      printed += decoder.decode(value, { stream: true });
    }
    const [port, secret = ""] = printed.split("\n").map((line) => line.trim());
    const client = await Py4jClient.connect({ dialer, signal, port: Number(port), secret });
    return new JavaGateway(child, output.cancel(), client);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Collects all garbage. */
  async collect(): Promise<void> {
    await this.#client.call("java.lang.System", "gc", { signal });
  }

  /** How often each collector has run, added up. */
  async collections(): Promise<number> {
    let sum = 0;
    for (const bean of await this.#beans("getGarbageCollectorMXBeans")) {
      sum += await this.#number(bean, "getCollectionCount");
    }
    return sum;
  }

  /** The size of the old generation. */
  async oldGeneration(): Promise<{ readonly usedBytes: number; readonly maxBytes: number }> {
    for (const pool of await this.#beans("getMemoryPoolMXBeans")) {
      const name = String(await this.#client.call(pool, "getName", { signal }));
      if (!/Old Gen|Tenured Gen/.test(name)) continue;
      const usage = await this.#ask(pool, "getUsage");
      return {
        usedBytes: await this.#number(usage, "getUsed"),
        maxBytes: await this.#number(usage, "getMax"),
      };
    }
    throw new Error("The JVM has no old generation.");
  }

  /** When it began, in milliseconds since 1970. */
  async startMs(): Promise<number> {
    return await this.#number(await this.#ask(MANAGEMENT, "getRuntimeMXBean"), "getStartTime");
  }

  /** Kills the JVM, which then leaves its file. */
  async kill(): Promise<void> {
    this.#client.close();
    this.#child.kill("SIGKILL");
    await Promise.all([this.#child.status, this.#rest]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#client.closed) await this.kill();
    for (const path of await perfDataPaths(this.pid, files)) await files.remove(path);
  }

  async #beans(method: string): Promise<readonly JavaReference[]> {
    const list = await this.#ask(MANAGEMENT, method);
    const size = await this.#number(list, "size");
    const beans: JavaReference[] = [];
    for (let index = 0; index < size; index++) beans.push(await this.#ask(list, "get", [index]));
    return beans;
  }

  async #ask(
    target: JavaReference | string,
    method: string,
    args: readonly JavaArgument[] = [],
  ): Promise<JavaReference> {
    return asReference(await this.#client.call(target, method, { signal, args }));
  }

  async #number(target: JavaReference, method: string): Promise<number> {
    return Number(await this.#client.call(target, method, { signal }));
  }
}
