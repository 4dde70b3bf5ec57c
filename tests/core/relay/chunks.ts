/**
 * One stream of bytes, split as TCP may split it.
 * @module
 */

import type fc from "fast-check";
import { bytewise, cuts, inPieces } from "../../damage.ts";

const UTF8 = new TextEncoder();

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return UTF8.encode(text);
}

/** A text in pieces, at every possible set of cuts. */
export function splitting(text: string): fc.Arbitrary<readonly Uint8Array[]> {
  return cuts.map((places) => inPieces(bytesOf(text), places));
}

/** All bytes one by one. */
export function oneByOne(text: string): readonly Uint8Array[] {
  return bytewise(bytesOf(text));
}
