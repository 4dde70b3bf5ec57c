/**
 * What do the programs of a chaos run compute, and what is right? Each answer is computed here by other means than Spark's.
 * @module
 */

/** One question: `n` rows, and a small number that they are folded by. */
export interface Question {
  readonly n: number;
  readonly m: number;
}

/** `0 … n-1`, each by a function, added up. Every sum here stays below 2^53. */
function sum(n: number, of: (index: number) => number): number {
  let total = 0;
  for (let index = 0; index < n; index++) total += of(index);
  return total;
}

/** What `work.py` can do, with the right answer to each. */
export const WORK = {
  /** Calls of Java alone: no session. */
  calls: ({ n, m }: Question) => sum(Math.min(n, 300), (index) => (index * index) % m),
  /** An aggregate in the JVM. */
  sums: ({ n, m }: Question) => sum(n, (index) => (index * index) % m),
  /** A shuffle, its groups folded in Python. */
  groups: ({ n, m }: Question) => sum(n, (index) => (index % m) * index) + n,
  /** Python workers and a shuffle of theirs. */
  words: ({ n, m }: Question) => {
    const counts = new Array<number>(m).fill(0);
    for (let index = 0; index < n; index++) counts[index % m] = (counts[index % m] ?? 0) + 1;
    return counts.reduce((total, count) => total + count * count, 0);
  },
  /** A function in Python workers. */
  udf: ({ n, m }: Question) => sum(n, (index) => String(index * m).length),
  /** Rows from Python into the JVM and back. */
  rows: ({ n, m }: Question) => sum(Math.min(n, 3_000), (index) => (index % m) * 10),
  /** Columns to pandas by Arrow. */
  arrow: ({ n, m }: Question) => sum(n, (index) => index * m),
  /** Files, written and read again. */
  parquet: ({ n, m }: Question) => sum(n, (index) => index % m === 0 ? index : 0),
} as const satisfies Readonly<Record<string, (question: Question) => number>>;

/** One of {@linkcode WORK}. */
export type WorkKind = keyof typeof WORK;

/** All of them, in the order of the table. */
export const WORK_KINDS = Object.keys(WORK) as readonly WorkKind[];
