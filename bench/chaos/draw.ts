/**
 * How is chance drawn so that one number gives the same again?
 * @module
 */

/** A sequence of drawn numbers: the same seed gives the same sequence, on every machine. */
export class Draw {
  #state: number;

  /** @param seed Any whole number; its lowest 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1 (mulberry32 by Tommy Ettinger, public domain). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ mixed >>> 15, mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** One of several. @throws {RangeError} When there is none. */
  of<T>(all: readonly T[]): T {
    const one = all[this.whole(0, all.length - 1)];
    if (one === undefined) throw new RangeError("Cannot draw one of nothing");
    return one;
  }

  /** All of them, in a drawn order. */
  shuffled<T>(all: readonly T[]): readonly T[] {
    return all.map((each) => ({ each, by: this.fraction() })).toSorted((a, b) => a.by - b.by)
      .map(({ each }) => each);
  }
}
