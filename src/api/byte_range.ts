/**
 * Which part of a file is asked for? One range of bytes (RFC 9110, section 14); of several, the whole is given instead,
 * as the standard allows: nothing here is read in pieces that are apart.
 * @module
 */

/** The first and the last byte, counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** The part, `null` for the whole, or `"unsatisfiable"` where the file has no such part. */
export function byteRangeOf(header: string | null, bytes: number): ByteRange | null | "unsatisfiable" {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") {
    const count = Math.min(Number(to), bytes);
    return count === 0 ? "unsatisfiable" : { first: bytes - count, last: bytes - 1 };
  }
  const [first, last] = [Number(from), to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1)];
  // A range that ends before it begins is none, and is passed over.
  if (to !== "" && Number(to) < first) return null;
  return first >= bytes ? "unsatisfiable" : { first, last };
}
