/**
 * Where does chance come from that nobody can guess?
 * @module
 */

/** So many bytes of it, at most 65,536 (Web Cryptography). */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
