import assert from "node:assert/strict";
import fc from "fast-check";
import { Py4jProtocolError } from "../../src/gateway/py4j_error.ts";
import {
  asReference,
  checkedName,
  decodeValue,
  encodeValue,
  escape,
  isReference,
  type JavaArgument,
  type JavaValue,
  unescape,
} from "../../src/gateway/py4j_value.ts";
import { javaValue, text } from "./java_values.ts";

Deno.test("encodeValue() writes each kind of value as py4j reads it", () => {
  const table: readonly [JavaArgument, string][] = [
    [null, "n"],
    [true, "btrue"],
    [false, "bfalse"],
    [5, "i5"],
    [-(2 ** 31), "i-2147483648"],
    [2 ** 31 - 1, "i2147483647"],
    [2 ** 31, "L2147483648"],
    [-(2 ** 31) - 1, "L-2147483649"],
    [Number.MAX_SAFE_INTEGER, "L9007199254740991"],
    [2 ** 53, "d9007199254740992"],
    [5n, "L5"],
    [-(2n ** 63n), "L-9223372036854775808"],
    [1.5, "d1.5"],
    [-0, "d-0.0"],
    [NaN, "dNaN"],
    [-Infinity, "d-Infinity"],
    [{ double: 1 }, "d1"],
    [{ decimal: "-12.50" }, "D-12.50"],
    ["", "s"],
    ["e", "se"],
    ["a\nb\\c\rd\te", "sa\\nb\\\\c\\rd\te"],
    [new TextEncoder().encode("hi"), "jaGk="],
    [new Uint8Array(), "j"],
    [{ id: "o7", shape: "list" }, "ro7"],
  ];
  for (const [value, part] of table) assert.equal(encodeValue(value), part);
});

Deno.test("encodeValue() refuses what Java could not hold as it is", () => {
  const refused: readonly JavaArgument[] = [
    2n ** 63n,
    -(2n ** 63n) - 1n,
    "half \ud83d of a pair",
    { decimal: "1e5" },
    { decimal: "" },
    { decimal: "1\n" },
    { id: "o7\ne", shape: "object" },
    { id: "", shape: "object" },
  ];
  for (const value of refused) assert.throws(() => encodeValue(value), TypeError);
});

Deno.test("decodeValue() reads each kind of value as py4j writes it", () => {
  const table: readonly [string, JavaValue][] = [
    ["n", null],
    ["btrue", true],
    ["i-5", -5],
    // Not ints: what py4j writes of a DoubleAdder, of a Scala BigInt.
    ["i0.0", 0],
    ["i123456789012345678901", 123456789012345678901n],
    ["L1795160416294", 1795160416294n],
    ["d1.0E10", 1e10],
    ["d4.9E-324", 5e-324],
    ["dInfinity", Infinity],
    ["D1.50", { decimal: "1.50" }],
    ["s", ""],
    ["sa\\nb\\\\c\\rd\\q", "a\nb\\c\rdq"],
    ["jaGk=", new TextEncoder().encode("hi")],
    ["ro7", { id: "o7", shape: "object" }],
    ["lo7", { id: "o7", shape: "list" }],
    ["ho7", { id: "o7", shape: "set" }],
    ["ao7", { id: "o7", shape: "map" }],
    ["to7", { id: "o7", shape: "array" }],
    ["go7", { id: "o7", shape: "iterator" }],
  ];
  for (const [part, value] of table) assert.deepEqual(decodeValue(part), value);
});

Deno.test("decodeValue() refuses what py4j never writes", () => {
  const refused = [
    ...[
      "",
      "q",
      "nx",
      "b",
      "bTrue",
      "i",
      "i1x",
      "i0x10",
      "i ",
      "L",
      "L1.0",
      "L9223372036854775808",
      "d",
      "d1.",
      "dnan",
    ],
    ...["D", "D1E5", "j=", "jaGk", "ja\u00e4==", "r", "ro", "rp0", "ro7 ", "rt", "constructor", "__proto__"],
  ];
  for (const part of refused) assert.throws(() => decodeValue(part), Py4jProtocolError, part);
});

Deno.test("decodeValue() gives back what encodeValue() wrote, on one line", () => {
  fc.assert(fc.property(javaValue, ({ argument, value }) => {
    const part = encodeValue(argument);
    assert.doesNotMatch(part, /[\r\n]/);
    assert.deepEqual(decodeValue(part), value);
  }));
});

Deno.test("decodeValue() never throws but a protocol error, and never quotes the text", () => {
  fc.assert(
    fc.property(fc.constantFrom(..."nbiLdDsjrlhatgfvq"), fc.string({ minLength: 3 }), (type, rest) => {
      try {
        decodeValue(type + rest);
      } catch (error) {
        assert.ok(error instanceof Py4jProtocolError);
        assert.equal(error.message, `A value of type "${type}" has unreadable text`);
      }
    }),
  );
});

Deno.test("unescape() reverses escape(), and reads anything as Java does", () => {
  fc.assert(fc.property(text, (text) => {
    assert.equal(unescape(escape(text)), text);
    assert.equal(unescape(text), unescapeAsJava(text));
  }));
  assert.equal(unescape("lost \\"), "lost ");
});

/** `py4j.StringUtil.unescape`, step by step. */
function unescapeAsJava(escaped: string): string {
  let escaping = false;
  let out = "";
  for (const unit of escaped.split("")) {
    if (!escaping && unit === "\\") {
      escaping = true;
      continue;
    }
    out += escaping && unit === "n" ? "\n" : escaping && unit === "r" ? "\r" : unit;
    escaping = false;
  }
  return out;
}

Deno.test("checkedName() lets through any name of one line, the end mark too", () => {
  for (const name of ["e", "java.util.Map$Entry", "größe"]) assert.equal(checkedName(name), name);
  for (const name of ["", "a\nb", "a\r", "\n", "half \udc00"]) {
    assert.throws(() => checkedName(name), TypeError);
  }
});

Deno.test("asReference() tells an object from a plain value", () => {
  assert.equal(isReference(new Uint8Array()), false);
  assert.equal(isReference({ decimal: "1" }), false);
  assert.equal(isReference(null), false);
  assert.deepEqual(asReference({ id: "o1", shape: "map" }), { id: "o1", shape: "map" });
  assert.throws(() => asReference("o1"), TypeError);
});
