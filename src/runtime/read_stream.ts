/**
 * How is a file of any kind read piece by piece, so that the reading comes to an end? A regular one as long as it was
 * when it was opened, a pipe until its writers have gone; what has no end is refused.
 * @module
 */

const PIECE_BYTES = 64 * 2 ** 10;
/** Opening a pipe waits for a writer; one that a shell has started beside us comes within milliseconds. */
const WRITER_MS = 5_000;

/**
 * Opens a file or a pipe; reading to the end or cancelling closes it.
 * @param writerMs How long a pipe's first writer is waited for, in milliseconds.
 * @throws {Error} When it cannot be opened or is a folder, a socket or a device, and when nobody writes to a pipe.
 */
export async function readStream(path: string, writerMs = WRITER_MS): Promise<ReadableStream<Uint8Array>> {
  const { isFile, isDirectory, isFifo, isSocket, size } = await Deno.stat(path);
  if (isDirectory) throw new Error("it is a folder");
  if (isSocket) throw new Error("it is a socket");
  if (!isFile && !isFifo) throw new Error("it is a device, and may have no end");
  // What the kernel makes up while it is read has no size, and some of it no end: /proc/kmsg waits for more.
  if (isFile && size === 0 && /^\/(?:proc|sys)\//.test(await Deno.realPath(path))) {
    throw new Error("the kernel makes it up while it is read: pass a copy, as in dmesg | rekindle explain -");
  }
  const file = isFifo ? await openPipe(path, writerMs) : await Deno.open(path);
  // A log that is written faster than it is read must not be read for ever.
  return piecesOf(file, isFile && size > 0 ? size : Infinity);
}

async function openPipe(path: string, writerMs: number): Promise<Deno.FsFile> {
  const opening = Deno.open(path);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(resolve, writerMs, null));
  const file = await Promise.race([opening, late]).finally(() => clearTimeout(timer));
  if (file !== null) return file;
  // Open for both, a pipe has a writer and keeps nobody waiting (fifo(7)): the thread that waits is set free.
  const both = await Deno.open(path, { read: true, write: true }).catch(() => null);
  if (both !== null) (await opening).close();
  both?.close();
  throw new Error(`nobody has opened this pipe to write for ${writerMs / 1000} s`);
}

function piecesOf(file: Deno.FsFile, bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    async pull(controller) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, left));
      const read = left === 0 ? null : await file.read(piece);
      if (read === null) {
        file.close();
        return controller.close();
      }
      left -= read;
      controller.enqueue(piece.subarray(0, read));
    },
    cancel: () => file.close(),
  });
}
