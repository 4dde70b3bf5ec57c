/**
 * How are files put into one? The `ustar` form of POSIX.1-1988, which every tar reads.
 * @module
 */

/** A file of an archive. */
export interface TarFile {
  /** At most 100 bytes in ASCII. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The folder every file of an archive lies in, and the time they all bear. */
export interface TarOptions {
  /** At most 155 bytes in ASCII. */
  readonly folder: string;
  readonly at: Date;
}

const BLOCK = 512;
/** Where the fields of a header begin, and how many bytes each has. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const;

/** An archive of plain files that only their owner may read. */
export function tar(files: readonly TarFile[], { folder, at }: TarOptions): Uint8Array<ArrayBuffer> {
  const size = files.reduce((sum, { bytes }) => sum + BLOCK + wholeBlocks(bytes.length), 0);
  // Two empty blocks end an archive.
  const archive = new Uint8Array(size + 2 * BLOCK);
  let end = 0;
  for (const { name, bytes } of files) {
    archive.set(header({ name, folder, size: bytes.length, seconds: Math.floor(at.getTime() / 1000) }), end);
    archive.set(bytes, end + BLOCK);
    end += BLOCK + wholeBlocks(bytes.length);
  }
  return archive;
}

/** A text or an archive, in the form of gzip. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function header(
  { name, folder, size, seconds }: { name: string; folder: string; size: number; seconds: number },
): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = ([from, length]: readonly [number, number], text: string) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > length) {
      throw new RangeError(`Cannot put ${JSON.stringify(text)} into ${length} bytes`);
    }
    block.set(bytes, from);
  };
  const octal = ([, length]: readonly [number, number], value: number) =>
    `${value.toString(8).padStart(length - 1, "0")}\0`;
  put(FIELD.name, name);
  put(FIELD.mode, octal(FIELD.mode, 0o600));
  put(FIELD.uid, octal(FIELD.uid, 0));
  put(FIELD.gid, octal(FIELD.gid, 0));
  put(FIELD.size, octal(FIELD.size, size));
  put(FIELD.mtime, octal(FIELD.mtime, seconds));
  put(FIELD.type, "0");
  put(FIELD.magic, "ustar\u000000");
  put(FIELD.prefix, folder);
  // It counts as spaces while it is summed up.
  put(FIELD.checksum, " ".repeat(FIELD.checksum[1]));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(FIELD.checksum, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}
