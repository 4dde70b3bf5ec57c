/**
 * Where does Python find the files of `--py-files`? Archives where they are; a module alone in a folder of its own,
 * as Spark's `PythonRunner` does it, so that nothing beside it can be imported by chance.
 * @module
 */

import { basename, join } from "@std/path";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";

/** The files of one submission; their folder is removed at its end. */
export class PythonFiles implements AsyncDisposable {
  readonly #context: CommandContext;
  readonly #files: Files;
  #folder: Promise<string> | null = null;

  constructor(context: CommandContext) {
    this.#context = context;
    this.#files = context.runtime.files;
  }

  /**
   * What belongs on the path for these files, each once, in their order.
   * @throws {UserError} When a module cannot be copied.
   */
  async pathElements(paths: readonly string[]): Promise<readonly string[]> {
    const elements = new Set<string>();
    for (const path of paths) elements.add(path.endsWith(".py") ? await this.#copy(path) : path);
    return [...elements];
  }

  async #copy(path: string): Promise<string> {
    this.#folder ??= this.#files.makeTempDir(foldersOf(this.#context).temp, "rekindle-py-files-");
    try {
      const folder = await this.#folder;
      await this.#files.writeAtomic(join(folder, basename(path)), await this.#files.readBytes(path));
      return folder;
    } catch (cause) {
      throw new UserError(`Cannot give the program ${path}: ${reasonOf(cause)}`, {
        hint: "Check the paths of --py-files and spark.submit.pyFiles.",
        exitCode: EXIT.noInput,
        cause,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== null) await this.#files.remove(await this.#folder);
  }
}
