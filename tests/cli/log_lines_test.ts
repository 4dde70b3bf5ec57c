import assert from "node:assert/strict";
import fc from "fast-check";
import { readLines } from "../../src/cli/log_lines.ts";

/** The lines of bytes that arrive in these pieces; `null` when they are no text. */
async function read(...pieces: readonly Uint8Array[]): Promise<readonly string[] | null> {
  const lines: string[] = [];
  const isText = await readLines(ReadableStream.from(pieces), ({ number, text }) => {
    lines.push(text);
    assert.equal(number, lines.length);
  });
  if (!isText) assert.deepEqual(lines, []);
  return isText ? lines : null;
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Response(ReadableStream.from([bytes]).pipeThrough(new CompressionStream("gzip"))).bytes();
}

Deno.test("readLines() ends a line at any line end, and at the end of the file", async () => {
  assert.deepEqual(await read(utf8("a\nb\r\nc\rd\n\ne")), ["a", "b", "c", "d", "", "e"]);
  assert.deepEqual(await read(utf8("a\n")), ["a"]);
  assert.deepEqual(await read(), []);
});

Deno.test("readLines() reads the same whatever pieces it comes in", async () => {
  const text = fc.array(fc.constantFrom("a", "é", "設", "\n", "\r", "\r\n", " "), { maxLength: 40 });
  await fc.assert(fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (parts, size) => {
    // Longer than the beginning that is looked at as a whole.
    const bytes = utf8("x".repeat(4100) + parts.join(""));
    const pieces = [];
    for (let from = 0; from < bytes.length; from += from < 4096 ? 4096 : size) {
      pieces.push(bytes.slice(from, from + (from < 4096 ? 4096 : size)));
    }
    assert.deepEqual(await read(...pieces), await read(bytes));
  }));
});

Deno.test("readLines() reads gzip, UTF-16 as PowerShell writes it, and UTF-8 with faults", async () => {
  assert.deepEqual(await read(await gzip(utf8("a\nb\n"))), ["a", "b"]);
  const packed = await gzip(utf8("line\n".repeat(50_000)));
  assert.equal((await read(packed.slice(0, 10), packed.slice(10)))?.length, 50_000);
  const utf16 = new Uint8Array(Uint16Array.from("\ufeffdû\nb", (char) => char.charCodeAt(0)).buffer);
  assert.deepEqual(await read(utf16), ["dû", "b"]);
  assert.deepEqual(await read(Uint8Array.of(0x64, 0xfb, 0x20, 0x66, 0x65, 0x72)), ["d\ufffd fer"]);
});

Deno.test("readLines() fails when gzip is cut off or broken", async () => {
  const packed = await gzip(utf8("line\n".repeat(50_000)));
  await assert.rejects(read(packed.slice(0, packed.length / 2)));
  await assert.rejects(read(Uint8Array.of(0x1f, 0x8b, 9, 9, 9)));
});

Deno.test("readLines() refuses what is no text, and forgives zeros at the beginning", async () => {
  const random = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919 + (index >> 3) * 31) & 0xff);
  assert.equal(await read(random), null);
  assert.equal(await read(utf8("a\0\0\0b\0\0\0\0")), null);
  assert.deepEqual((await read(utf8(`${"\0".repeat(100)}a log line\nb\n`)))?.at(-1), "b");
});

Deno.test("readLines() keeps the beginning of a line without end", async () => {
  const piece = utf8("x".repeat(65536));
  const lines = await read(...Array.from({ length: 50 }, () => piece), utf8("\nb"));
  assert.deepEqual(lines?.map(({ length }) => length), [8192, 1]);
});

Deno.test("readLines() lets the stream go when it fails, and when taking a line fails", async () => {
  let cancelled = 0;
  const stream = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(utf8("a\n".repeat(5000))),
      cancel: () => void cancelled++,
    });
  const refuse = () => {
    throw new Error("enough");
  };
  await assert.rejects(readLines(stream(), refuse), /enough/);
  assert.equal(cancelled, 1);
});
