/**
 * Which Java objects a piece of work has made, so that all are released at its end however it ends.
 * @module
 */

import type { ExchangeOptions, Py4jClient } from "./py4j.ts";
import { asReference, type JavaReference, type JavaValue } from "./py4j_value.ts";

/** Releases, when disposed of, every reference it was given, the last one first. */
export class ReferenceScope implements AsyncDisposable {
  readonly #client: Py4jClient;
  readonly #options: ExchangeOptions;
  readonly #kept: JavaReference[] = [];

  /** @param client Whose objects these are. @param options When to give up releasing them. */
  constructor(client: Py4jClient, options: ExchangeOptions) {
    this.#client = client;
    this.#options = options;
  }

  /**
   * Remembers the object a call answered with.
   * @throws {TypeError} When it answered with a plain value.
   */
  keep(value: JavaValue): JavaReference {
    const reference = asReference(value);
    this.#kept.push(reference);
    return reference;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const reference of this.#kept.reverse()) await this.#client.release(reference, this.#options);
    } catch {
      // The connection is lost or the work was given up: that is the work's own error, not one of its end.
    }
  }
}
