/**
 * Is a promise kept on so many inputs that nobody would think of? Another seed each time, and as many inputs as are
 * asked for.
 * @module
 */
// deno-lint-ignore-file no-console
import fc from "fast-check";

/** How many times as many inputs as in the suite; and the seed of a run that is to be repeated. */
const TIMES = Number(Deno.env.get("REKINDLE_FUZZ_RUNS") ?? 1);
const SEED = Deno.env.get("REKINDLE_FUZZ_SEED");

/**
 * Defines a test that tries a property.
 * @param runs How many inputs the suite gives it.
 */
export function fuzz<T>(name: string, runs: number, property: fc.IRawProperty<T>): void {
  Deno.test(name, async () => {
    const seed = SEED === undefined ? crypto.getRandomValues(new Int32Array(1))[0] ?? 0 : Number(SEED);
    const numRuns = Math.ceil(runs * TIMES);
    // Told before: a run that hangs tells nothing after.
    console.log(`seed ${seed}, ${numRuns} inputs`);
    // What fails is told with the seed, the path to the input, and the smallest one that fails.
    await fc.assert(property, { seed, numRuns });
  });
}
