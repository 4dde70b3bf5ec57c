/**
 * A real gateway as PySpark itself would launch it, with nothing of the daemon in between.
 * @module
 */

import { join } from "@std/path";
import { decodeHandshake, type Handshake } from "../../src/gateway/handshake.ts";
import type { ChildHandle } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import type { SparkInstallation } from "./spark_installations.ts";

/** A running gateway; disposing of it kills its process group and removes its folder. */
export class PlainGateway implements AsyncDisposable {
  readonly #child: ChildHandle;
  /** Where it works, and has its temporary files. */
  readonly folder: string;
  readonly #outputs: Promise<string[]>;
  readonly handshake: Handshake;

  private constructor(child: ChildHandle, folder: string, outputs: Promise<string[]>, handshake: Handshake) {
    this.#child = child;
    this.folder = folder;
    this.#outputs = outputs;
    this.handshake = handshake;
  }

  /** @throws {Error} When it ends before it has published how to reach it; the message is what it printed. */
  static async start(
    spark: SparkInstallation,
    env: Readonly<Record<string, string>> = {},
  ): Promise<PlainGateway> {
    const folder = await Deno.makeTempDir({ prefix: "rekindle-gateway-" });
    const path = join(folder, "handshake");
    using watcher = Deno.watchFs(folder);
    const child = children.spawn({
      program: join(spark.home, "bin", "spark-submit"),
      args: ["--driver-java-options", `-Djava.io.tmpdir=${folder}`, "pyspark-shell"],
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: folder,
        JAVA_HOME: spark.javaHome,
        SPARK_HOME: spark.home,
        PYSPARK_PYTHON: spark.python,
        _PYSPARK_DRIVER_CONN_INFO_PATH: path,
        ...env,
      },
      cwd: folder,
    });
    const outputs = Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()));
    // Ends the wait below.
    void child.exited.then(() => watcher.return?.());
    for await (const _ of watcher) {
      const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
      const handshake = decodeHandshake(bytes);
      if (handshake !== null) return new PlainGateway(child, folder, outputs, handshake);
    }
    await Deno.remove(folder, { recursive: true });
    throw new Error(`The gateway ended:\n${(await outputs).join("")}`);
  }

  /** How it is reached. */
  get way(): { readonly port: number; readonly secret: string } {
    return { port: this.handshake.port, secret: this.handshake.secret() };
  }

  get pid(): number {
    return this.#child.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.signal("SIGKILL");
    await Promise.all([this.#child.exited, this.#outputs]);
    await Deno.remove(this.folder, { recursive: true });
  }
}
