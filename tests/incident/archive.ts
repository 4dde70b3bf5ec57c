/**
 * Reads the archives that the project writes, by itself: what tar and gzip programs say of them is tested beside.
 * @module
 */

/** The files of a gzipped tar archive: their paths and contents. */
export async function unpack(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const stream = new Blob([new Uint8Array(archive)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return untar(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** The files of a tar archive. */
export function untar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number) =>
    new TextDecoder().decode(archive.subarray(from, from + length)).replace(/\0.*$/s, "");
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8);
    files.set(`${text(at + 345, 155)}/${text(at, 100)}`, archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
