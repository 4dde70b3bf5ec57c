/**
 * A real JVM of a given Java that can be attached to, made to run out of memory, and stopped: Py4J's own gateway.
 * @module
 */

import { join } from "@std/path";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { attachPaths } from "../../src/incident/attach.ts";
import { perfDataPaths } from "../../src/incident/hsperfdata.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { sparkInstallations } from "../real/spark_installations.ts";

const signal = new AbortController().signal;
const decoder = new TextDecoder();

/** Every Java of this machine that the tests can use: the one of the test's Spark, and the newest beside it. */
export function javaHomes(): readonly string[] {
  const [spark] = sparkInstallations();
  if (spark === undefined) throw new Error("There is no PySpark to take Py4J from.");
  const folder = join(spark.javaHome, "..");
  const newest = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => /-25-/.test(name));
  return [spark.javaHome, ...newest.slice(0, 1).map((name) => join(folder, name))];
}

/** A running JVM; disposing of it kills it and removes what it left. */
export class AttachableJvm implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What it has printed, as far as it was read. */
  #printed = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reader = child.stdout.getReader();
  }

  /** Resolves when it has printed its port and secret. */
  static async start(javaHome: string, flags: readonly string[] = []): Promise<AttachableJvm> {
    const jars = join(sparkInstallations()[0]?.home ?? "", "jars/*");
    const child = new Deno.Command(join(javaHome, "bin/java"), {
      args: [
        "-Xmx64m",
        "-XX:+UseSerialGC",
        ...flags,
        "-cp",
        jars,
        "py4j.GatewayServer",
        "--enable-auth",
        "0",
      ],
      env: { PATH: Deno.env.get("PATH") ?? "" },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const jvm = new AttachableJvm(child);
    await jvm.printed(/\n.*\n/);
    return jvm;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when what it has printed since its beginning matches. */
  async printed(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#printed)) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`The JVM ended with ${(await this.#child.status).code}: ${this.#printed}`);
      this.#printed += decoder.decode(value, { stream: true });
    }
    return this.#printed;
  }

  /** Asks for an array that no JVM can have, which it survives. */
  async runOutOfMemory(): Promise<void> {
    const [port, secret = ""] = this.#printed.split("\n").map((line) => line.trim());
    using client = await Py4jClient.connect({ dialer, signal, port: Number(port), secret });
    await client.construct("java.util.ArrayList", { args: [2 ** 31 - 1], signal }).then(
      () => {
        throw new Error("There was room for it.");
      },
      () => {},
    );
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#reader.cancel();
    for (const path of [...await perfDataPaths(this.pid, files), ...attachPaths(this.pid)]) {
      await files.remove(path);
    }
  }
}
