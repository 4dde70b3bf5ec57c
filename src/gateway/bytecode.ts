/**
 * Where do Spark's workers find PySpark compiled? Spark has them import it from `python/lib/pyspark.zip` in its home, where there
 * is no bytecode: with every context they compile it anew, which is 0.38 of 0.52 s before the first function of PySpark 4.3.0,
 * and 0.28 of 0.42 s of 3.5.7. A gateway is given a home with the same files, but for these archives. Whatever goes wrong
 * here, it has the one that Spark came with.
 * @module
 */

import { join } from "@std/path";
import { formatSize } from "../core/jvm_flags.ts";
import { reasonOf } from "../errors.ts";
import type { ChildLauncher, Files } from "../ports.ts";
import { ARCHIVE, type BytecodePlace, MADE, makeBytecode } from "./bytecode_making.ts";
import { digestOf } from "./digest.ts";
import type { SparkInstallation } from "./spark_home.ts";
import type { WorkerPython } from "./warm_up_python.ts";

/** What it needs. */
export interface BytecodeOptions {
  /** Where homes with bytecode are kept; is made when one is. */
  readonly folder: string;
  readonly spark: Pick<SparkInstallation, "home">;
  /** The Python of Spark's workers, if there is one. */
  readonly workerPython: () => Promise<WorkerPython | null>;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly files: Files;
  readonly children: ChildLauncher;
  /** Told how the making went. */
  readonly onMade: (outcome: BytecodeNews) => void;
}

/** How the making went. */
export type BytecodeNews =
  | { readonly kind: "made"; readonly bytes: number }
  /** None was made, and none will be by this daemon. */
  | { readonly kind: "failed"; readonly reason: string };

/** PySpark's bytecode for the workers of gateways. */
export class Bytecode {
  readonly #options: BytecodeOptions;
  readonly #end = new AbortController();
  #state = "not looked for before the first start";
  #isWanted = false;
  #hasFailed = false;
  #making: Promise<void> | null = null;

  constructor(options: BytecodeOptions) {
    this.#options = options;
  }

  /** For people: what becomes of it, in words. */
  get state(): string {
    return this.#making === null ? this.#state : "being made";
  }

  /** What the next gateway is to know as its `SPARK_HOME`. Never rejects. */
  async home(): Promise<string> {
    const { spark } = this.#options;
    this.#isWanted = false;
    // Its reason stands.
    if (this.#hasFailed) return spark.home;
    try {
      return await this.#find() ?? spark.home;
    } catch (error) {
      this.#state = `none, because ${reasonOf(error)}`;
      return spark.home;
    }
  }

  /** Makes one, when none was found and none is being made; for the background. Resolves when it is over, never rejects. */
  async make(): Promise<void> {
    if (this.#isWanted && !this.#end.signal.aborted) {
      this.#isWanted = false;
      this.#making = this.#make().finally(() => this.#making = null);
    }
    await this.#making;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#making;
  }

  async #find(): Promise<string | null> {
    const { folder, files } = this.#options;
    // Asking a Python who it is takes its time, and the very first start has better uses for that.
    const place = (await files.list(folder)).some((name) => MADE.test(name)) ? await this.#place() : null;
    const archive = place && await files.stat(join(place.path, ARCHIVE));
    if (place === null || archive === null) {
      this.#state = "none yet for this PySpark and Python";
      this.#isWanted = this.#making === null;
      return null;
    }
    this.#state = `in use, ${formatSize(archive.bytes)}`;
    return place.path;
  }

  /** @throws {Error} When there is no Python, no archive, or no place that Python finds. */
  async #place(): Promise<BytecodePlace> {
    const { folder, spark, files, workerPython } = this.#options;
    const source = await files.realPath(spark.home) ?? spark.home;
    if (await files.stat(join(source, ARCHIVE)) === null) {
      throw new Error(`there is no ${ARCHIVE} in ${source}`);
    }
    // On Python's path it would be two folders.
    if (folder.includes(":")) throw new Error(`there is a colon in ${folder}`);
    const python = await workerPython();
    if (python === null) throw new Error("there is no Python for Spark's workers");
    const archives = join(source, "python/lib");
    const names = (await files.list(archives)).map((name) => join(archives, name));
    const seen = await Promise.all([source, ...names].map(async (path) => {
      const stat = await files.stat(path);
      return `${path} ${stat?.bytes} ${stat?.modifiedMs}`;
    }));
    return { path: join(folder, await digestOf([python.version, ...seen])), source, python: python.path };
  }

  async #make(): Promise<void> {
    const { onMade } = this.#options;
    const signal = this.#end.signal;
    try {
      const outcome = await makeBytecode(await this.#place(), { ...this.#options, signal });
      this.#state = outcome.kind === "busy" ? "being made by another daemon" : "made, for the next start";
      if (outcome.kind === "made") onMade(outcome);
    } catch (error) {
      if (signal.aborted) return;
      const reason = reasonOf(error);
      this.#hasFailed = true;
      this.#state = `none, because ${reason}`;
      onMade({ kind: "failed", reason });
    }
  }
}
