/**
 * What an example of a signature is.
 * @module
 */

import type { CauseClass } from "../../../../src/core/verdict.ts";

/**
 * For one row of a table: texts that it explains, and texts close to them that it must leave alone. A text of several
 * lines is a stack trace: its row is believed only beside one of its frames.
 */
export interface Example {
  readonly class: CauseClass;
  readonly hits: readonly string[];
  readonly misses: readonly string[];
}
