import assert from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "../../src/gateway/line_splitter.ts";
import { Py4jClient } from "../../src/gateway/py4j.ts";
import { decodeReply } from "../../src/gateway/py4j_codec.ts";
import {
  Py4jAuthError,
  Py4jConnectionLost,
  Py4jJavaError,
  Py4jProtocolError,
} from "../../src/gateway/py4j_error.ts";
import { decodeValue, encodeValue, isReference, type JavaValue } from "../../src/gateway/py4j_value.ts";
import type { Connection } from "../../src/ports.ts";
import { bytewise, cuts, damaged, inPieces } from "../damage.ts";
import { fuzz } from "../fuzz.ts";

/** As py4j 0.10.9.9 answers. */
const REPLIES = [
  "!yv\n",
  "!yL1795160416294\n",
  "!yro0\n",
  "!yi-2\n",
  "!ylo16\n",
  "!ysa\\nb\\\\c grün 😀\n",
  "!ybtrue\n",
  "!yd1.5E-7\n",
  "!yD-12.50\n",
  "!yjAAEC/w==\n",
  "!ycjava.util.ArrayList\n",
  "!yp\n",
  "!yn\n",
  "!xro5\n",
  "!xspy4j.Py4JException: Target Object ID does not exist for this gateway :o0\\n\\tat x\\n\n",
  "!zsjava.lang.NullPointerException\\n\n",
  "!x\n",
];
const MAX_LINE_BYTES = 5000;

/** What a stream comes to: its lines, and whether it was refused. A push that is refused gives none of its lines. */
function linesOf(pieces: readonly Uint8Array[]) {
  const splitter = new LineSplitter({ maxLineBytes: MAX_LINE_BYTES });
  const lines: string[] = [];
  try {
    for (const piece of pieces) lines.push(...splitter.push(piece));
    return { lines, refused: false };
  } catch (error) {
    assert.ok(error instanceof Py4jProtocolError, String(error));
    return { lines, refused: true };
  }
}

const streams = damaged([...REPLIES, REPLIES.join("")]);

fuzz(
  "a gateway's answers: any bytes become the same lines in any pieces, and each is understood or a protocol error",
  2000,
  fc.property(streams, cuts, (bytes, cuts) => {
    const { lines, refused } = linesOf(bytewise(bytes));
    const other = linesOf(inPieces(bytes, cuts));
    assert.equal(other.refused, refused);
    assert.deepEqual(other.lines, refused ? lines.slice(0, other.lines.length) : lines);
    for (const line of lines) judgeLine(line);
  }),
);

/** Understood without a letter more than came, and what Java could be told again is read back as it was. */
function judgeLine(line: string): void {
  try {
    const reply = decodeReply(line);
    if ("trace" in reply) assert.ok(reply.trace.length <= line.length);
    if (reply.kind !== "value") return;
    const { value } = reply;
    if (typeof value === "string" || value instanceof Uint8Array) assert.ok(value.length <= line.length);
    // A BigInteger may be larger than what can be passed, and a reference does not tell its shape.
    if (isReference(value) || typeof value === "bigint" && BigInt.asIntN(64, value) !== value) return;
    // A number that Java called an int may have to go back as a long.
    const plain = (each: JavaValue) => typeof each === "bigint" ? Number(each) : each;
    assert.deepEqual(plain(decodeValue(encodeValue(value))), plain(value));
  } catch (error) {
    assert.ok(error instanceof Py4jProtocolError, String(error));
  }
}

/** A gateway that says this and hangs up, whatever it is asked. */
function saying(pieces: readonly Uint8Array[]): Connection & { closed: boolean } {
  const waiting = [...pieces];
  return {
    closed: false,
    read(buffer) {
      const [piece] = waiting;
      if (piece === undefined || this.closed) return Promise.resolve(null);
      const count = Math.min(piece.length, buffer.length);
      buffer.set(piece.subarray(0, count));
      if (count === piece.length) waiting.shift();
      else waiting[0] = piece.subarray(count);
      return Promise.resolve(count);
    },
    write: () => Promise.resolve(),
    close() {
      this.closed = true;
    },
  };
}

const signal = new AbortController().signal;
const SECRET = "c0ffee00c0ffee00";
const DOCUMENTED = [Py4jAuthError, Py4jConnectionLost, Py4jJavaError, Py4jProtocolError, TypeError];

fuzz(
  "a client: whatever a gateway says and in any pieces, each call has a value or a documented error, and no secret in it",
  1000,
  fc.asyncProperty(fc.array(streams, { maxLength: 6 }), streams, cuts, async (answers, greeting, cuts) => {
    const pieces = [greeting, ...answers].flatMap((bytes) => inPieces(bytes, cuts));
    const connection = saying(pieces);
    try {
      using client = await Py4jClient.connect({
        ...{ dialer: { dial: () => Promise.resolve(connection) }, port: 1, secret: SECRET },
        ...{ signal, maxLineBytes: MAX_LINE_BYTES },
      });
      for (let call = 0; !client.closed && call < 10; call++) await askAnything(client);
    } catch (error) {
      judgeError(error);
    }
    assert.ok(connection.closed);
  }),
);

async function askAnything(client: Py4jClient): Promise<void> {
  try {
    const list = await client.construct("java.util.ArrayList", { signal });
    await client.call(list, "size", { signal });
  } catch (error) {
    judgeError(error);
    // Only Java's own mistakes, and a plain value in place of an object, leave the connection in order.
    assert.ok(client.closed || error instanceof Py4jJavaError || error instanceof TypeError);
  }
}

function judgeError(error: unknown): void {
  assert.ok(DOCUMENTED.some((kind) => error instanceof kind), Deno.inspect(error));
  assert.ok(!Deno.inspect(error).includes(SECRET));
}
