/**
 * One stream of bytes, split as TCP may split it.
 * @module
 */

import fc from "fast-check";

const UTF8 = new TextEncoder();

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return UTF8.encode(text);
}

/** A text in pieces, at every possible set of cuts. */
export function splitting(text: string): fc.Arbitrary<readonly Uint8Array[]> {
  const bytes = bytesOf(text);
  return fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 30 }).map((cuts) => {
    const places = [0, ...cuts, bytes.length].sort((a, b) => a - b);
    return places.slice(1).map((place, index) => bytes.slice(places[index], place)).filter((each) =>
      each.length > 0
    );
  });
}

/** All bytes one by one. */
export function oneByOne(text: string): readonly Uint8Array[] {
  return Array.from(bytesOf(text), (byte) => Uint8Array.of(byte));
}
