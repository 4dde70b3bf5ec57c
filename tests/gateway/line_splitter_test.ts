import assert from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "../../src/gateway/line_splitter.ts";
import { Py4jProtocolError } from "../../src/gateway/py4j_error.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const lineText = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/g, ""));
/** Where to cut: the sizes of the pieces, used over and over. */
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });

/** Pushes bytes in pieces, through one buffer that is used again as a client does. */
function split(
  splitter: LineSplitter,
  input: { readonly bytes: Uint8Array; readonly cuts: readonly number[] },
) {
  const buffer = new Uint8Array(9);
  const lines: string[] = [];
  for (let at = 0, piece = 0; at < input.bytes.length; piece++) {
    const size = input.cuts[piece % input.cuts.length] ?? 1;
    const chunk = input.bytes.subarray(at, at + size);
    buffer.set(chunk);
    lines.push(...splitter.push(buffer.subarray(0, chunk.length)));
    buffer.fill(0x58);
    at += size;
  }
  return lines;
}

Deno.test("push() gives the same lines however the bytes are cut, and says what is left over", () => {
  const ended = fc.array(fc.tuple(lineText, fc.constantFrom("\n", "\r\n")));
  fc.assert(fc.property(ended, lineText, cuts, (ended, rest, cuts) => {
    const splitter = new LineSplitter();
    const bytes = bytesOf(ended.map((line) => line.join("")).join("") + rest);
    assert.deepEqual(split(splitter, { bytes, cuts }), ended.map(([line]) => line));
    assert.equal(splitter.pendingBytes, bytesOf(rest).length);
  }));
});

Deno.test("push() fails on the same bytes however they are cut, with a protocol error, and holds no more than the limit", () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.array(fc.constantFrom(0x0a, 0x0d, 0x41, 0xc3, 0xa4)))
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(bytes, cuts, (bytes, cuts) => {
      assert.deepEqual(outcome({ bytes, cuts }), outcome({ bytes, cuts: [1] }));
    }),
    { numRuns: 1000 },
  );
});

function outcome(input: { readonly bytes: Uint8Array; readonly cuts: readonly number[] }) {
  const splitter = new LineSplitter({ maxLineBytes: 5 });
  try {
    const lines = split(splitter, input);
    assert.ok(splitter.pendingBytes <= 5);
    return lines;
  } catch (error) {
    assert.ok(error instanceof Py4jProtocolError, String(error));
    return "failed";
  }
}

Deno.test("push() keeps a character whose bytes come apart, and a byte order mark", () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push(Uint8Array.of(0xef, 0xbb, 0xbf, 0xf0, 0x9f)), []);
  assert.equal(splitter.pendingBytes, 5);
  assert.deepEqual(splitter.push(Uint8Array.of(0x98, 0x80, 0x0a, 0x61, 0x0a)), ["\ufeff😀", "a"]);
  assert.equal(splitter.pendingBytes, 0);
});

Deno.test("push() takes a line of exactly the limit, and refuses one byte more before it has ended", () => {
  const splitter = new LineSplitter({ maxLineBytes: 3 });
  assert.deepEqual(splitter.push(bytesOf("abc\nabc")), ["abc"]);
  assert.deepEqual(splitter.push(bytesOf("\n")), ["abc"]);
  assert.deepEqual(splitter.push(bytesOf("abc")), []);
  assert.throws(() => splitter.push(bytesOf("d")), Py4jProtocolError);
  assert.throws(() => new LineSplitter({ maxLineBytes: 3 }).push(bytesOf("abcd\n")), Py4jProtocolError);
});

Deno.test("push() has a limit of 1 MiB when none is given", () => {
  const splitter = new LineSplitter();
  splitter.push(new Uint8Array(2 ** 20).fill(0x61));
  assert.throws(() => splitter.push(bytesOf("a")), Py4jProtocolError);
});

Deno.test("push() refuses what is not UTF-8, cut characters and lone carriage returns", () => {
  for (
    const bytes of [[0xff, 0x0a], [0xc3, 0x0a], [0xed, 0xa0, 0x80, 0x0a], [0x61, 0x0d, 0x62, 0x0a], [
      0x0d,
      0x0d,
      0x0a,
    ]]
  ) {
    assert.throws(() => new LineSplitter().push(Uint8Array.from(bytes)), Py4jProtocolError, String(bytes));
  }
});
