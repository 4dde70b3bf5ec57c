import assert from "node:assert/strict";
import fc from "fast-check";
import { splitOptions } from "../../../src/core/jvm_flags.ts";
import { optionWords, readSubmitLine } from "../../../src/core/submit/submit_line.ts";
import type { OptionTable } from "../../../src/core/submit/option_table.ts";
import { joinOptions } from "../../../src/core/submit/words.ts";

const TABLE: OptionTable = {
  valued: new Map([["--conf", "--conf"], ["-c", "--conf"], ["--name", "--name"], ["--jars", "--jars"]]),
  switches: new Map([["--verbose", "--verbose"], ["-v", "--verbose"], ["--supervise", "--supervise"]]),
};

Deno.test("readSubmitLine() reads options under their official names, then the program and its arguments", () => {
  const words = [
    "-c",
    "a=b=c",
    "-v",
    "--name=the name",
    "--jars",
    "--verbose",
    "job.py",
    "-v",
    "--conf",
    "--",
    "x",
  ];
  assert.deepEqual(readSubmitLine(words, TABLE), {
    options: [
      { name: "--conf", value: "a=b=c" },
      { name: "--verbose", value: null },
      { name: "--name", value: "the name" },
      { name: "--jars", value: "--verbose" },
    ],
    resource: "job.py",
    args: ["-v", "--conf", "--", "x"],
  });
});

Deno.test("readSubmitLine() names the first word that Spark would refuse", () => {
  const mistake = (...words: string[]) => readSubmitLine(words, TABLE);
  assert.deepEqual(mistake("--naem", "x", "--conf"), { kind: "unknown", word: "--naem" });
  assert.deepEqual(mistake("--naem=x", "job.py"), { kind: "unknown", word: "--naem" });
  assert.deepEqual(mistake("-x"), { kind: "unknown", word: "-x" });
  assert.deepEqual(mistake("--name"), { kind: "no-value", word: "--name" });
  assert.deepEqual(mistake("--conf", "job.py"), { kind: "no-property", word: "job.py" });
  assert.deepEqual(mistake("-v"), {
    options: [{ name: "--verbose", value: null }],
    resource: null,
    args: [],
  });
});

Deno.test("optionWords() and readSubmitLine() are each other's inverse", () => {
  const option = fc.oneof(
    fc.constant({ name: "--verbose", value: null }),
    fc.record({ name: fc.constant("--name"), value: fc.string() }, { noNullPrototype: true }),
    fc.record({ name: fc.constant("--conf"), value: fc.string().map((text) => `k=${text}`) }, {
      noNullPrototype: true,
    }),
  );
  fc.assert(fc.property(fc.array(option), fc.array(fc.string()), (options, args) => {
    const line = readSubmitLine([...optionWords(options), "job.py", ...args], TABLE);
    assert.deepEqual(line, { options, resource: "job.py", args });
  }));
});

Deno.test("joinOptions() makes a text that splitOptions() takes apart into the same words", () => {
  const word = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("a", " ", "'", '"', "\n", "\\") }));
  fc.assert(fc.property(fc.array(word), (words) => {
    assert.deepEqual(splitOptions(joinOptions(words)), words);
  }));
});
