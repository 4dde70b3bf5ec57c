/**
 * What is in one file of a jar? A jar is a zip archive (APPNOTE 4.3); Spark's own are below 4 GiB and not encrypted.
 * @module
 */

const END_RECORD = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** The content of one file, or `null` when the archive has none of that name, is damaged, or is none. */
export async function readJarEntry(jar: Uint8Array, name: string): Promise<Uint8Array | null> {
  try {
    return await findEntry(jar, name);
  } catch {
    // Places beyond its end, or what is no deflated content.
    return null;
  }
}

async function findEntry(jar: Uint8Array, name: string): Promise<Uint8Array | null> {
  const view = new DataView(jar.buffer, jar.byteOffset, jar.length);
  const end = endRecordAt(view);
  if (end === null) return null;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) return null;
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true)
    );
    const nameAt = at + 46;
    const found = new TextDecoder().decode(jar.subarray(nameAt, nameAt + (nameBytes ?? 0)));
    if (found === name) return await contentOf(jar, view, at);
    at = nameAt + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return null;
}

/** The record stands at the end, before a comment of up to 64 KiB. */
function endRecordAt(view: DataView): number | null {
  for (let at = view.byteLength - 22; at >= 0; at--) {
    if (view.getUint32(at, true) === END_RECORD) return at;
  }
  return null;
}

async function contentOf(jar: Uint8Array, view: DataView, entryAt: number): Promise<Uint8Array | null> {
  const method = view.getUint16(entryAt + 10, true);
  const bytes = view.getUint32(entryAt + 20, true);
  const localAt = view.getUint32(entryAt + 42, true);
  // The local header's own lengths: its extra field may be another one.
  const start = localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
  const content = jar.slice(start, start + bytes);
  if (method === STORED) return content;
  if (method !== DEFLATED) return null;
  const inflated = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(inflated).bytes();
}
