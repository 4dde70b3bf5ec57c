/**
 * What was reported to the supervisor's loop, by whatever is under test.
 * @module
 */

import type { PoolInput as Input } from "../../src/core/pool/step.ts";

/** Collects inputs instead of acting on them. */
export class Inputs {
  readonly all: Input[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly report = (input: Input): void => {
    this.all.push(input);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  get kinds(): readonly Input["kind"][] {
    return this.all.map(({ kind }) => kind);
  }

  /** Resolves with the first input of a kind, at once when it has been reported already. */
  async first<K extends Input["kind"]>(kind: K): Promise<Extract<Input, { kind: K }>> {
    return await this.nth(kind, 1);
  }

  /** Resolves with the `count`th input of a kind. */
  async nth<K extends Input["kind"]>(kind: K, count: number): Promise<Extract<Input, { kind: K }>> {
    for (;;) {
      const found = this.all.filter((input): input is Extract<Input, { kind: K }> => input.kind === kind);
      const wanted = found[count - 1];
      if (wanted !== undefined) return wanted;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }
}
