/**
 * How is gzip unpacked in bounded memory, whatever it holds? The web's `DecompressionStream` unpacks each piece it is
 * given at once, up to a thousandfold (measured: 300 MB for 100 KB), and refuses archives that were put together.
 * @module
 */

/**
 * Unpacks gzip (RFC 1952) of any number of members, and leaves alone what stands behind the last one.
 * @returns A stream that fails when the data is damaged or ends too early, after what could be unpacked.
 */
export function gunzip(packed: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from(unpack(packed));
}

/** Makes 4 MiB at most. */
const STEP_BYTES = 4 * 2 ** 10;

async function* unpack(packed: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { createGunzip } = await import("node:zlib");
  const gunzip = createGunzip();
  let unpacked: Uint8Array[] = [];
  let failure: unknown = null;
  // Iterated over, it would forget at an error what it had unpacked before.
  gunzip.on("data", (piece: Uint8Array) => unpacked.push(piece));
  gunzip.on("error", (error) => failure ??= error);
  const closed = new Promise((resolve) => gunzip.on("close", resolve));
  try {
    for await (const piece of packed) {
      for (let from = 0; from < piece.length && failure === null; from += STEP_BYTES) {
        await new Promise((resolve) => gunzip.write(piece.slice(from, from + STEP_BYTES), resolve));
        yield* unpacked;
        unpacked = [];
      }
      if (failure !== null) break;
    }
    gunzip.end();
    await closed;
    yield* unpacked;
  } finally {
    gunzip.destroy();
  }
  if (failure !== null) throw new Error(reasonOf(failure), { cause: failure });
}

/** In words; zlib's own are codes such as `Z_BUF_ERROR`. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "Z_BUF_ERROR":
      return "its gzip data ends too early";
    case "Z_DATA_ERROR":
      return "its gzip data is damaged";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
