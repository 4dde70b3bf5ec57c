import assert from "node:assert/strict";
import fc from "fast-check";
import { CommandScanner, type Want } from "../../../src/core/relay/command_scanner.ts";
import { answersTo, errorAnswer, lossSentence } from "../../../src/core/relay/tombstone.ts";
import { bytesOf, splitting } from "./chunks.ts";

/** Commands as py4j sends them, with what each wants of a tombstone. */
const COMMANDS: readonly (readonly [string, Want])[] = [
  ["c\nz:java.lang.System\ncurrentTimeMillis\ne\n", "error"],
  ["c\nz:org.apache.spark.sql.functions\ne\ne\n", "error"],
  ["c\no1\nset\nse\ns\nsz\nn\ne\n", "error"],
  ["c\no1\nset\ns\ne\n", "error"],
  ["i\ne\ne\n", "error"],
  ["r\nu\ne\nrj\ne\n", "error"],
  ["r\nu\njava.lang.Math\nrj\ne\n", "name"],
  ["r\nm\norg.X\ne\ne\n", "name"],
  ["r\nc\njava.lang.String\ne\n", "error"],
  ["f\ng\no1\ne\ne\n", "error"],
  ["p\nro1\ne\n", "error"],
  ["j\ni\nrj\njava.util.*\ne\n", "error"],
  ["l\ns\no1\ne\n", "error"],
  ["a\ne\no1\ne\n", "error"],
  ["d\nm\no1\ne\n", "error"],
  ["m\nd\no12\ne\n", "done"],
  ["m\nx\no12\ne\n", "error"],
  ["A\nsecret\n", "done"],
  ["!yv\n", "nothing"],
  ["!ysa string\n", "nothing"],
  ["z\n127.0.0.1\n40000\n25333\n", "nothing"],
];

const commands = fc.array(fc.constantFrom(...COMMANDS), { maxLength: 8 });

function wantsOf(scanner: CommandScanner, chunks: readonly Uint8Array[]): readonly Want[] {
  return chunks.flatMap((chunk) => scanner.push(chunk));
}

Deno.test("CommandScanner finds the end of every command, however its bytes are split", () => {
  fc.assert(fc.property(
    commands.chain((each) =>
      splitting(each.map(([text]) => text).join("")).map((chunks) => ({ each, chunks }))
    ),
    ({ each, chunks }) => {
      const scanner = new CommandScanner();
      assert.deepEqual(wantsOf(scanner, chunks), each.map(([, want]) => want));
      assert.ok(scanner.between);
    },
  ));
});

Deno.test("CommandScanner passes over empty lines between commands", () => {
  assert.deepEqual(new CommandScanner().push(bytesOf("\n\nm\nd\no1\ne\n\n!yv\n")), ["done", "nothing"]);
});

Deno.test("CommandScanner that begins inside a command does not answer that one, and all after it", () => {
  for (
    const [begun, rest] of [["", "e\n"], ["", "sx\nrest of it\ne\n"], ["e", "\n"], ["x", "e\ne\n"], [
      "s",
      "e\ne\n",
    ]]
  ) {
    const scanner = CommandScanner.inside(bytesOf(begun ?? ""));
    assert.equal(scanner.between, false);
    assert.deepEqual(scanner.push(bytesOf(rest ?? "")), ["nothing"], `${begun}|${rest}`);
    assert.deepEqual(scanner.push(bytesOf("c\no1\nx\ne\n")), ["error"]);
  }
});

Deno.test("a tombstone answers calls with the sentence, releases as done, a shutdown by closing", () => {
  const sentence = lossSentence(3, "exit 137 SIGKILL\n\\");
  const wanted = "!xsrekindle: gateway JVM (generation 3) was lost: exit 137 SIGKILL\\n\\\\. " +
    "Its SparkContext and data are gone; restart the program.\n";
  assert.equal(errorAnswer(sentence), wanted);
  assert.deepEqual(answersTo(["error", "nothing", "name", "done"], sentence), {
    text: `${wanted}!yclost\n!yv\n`,
    close: false,
  });
  assert.deepEqual(answersTo(["done", "close", "error"], sentence), { text: "!yv\n", close: true });
  assert.deepEqual(new CommandScanner().push(bytesOf("s\n")), ["close"]);
});

Deno.test("an answer of a tombstone is always one line of error", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (sentence) => {
    assert.match(errorAnswer(sentence), /^!xs[^\r\n]*\n$/);
  }));
});
