/**
 * A PySpark program that attaches to whatever listens on a port.
 * @module
 */

import assert from "node:assert/strict";
import { dirname } from "@std/path";
import { program } from "./rekindle.ts";
import type { SparkInstallation } from "./spark_installations.ts";

/** Where it attaches, and with what. */
export interface Way {
  readonly port: number;
  readonly secret: string;
}

/** What one has printed, and how it ended. */
export interface Ended {
  readonly lines: readonly string[];
  readonly errors: string;
  readonly code: number;
}

/** A running program; disposing of it kills it. */
export class AttachedProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #errors: Promise<string>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#errors = new Response(child.stderr).text();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static start(
    spark: SparkInstallation,
    way: Way,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): AttachedProgram {
    const [name = "", ...rest] = args;
    const child = new Deno.Command(spark.python, {
      args: [program(name), ...rest],
      env: {
        PATH: `${dirname(spark.python)}:${Deno.env.get("PATH") ?? ""}`,
        SPARK_HOME: spark.home,
        PYSPARK_PYTHON: spark.python,
        PYSPARK_GATEWAY_PORT: String(way.port),
        PYSPARK_GATEWAY_SECRET: way.secret,
        ...env,
      },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new AttachedProgram(child);
  }

  /** The next line it prints; `null` at the end. */
  async line(): Promise<string | null> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) return null;
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  /** Reads until it is in its state; what it says of it. */
  async ready(): Promise<string> {
    const line = await this.line();
    assert.match(line ?? await this.#errors, /^ready/);
    return line ?? "";
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Sends a line. */
  async say(line: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${line}\n`));
    writer.releaseLock();
  }

  /** Waits for its end. */
  async ended(): Promise<Ended> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== null; line = await this.line()) lines.push(line);
    const { code } = await this.#child.status;
    return { lines, errors: await this.#errors, code };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.stdin.close().catch(() => {});
    await this.ended();
  }
}
