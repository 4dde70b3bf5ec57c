/**
 * Values of every kind Java can be passed, each with what it answers when asked for it again.
 * @module
 */

import fc from "fast-check";
import type { JavaArgument, JavaValue } from "../../src/gateway/py4j_value.ts";

/** What is passed, and what comes back. */
export interface Passed {
  readonly argument: JavaArgument;
  readonly value: JavaValue;
}

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const whole = fc.maxSafeInteger();
const decimal = fc.tuple(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n }), fc.constantFrom("", "-"))
  .map(([before, after, sign]) => ({ decimal: before || after ? `${sign}${before}.${after}` : "0.0" }));

/** Text that tends to hold what has to be escaped. */
export const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\\", "\n", "\r", "n", "r", "\u2028", "\0"),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
});

/** One value. */
export const javaValue: fc.Arbitrary<Passed> = fc.oneof(
  unchanged(fc.oneof(fc.constant(null), fc.boolean(), text, long, fc.uint8Array(), decimal)),
  // A whole number that no int can hold is passed as a long, and a long comes back as a bigint.
  whole.map((it) => ({ argument: it, value: isInt(it) ? it : BigInt(it) })),
  fc.double().map((it) => ({ argument: { double: it }, value: it })),
  unchanged(fc.double().filter((it) => !Number.isSafeInteger(it) || Object.is(it, -0))),
  unchanged(fc.constantFrom(-0, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, 1e21, 5e-324, NaN, Infinity, -Infinity)),
  fc.constantFrom(2 ** 31, -(2 ** 31) - 1).map((it) => ({ argument: it, value: BigInt(it) })),
);

function unchanged(values: fc.Arbitrary<JavaValue>): fc.Arbitrary<Passed> {
  return values.map((it) => ({ argument: it, value: it }));
}

function isInt(value: number): boolean {
  return value >= -(2 ** 31) && value < 2 ** 31;
}
