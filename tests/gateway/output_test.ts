import assert from "node:assert/strict";
import * as fc from "fast-check";
import { drain, OutputTail } from "../../src/gateway/output.ts";

const TAIL_LENGTH = 256 * 2 ** 10;
const LINE_LENGTH = 8 * 2 ** 10;

/** The lines of a stream that arrives in these pieces. */
function linesOf(...pieces: readonly (string | Uint8Array)[]): readonly string[] {
  const tail = new OutputTail();
  for (const piece of pieces) {
    tail.append(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  }
  tail.end();
  return tail.lines.map(({ text }) => text);
}

Deno.test("OutputTail numbers lines from 1, and tells of each when it is complete", () => {
  const told: unknown[] = [];
  const tail = new OutputTail((line) => told.push(line));
  tail.append(new TextEncoder().encode("one\ntwo\r\n\nfo"));
  const complete = [{ number: 1, text: "one" }, { number: 2, text: "two" }, { number: 3, text: "" }];
  assert.deepEqual(told, complete);
  tail.append(new TextEncoder().encode("ur"));
  assert.deepEqual(told, complete);
  tail.end();
  tail.end();
  assert.deepEqual(told, [...complete, { number: 4, text: "four" }]);
  assert.deepEqual(tail.lines, told);
});

Deno.test("OutputTail ends a line at a carriage return, as a progress bar does", () => {
  assert.deepEqual(linesOf("[Stage 0:>\r[Stage 0:=>\r[Stage 0:==>\rdone\n"), [
    "[Stage 0:>",
    "[Stage 0:=>",
    "[Stage 0:==>",
    "done",
  ]);
  assert.deepEqual(linesOf("10%\r", "20%\r", "\n", "after"), ["10%", "20%", "after"]);
  assert.deepEqual(linesOf("10%\r"), ["10%"]);
});

Deno.test("OutputTail sees the same lines however the bytes are cut", () => {
  const text = fc.array(fc.constantFrom("a", "é", "日", "😀", "\n", "\r\n"), { maxLength: 40 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60)), (parts, cuts) => {
      const bytes = new TextEncoder().encode(parts.join(""));
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      const expected = parts.join("").split(/\r?\n/);
      if (expected.at(-1) === "") expected.pop();
      assert.deepEqual(linesOf(...pieces), expected);
    }),
  );
});

Deno.test("OutputTail replaces what is not UTF-8, even when it is cut in two or off", () => {
  assert.deepEqual(linesOf(Uint8Array.of(97, 0xc3), Uint8Array.of(0x28, 98, 10)), ["a\ufffd(b"]);
  assert.deepEqual(linesOf(Uint8Array.of(0xff, 0xfe, 97, 10, 98)), ["\ufffd\ufffda", "b"]);
  assert.deepEqual(linesOf("ab", Uint8Array.of(0xe6, 0x97)), ["ab\ufffd"]);
});

Deno.test("OutputTail keeps the beginning of a huge line, in one piece or in many", () => {
  const huge = "# A fatal error " + "x".repeat(100_000);
  assert.deepEqual(linesOf(`${huge}\nnext\n`), [huge.slice(0, LINE_LENGTH), "next"]);
  const pieces = huge.match(/.{1,5000}/g) ?? [];
  assert.deepEqual(linesOf(...pieces, "\nnext"), [huge.slice(0, LINE_LENGTH), "next"]);
  assert.deepEqual(linesOf(...pieces), [huge.slice(0, LINE_LENGTH)]);
});

Deno.test("OutputTail keeps the last lines only, with their numbers", () => {
  const tail = new OutputTail();
  const line = "x".repeat(99);
  for (let i = 0; i < 10_000; i++) tail.append(new TextEncoder().encode(`${line}\n`));
  const numbers = tail.lines.map(({ number }) => number);
  assert.equal(numbers.length, Math.floor(TAIL_LENGTH / 100));
  assert.equal(numbers.at(-1), 10_000);
  assert.equal(numbers[0], 10_000 - numbers.length + 1);
});

Deno.test("OutputTail counts empty lines against its bound too, and a flood of them is no work", () => {
  const tail = new OutputTail();
  tail.append(new TextEncoder().encode("\n".repeat(TAIL_LENGTH * 16)));
  assert.equal(tail.lines.length, TAIL_LENGTH);
});

Deno.test("OutputTail hands out a list that later lines do not change", () => {
  const tail = new OutputTail();
  tail.append(new TextEncoder().encode("one\n"));
  const { lines } = tail;
  tail.append(new TextEncoder().encode("two\n"));
  assert.equal(lines.length, 1);
});

Deno.test("drain() gives tail and log the same bytes, up to the end", async () => {
  const written: string[] = [];
  const tail = new OutputTail();
  const stream = ReadableStream.from(["one\ntw", "o"].map((text) => new TextEncoder().encode(text)));
  await drain(stream, tail, { write: (bytes) => void written.push(new TextDecoder().decode(bytes)) });
  assert.deepEqual(written, ["one\ntw", "o"]);
  assert.deepEqual(tail.lines, [{ number: 1, text: "one" }, { number: 2, text: "two" }]);
});

Deno.test("drain() takes a broken pipe for the end", async () => {
  const tail = new OutputTail();
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (tail.lines.length > 0) return controller.error(new Error("broken pipe"));
      controller.enqueue(new TextEncoder().encode("one\ntwo"));
    },
  }, { highWaterMark: 0 });
  await drain(stream, tail, { write: () => {} });
  assert.deepEqual(tail.lines.map(({ text }) => text), ["one", "two"]);
});
