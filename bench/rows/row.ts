/**
 * What is one question of the bench, and what does an answer look like?
 * @module
 */

import type { Keeper, Wanted } from "../rivals/rival.ts";

/** One number, in the unit of its figure; `null` for what never came. Less is better. */
export type Reading = number | null;

/** One line of the table. */
export interface Figure {
  /** What is measured. */
  readonly what: string;
  readonly show: (value: number) => string;
  /** What stands for a `null`. */
  readonly never: string;
}

/** By the name of the figure. */
export type Readings<F extends string = string> = Readonly<Record<F, Reading>>;

/** How it is asked. */
export type Way<F extends string> =
  /** One rival after the other, so that none is in the way of another. */
  | { readonly kind: "in turn"; readonly measure: (keeper: Keeper) => Promise<Readings<F>> }
  /** Of all that keep a gateway at the same time: what takes long, and disturbs little. By the rivals' names. */
  | {
    readonly kind: "at once";
    readonly measure: (keepers: ReadonlyMap<string, Keeper>) => Promise<ReadonlyMap<string, Readings<F>>>;
  };

/** A question. */
export interface Row<F extends string = string> extends Wanted {
  /** For `--only`. */
  readonly name: string;
  readonly figures: Readonly<Record<F, Figure>>;
  /** Whom it does not concern, and why, by name. */
  readonly without: Readonly<Record<string, string>>;
  /** Once is enough for what takes minutes. */
  readonly isOnce: boolean;
  readonly way: Way<F>;
}

/** The answers of all to a question that is asked of each. */
export async function ofEach<T>(
  keepers: ReadonlyMap<string, Keeper>,
  ask: (keeper: Keeper) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(
    await Promise.all(
      keepers.entries().map(async ([name, keeper]) => [name, await ask(keeper)] as const),
    ),
  );
}
