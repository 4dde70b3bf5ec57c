/**
 * How do programs find the way in? By a file with the gateway's port and secret, which is there while it is ready.
 * @module
 */

import { join } from "@std/path";
import type { Endpoint } from "../gateway/process.ts";
import type { Files } from "../ports.ts";

/** The name of the file in the runtime folder. */
export const ENVIRONMENT_FILE = "gateway.env";

/** A gateway that programs can attach to. */
export interface WayIn extends Endpoint {
  readonly generation: number;
  /** The value of `PYSPARK_PIN_THREAD` the gateway was started with: both sides must agree. */
  readonly pinThread: string;
}

/** The file of one daemon. */
export class EnvironmentFile {
  readonly path: string;
  readonly #files: Files;
  /** One change after the other: a late write must not outlive the removal after it. */
  #changed: Promise<void> = Promise.resolve();

  /** @param folder The runtime folder. */
  constructor(folder: string, files: Files) {
    this.path = join(folder, ENVIRONMENT_FILE);
    this.#files = files;
  }

  /**
   * Writes it in the form that a shell, systemd's `EnvironmentFile=` and `docker --env-file` all read.
   * @param wayIn Asked when it is this change's turn; `null` for a gateway that is none any more.
   * @throws {Error} When it cannot be written.
   */
  write(wayIn: () => Promise<WayIn | null>): Promise<void> {
    return this.#inTurn(async () => {
      const way = await wayIn();
      if (way === null) return;
      const lines = [
        `PYSPARK_GATEWAY_PORT=${way.port}`,
        `PYSPARK_GATEWAY_SECRET=${way.secret}`,
        `PYSPARK_PIN_THREAD=${way.pinThread}`,
        `REKINDLE_GENERATION=${way.generation}`,
      ];
      await this.#files.writeAtomic(this.path, `${lines.join("\n")}\n`);
    });
  }

  /** @throws {Error} When it cannot be removed. */
  remove(): Promise<void> {
    return this.#inTurn(() => this.#files.remove(this.path));
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#changed.then(change);
    this.#changed = changed.catch(() => {});
    return changed;
  }
}
