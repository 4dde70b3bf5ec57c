import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeHandshake, HandshakeError } from "../../src/gateway/handshake.ts";

/** A file with this in its two numbers, and these bytes behind them. */
function file(port: number, secretBytes: number, rest: string | Uint8Array): Uint8Array {
  const tail = typeof rest === "string" ? new TextEncoder().encode(rest) : rest;
  const bytes = new Uint8Array(8 + tail.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, port);
  view.setInt32(4, secretBytes);
  bytes.set(tail, 8);
  return bytes;
}

Deno.test("decodeHandshake() reads the bytes as PySpark writes them", () => {
  const bytes = Uint8Array.of(0x00, 0x00, 0xa8, 0xcb, 0x00, 0x00, 0x00, 0x04, 0x30, 0x30, 0x31, 0x66);
  const handshake = decodeHandshake(bytes);
  assert.equal(handshake?.port, 43211);
  assert.equal(handshake?.secret(), "001f");
});

Deno.test("decodeHandshake() reads any port and secret, in a part of a larger buffer too, and none until it is whole", () => {
  const secret = fc.string({
    unit: fc.constantFrom(..."0123456789abcdefABZ+/=-_!~"),
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 65535 }), secret, fc.nat(), (port, secret, cut) => {
    const whole = file(port, secret.length, secret);
    const shifted = Uint8Array.of(0xff, ...whole, 0xff).subarray(1, -1);
    const handshake = decodeHandshake(shifted);
    assert.deepEqual([handshake?.port, handshake?.secret()], [port, secret]);
    assert.equal(decodeHandshake(whole.subarray(0, cut % whole.length)), null);
  }));
});

Deno.test("decodeHandshake() refuses nonsense as soon as it is seen", () => {
  const table: readonly (readonly [Uint8Array, RegExp])[] = [
    [file(0, 1, "a").subarray(0, 4), /its port is 0$/],
    [file(65536, 1, "a"), /its port is 65536$/],
    [file(-1, 1, "a"), /its port is -1$/],
    [file(1, 0, "").subarray(0, 8), /its secret is 0 bytes long$/],
    [file(1, 4097, ""), /its secret is 4097 bytes long$/],
    [file(1, -1, ""), /its secret is -1 bytes long$/],
    [file(1, 1, "ab"), /bytes follow its secret$/],
    [file(1, 2, "ä"), /not printable ASCII$/],
    [file(1, 3, "a\nb"), /not printable ASCII$/],
    [file(1, 2, "a\0"), /not printable ASCII$/],
    [file(1, 2, "a "), /not printable ASCII$/],
    [file(1, 1, Uint8Array.of(0x7f)), /not printable ASCII$/],
  ];
  for (const [bytes, message] of table) {
    assert.throws(() => decodeHandshake(bytes), { name: "HandshakeError", message });
  }
  assert.equal(decodeHandshake(file(65535, 4096, "a".repeat(4096)))?.port, 65535);
});

Deno.test("decodeHandshake() never throws but its own error, and never quotes a secret", () => {
  const header = fc.tuple(fc.integer({ min: -2, max: 3 }), fc.integer({ min: -2, max: 9 }));
  const damaged = fc.tuple(header, fc.uint8Array({ maxLength: 12 })).map(([[port, length], rest]) =>
    file(port, length, rest)
  );
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), damaged), (bytes) => {
    try {
      decodeHandshake(bytes);
    } catch (error) {
      assert.ok(error instanceof HandshakeError);
    }
  }));
  assert.throws(
    () => decodeHandshake(file(1, 6, "sekret!")),
    (error) => !Deno.inspect(error).includes("sekret"),
  );
});

Deno.test("a hand-shake shows its port and not its secret", () => {
  const shown = Deno.inspect(decodeHandshake(file(4711, 6, "sekret")), { showHidden: true, getters: true });
  assert.match(shown, /4711/);
  assert.doesNotMatch(shown, /sekret/);
  assert.doesNotMatch(JSON.stringify(decodeHandshake(file(4711, 6, "sekret"))), /sekret/);
});
