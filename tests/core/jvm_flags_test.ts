import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatSize,
  GIB,
  MIB,
  parseSize,
  readMaxHeap,
  renderSize,
  setsFlag,
  splitOptions,
} from "../../src/core/jvm_flags.ts";

Deno.test("parseSize() reads sizes as people and JVMs write them", () => {
  const table: Readonly<Record<string, number>> = {
    "1g": GIB,
    "1G": GIB,
    "2GiB": 2 * GIB,
    "2 gb": 2 * GIB,
    "1.5g": 1.5 * GIB,
    " 1536m ": 1536 * MIB,
    "64k": 65_536,
    "1t": 1024 * GIB,
    "1073741824": GIB,
    "7b": 7,
  };
  for (const [text, bytes] of Object.entries(table)) assert.equal(parseSize(text), bytes, text);
});

Deno.test("parseSize() refuses what is no size, and nothing", () => {
  const wrong = ["", "g", "lots", "1x", "-1g", "+1g", "0", "0m", "1,5g", "1e3", ".5g", "1g 2g", "1 g b", "∞"];
  for (const text of [...wrong, "9".repeat(20)]) assert.equal(parseSize(text), null, text);
});

Deno.test("renderSize() writes what parseSize() and a JVM read, never more than was given", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1 << 20 }), (mebibytes) => {
    const bytes = mebibytes * MIB;
    assert.match(renderSize(bytes), /^[1-9]\d*[mg]$/);
    assert.equal(parseSize(renderSize(bytes)), bytes);
    assert.equal(parseSize(renderSize(bytes + 1023)), bytes);
    assert.equal(parseSize(renderSize(bytes + 5 * 1024)), bytes + 5 * 1024);
  }));
  assert.equal(renderSize(2 * GIB), "2g");
  assert.equal(renderSize(1.5 * GIB), "1536m");
});

Deno.test("formatSize() rounds for people", () => {
  const table: Readonly<Record<string, number>> = {
    "1 GiB": GIB,
    "1.5 GiB": 1.5 * GIB,
    "1.27 GiB": 1300 * MIB,
    "768 MiB": 768 * MIB,
    "1023 bytes": 1023,
  };
  for (const [text, bytes] of Object.entries(table)) assert.equal(formatSize(bytes), text);
});

Deno.test("readMaxHeap() takes the last heap that a command line sets", () => {
  assert.equal(readMaxHeap(["-Xmx1g", "-Dx=-Xmx9g", "-XX:MaxHeapSize=2g"]), 2 * GIB);
  assert.equal(readMaxHeap(["-XX:MaxHeapSize=2g", "-Xmx512m"]), 512 * MIB);
  assert.equal(readMaxHeap(["-Xms1g", "-XX:MaxHeapFreeRatio=70"]), null);
  assert.equal(readMaxHeap([]), null);
});

Deno.test("setsFlag() sees a flag in every form and no other flag", () => {
  for (const arg of ["-XX:+UseG1GC", "-XX:-UseG1GC"]) assert.ok(setsFlag([arg], "UseG1GC"), arg);
  assert.ok(setsFlag(["-server", "-XX:ErrorFile=/x=y"], "ErrorFile"));
  for (const arg of ["-XX:+UseG1GCx", "-XX:ErrorFileToStderr=1", "UseG1GC", "-DUseG1GC=1"]) {
    assert.ok(!setsFlag([arg], "UseG1GC") && !setsFlag([arg], "ErrorFile"), arg);
  }
});

Deno.test("splitOptions() groups by quotes, and keeps the other kind of quote inside them", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["  -Xmx1g\t-Da=b \n", ["-Xmx1g", "-Da=b"]],
    [`-Da="b c" '-Dd=e f'`, ["-Da=b c", "-Dd=e f"]],
    [`-Da="it's"`, ["-Da=it's"]],
    [`-Da='"q"'`, [`-Da="q"`]],
    [`a""b`, ["ab"]],
  ];
  for (const [text, words] of table) assert.deepEqual(splitOptions(text), words, text);
});

Deno.test("splitOptions() gives back any words that were quoted", () => {
  const word = fc.string({ unit: fc.constantFrom(..."ab -='") });
  fc.assert(fc.property(fc.array(word), (words) => {
    assert.deepEqual(splitOptions(words.map((each) => `"${each}"`).join(" ")), words);
  }));
});
