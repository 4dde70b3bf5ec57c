/**
 * How is a file given to whoever asks for it: whole or in part, again only when it has changed, and so that no browser
 * takes what a dying program wrote for a page?
 * @module
 */

import type { OpenFile } from "../ports.ts";
import { byteRangeOf } from "./byte_range.ts";
import type { ByteRange } from "./byte_range.ts";
import { problem } from "./problem.ts";

const PIECE_BYTES = 64 * 1024;

/** Only what shows itself as it is; everything else is bytes. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/\.(?:txt|log)$/, "text/plain; charset=utf-8"],
  [/\.json$/, "application/json"],
  [/\.gz$/, "application/gzip"],
];

/** The headers of something to be saved under a name that has no quote, line end or path in it. */
export function attachment(name: string): Readonly<Record<string, string>> {
  return {
    "content-type": TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? "application/octet-stream",
    "content-disposition": `attachment; filename="${name}"`,
    "content-security-policy": "default-src 'none'; sandbox",
  };
}

/** The answer. It closes the file when it has been read, or its reader has left. */
export async function fileAnswer(
  { headers }: Pick<Request, "headers">,
  { file, name }: { readonly file: OpenFile; readonly name: string },
): Promise<Response> {
  const { bytes, modifiedMs } = file;
  const etag = `"${bytes.toString(16)}-${Math.floor(modifiedMs * 1000).toString(16)}"`;
  const modified = new Date(modifiedMs).toUTCString();
  const always = { etag, "last-modified": modified, "accept-ranges": "bytes" };
  const known = headers.get("if-none-match")?.split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (known?.some((each) => each === etag || each === "*")) {
    await file.close();
    return new Response(null, { status: 304, headers: always });
  }
  const condition = headers.get("if-range");
  const isSame = condition === null || condition === etag || condition === modified;
  const range = isSame ? byteRangeOf(headers.get("range"), bytes) : null;
  if (range === "unsatisfiable") {
    await file.close();
    return problem(416, `The file has ${bytes} bytes.`, { "content-range": `bytes */${bytes}` });
  }
  const part = range ?? { first: 0, last: bytes - 1 };
  return new Response(piecesOf(file, part), {
    status: range === null ? 200 : 206,
    headers: {
      ...{ ...always, ...attachment(name), "content-length": String(part.last - part.first + 1) },
      ...(range === null ? {} : { "content-range": `bytes ${range.first}-${range.last}/${bytes}` }),
    },
  });
}

/** Reads as its reader does: a heap dump is larger than the daemon's memory. */
function piecesOf(file: OpenFile, { first, last }: ByteRange): ReadableStream<Uint8Array> {
  let at = first;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const piece = at > last ? null : await file.read(at, Math.min(PIECE_BYTES, last - at + 1));
        if (piece === null) {
          await file.close();
          return controller.close();
        }
        // The length has been told already: an end before it must not look like one.
        if (piece.length === 0) throw new Error("the file has become shorter");
        at += piece.length;
        controller.enqueue(piece);
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}
