/**
 * What has a child said at last? Read to the end, so that it is never held up by a full pipe.
 * @module
 */

const LAST_OUTPUT_CHARACTERS = 2_000;

/** The end of a stream, at most 2000 characters, once it has ended. */
export async function lastOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-LAST_OUTPUT_CHARACTERS);
  }
  return text;
}
