/**
 * What may become of sound bytes on their way? They are cut, flipped, repeated, mixed with others and with what
 * readers stumble over, and they arrive in any pieces.
 * @module
 */

import fc from "fast-check";

/** A place in bytes of any length, in 65,536th parts of it. */
const place = fc.nat({ max: 0xffff });

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** What readers stumble over: line ends, no text, no number, a number too large for somebody. */
const stumblingBlock = fc.oneof(
  fc.constantFrom(
    ...[
      "\n",
      "\r",
      "\r\n",
      "\r\n\r\n",
      "\0",
      "\0\0\0\0\0\0\0\0",
      "\\",
      '"',
      "{",
      "[",
      ":",
      ",",
      "=",
      "%",
      "/",
      "#",
      " ",
      "\t",
    ],
    ...["-", "-1", "0", "00", "0x", "1e999", "NaN", "99999999999999999999", "4294967296", "9007199254740993"],
    // As numbers in binary: the largest, the smallest, all ones.
    ...["\x7f\xff\xff\xff", "\xff\xff\xff\x7f", "\x80\0\0\0", "\0\0\0\x80", "\xff\xff\xff\xff"],
    // A byte order mark, half a character, a surrogate, a character in more bytes than it needs, a line end of Unicode.
    ...["\xef\xbb\xbf", "\xc3", "\xed\xa0\x80", "\xc0\x8a", "\xe2\x80\xa8", "\x1b[2J"],
  ).map(latin),
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
);

type Damage = (bytes: Uint8Array) => Uint8Array;

/** The most that a repetition adds. */
const REPEATED_BYTES = 4096;

function damage(samples: readonly Uint8Array[]): fc.Arbitrary<Damage> {
  const at = (bytes: Uint8Array, part: number) => Math.floor(part * (bytes.length + 1) / 0x10000);
  const range = fc.tuple(place, place).map((ends) => ends.toSorted((a, b) => a - b));
  const short = fc.tuple(place, fc.integer({ min: 1, max: 12 }));
  return fc.oneof(
    short.map(([from, length]): Damage => (bytes) => replaced(bytes, at(bytes, from), length, [])),
    range.map(([from = 0, to = 0]): Damage => (bytes) =>
      replaced(bytes, at(bytes, from), at(bytes, to) - at(bytes, from), [])
    ),
    place.map((to): Damage => (bytes) => bytes.slice(0, at(bytes, to))),
    fc.tuple(place, fc.nat({ max: 7 })).map(([from, bit]): Damage => (bytes) =>
      replaced(bytes, at(bytes, from), 1, [(bytes[at(bytes, from)] ?? 0) ^ 1 << bit])
    ),
    fc.tuple(place, stumblingBlock).map(([from, block]): Damage => (bytes) =>
      replaced(bytes, at(bytes, from), 0, block)
    ),
    fc.tuple(place, stumblingBlock).map(([from, block]): Damage => (bytes) =>
      replaced(bytes, at(bytes, from), block.length, block)
    ),
    fc.tuple(range, fc.integer({ min: 1, max: 40 })).map(([[from = 0, to = 0], times]): Damage => (bytes) => {
      const part = bytes.slice(at(bytes, from), at(bytes, to));
      const fitting = Math.min(times, Math.floor(REPEATED_BYTES / Math.max(1, part.length)));
      return replaced(bytes, at(bytes, from), 0, Array.from({ length: fitting }, () => [...part]).flat());
    }),
    fc.tuple(place, fc.constantFrom(...samples), range).map(
      ([to, other, [from = 0, end = 0]]): Damage => (bytes) =>
        replaced(bytes, at(bytes, to), 0, other.slice(at(other, from), at(other, end))),
    ),
    fc.constant<Damage>((bytes) => latin(text(bytes).replaceAll("\n", "\r\n"))),
    fc.tuple(place, fc.constantFrom("0", "-1", "2147483648", "18446744073709551616", "9".repeat(400)))
      .map(([from, number]): Damage => (bytes) => {
        const start = at(bytes, from);
        return latin(text(bytes.slice(0, start)) + text(bytes.slice(start)).replace(/\d+/, number));
      }),
  );
}

/** One byte a letter. */
function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function replaced(bytes: Uint8Array, from: number, length: number, by: ArrayLike<number>): Uint8Array {
  const changed = new Uint8Array(from + by.length + Math.max(0, bytes.length - from - length));
  changed.set(bytes.subarray(0, from));
  changed.set(by, from);
  changed.set(bytes.subarray(from + length), from + by.length);
  return changed;
}

/** One of the samples, sound or after as many as six damages. */
export function damaged(samples: readonly (Uint8Array | string)[]): fc.Arbitrary<Uint8Array> {
  const all = samples.map((sample) => typeof sample === "string" ? new TextEncoder().encode(sample) : sample);
  return fc.tuple(fc.constantFrom(...all), fc.array(damage(all), { maxLength: 6 }))
    .map(([sample, damages]) => damages.reduce((bytes, each) => each(bytes), sample));
}

/** Where bytes are cut on their way: parts of their length. */
export const cuts = fc.array(place, { maxLength: 30 });

/** Bytes in the pieces that come of cuts. None is empty. */
export function inPieces(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...cuts.map((part) => Math.floor(part * bytes.length / 0x10000)), bytes.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.slice(places[index], end)).filter(({ length }) =>
    length > 0
  );
}

/** All bytes one by one. */
export function bytewise(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}
