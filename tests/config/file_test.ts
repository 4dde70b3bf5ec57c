import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveSettings } from "../../src/config.ts";
import type { Settings } from "../../src/config.ts";
import { readConfigFile } from "../../src/config/file.ts";
import { ConfigError } from "../../src/config/place.ts";
import type { ConfigFile } from "../../src/config/place.ts";
import { EXIT, UserErrors } from "../../src/errors.ts";
import { optionNames } from "../../src/options.ts";

/** What is wrong with a file, without its name. */
async function complaints(text: string): Promise<readonly string[]> {
  const { problems } = await readConfigFile(text, "f.json");
  for (const { exitCode, hint } of problems) {
    assert.equal(exitCode, EXIT.config);
    assert.ok(hint.length > 0);
  }
  return problems.map(({ message }) => message);
}

/** What `run` makes of a file alone. */
function settingsOf(file: ConfigFile): Settings | UserErrors {
  try {
    return resolveSettings([["file", file.raw]], file);
  } catch (error) {
    assert.ok(error instanceof UserErrors, String(error));
    return error;
  }
}

Deno.test("readConfigFile() reads JSON's own types, and Spark's settings as a list or an object", async () => {
  const file = await readConfigFile(
    `{ "$schema": "x", "heartbeat": 1.5, "quiet": true, "standby": 1, "relay": 0,
       "conf": { "spark.a": 1, "spark.b": true, "spark.c": "x=y" } }`,
    "f.json",
  );
  assert.deepEqual(file.problems, []);
  assert.deepEqual(file.raw, {
    heartbeat: "1.5",
    quiet: true,
    standby: "1",
    relay: "0",
    conf: ["spark.a=1", "spark.b=true", "spark.c=x=y"],
  });
  assert.equal(file.lineOf("/heartbeat"), 1);
  assert.equal(file.lineOf("/conf/spark.b"), 2);
  assert.equal(file.lineOf("/heap"), null);
  assert.deepEqual((await readConfigFile(`{ "conf": ["spark.a=1"] }`, "f")).raw, { conf: ["spark.a=1"] });
});

Deno.test("readConfigFile() reports everything at once, each with its pointer, its line and what would do", async () => {
  const text = `{
    "heep": "1g",
    "conf": ["spark.a=1", "spark.b"],
    "wholly-unlike": 1,
    "heap": null,
    "memory-mode": "sometimes",
    "standby": 2,
    "jars": ["a.jar"],
    "config": "other.json",
    "quiet": "true",
    "gateways": 65,
    "quiet": false
  }`;
  assert.deepEqual(await complaints(text), [
    'Cannot use /heep "1g" in f.json, line 2: there is no such setting',
    'Cannot use /conf/1 "spark.b" in f.json, line 3: it is not of the form key=value, such as spark.sql.shuffle.partitions=8',
    "Cannot use /wholly-unlike 1 in f.json, line 4: there is no such setting",
    "Cannot use /heap null in f.json, line 5: it is not a size such as 1536m or 2g",
    'Cannot use /memory-mode "sometimes" in f.json, line 6: it is not one of adjust, suggest, off',
    "Cannot use /standby 2 in f.json, line 7: it is not one of auto, 0, 1",
    "Cannot use /jars (a list) in f.json, line 8: it is empty, or no text",
    'Cannot use /config "other.json" in f.json, line 9: a file cannot name another one',
    "Cannot use /gateways 65 in f.json, line 11: it is not a number from 1 to 64",
    "Cannot use /quiet false in f.json, line 12: it is given twice, in line 10 and in line 12",
  ]);
  const [heep, , unlike] = (await readConfigFile(text, "f.json")).problems;
  assert.equal(heep?.hint, 'Did you mean "heap"?');
  assert.match(unlike?.hint ?? "", /rekindle help run/);
});

Deno.test("readConfigFile() names a Spark setting of the object form by its own pointer", async () => {
  const why = "it is not a Spark setting's name without spaces, with a text, a number, true or false";
  assert.deepEqual(await complaints(`{"conf": {"a b": 1, "spark.x": null, "s/~": []}}`), [
    `Cannot use /conf/a b 1 in f.json, line 1: ${why}`,
    `Cannot use /conf/spark.x null in f.json, line 1: ${why}`,
    `Cannot use /conf/s~1~0 (a list) in f.json, line 1: ${why}`,
  ]);
  // Half a character, which no pointer of the validator's could hold.
  const [halved, ...more] = await complaints(String.raw`{"conf": {"\ud800": null}}`);
  assert.match(halved ?? "", /^Cannot use \/conf\/.* null in f\.json, line 1/);
  assert.deepEqual(more, []);
});

Deno.test("readConfigFile() says where a file is no JSON, and quotes nothing of it", async () => {
  assert.deepEqual(await complaints('{\n  "heap": hunter2\n}'), [
    "Cannot read f.json, line 2: it is not JSON: something is wrong at column 11",
  ]);
  for (const text of ["", "{", "heap = 2g", '{"heap": "1g",}', "// no\n{}", '{"a":"\n"}']) {
    assert.match((await complaints(text))[0] ?? "", /^Cannot read f\.json.*: it is not JSON/, text);
  }
  for (const text of ["[]", "null", "1", '"heap"']) {
    assert.deepEqual(await complaints(text), ["Cannot read f.json: it is not a JSON object"]);
  }
  assert.equal((await complaints("[".repeat(200_000))).length, 1, "deeper than any stack");
});

Deno.test("a value the schema lets pass and the reader does not is told by its pointer and line", async () => {
  const file = await readConfigFile('{\n"heap": "1k",\n"api": "127.0.0.1:70000"}', "f.json");
  assert.deepEqual(file.problems, []);
  const errors = settingsOf(file);
  assert.ok(errors instanceof UserErrors);
  assert.deepEqual(errors.errors.map(({ message }) => message), [
    'Cannot use /api "127.0.0.1:70000" in f.json, line 3: it is not an address and port such as 127.0.0.1:7433',
    'Cannot use /heap "1k" in f.json, line 2: it is not a size such as 1536m or 2g',
  ]);
});

Deno.test("mistakes in the file are reported together with those on the command line", async () => {
  const file = await readConfigFile('{"heep": 1}', "f.json");
  const act = () => resolveSettings([["flag", { heap: "lots" }], ["file", file.raw]], file);
  assert.throws(act, (error) => error instanceof UserErrors && error.errors.length === 2);
});

Deno.test("no document makes the reader fail, and every error names a pointer that is there", async () => {
  const key = fc.oneof(
    fc.constantFrom(...optionNames(), "$schema", "__proto__", "heep"),
    fc.string({ unit: "binary" }),
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      "1g",
      "0",
      "auto",
      "true",
      "127.0.0.1:1",
      "a=b",
      ["a=b", "c"],
      { "a": 1, "b c": null },
      1,
      -1,
      1e300,
    ),
    fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 1 }), { noNullPrototype: false }),
  );
  const document = fc.oneof(
    { weight: 8, arbitrary: fc.array(fc.tuple(key, value), { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  await fc.assert(
    fc.asyncProperty(document, fc.boolean(), async (entries, spaced) => {
      const isDocument = Array.isArray(entries) &&
        entries.every((entry) => Array.isArray(entry) && typeof entry[0] === "string");
      // Written by hand, so that a name may come twice.
      const text = isDocument
        ? `{${
          (entries as [string, unknown][]).map(([k, v]) =>
            `${JSON.stringify(k)}:${JSON.stringify(v, null, spaced ? 1 : 0)}`
          )
        }}`
        : JSON.stringify(entries);
      const file = await readConfigFile(text, "f.json");
      const settings = settingsOf(file);
      const errors = settings instanceof UserErrors ? settings.errors : [];
      assert.ok(file.problems.every((problem) => errors.includes(problem)));
      for (const error of errors) {
        if (!(error instanceof ConfigError)) {
          assert.match(error.message, /not a JSON object/);
          continue;
        }
        assert.ok(file.lineOf(error.pointer) !== null, `${error.pointer} in ${text}`);
        assert.equal(error.line, file.lineOf(error.pointer));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("no text makes the reader fail", async () => {
  const piece = fc.oneof(
    fc.constantFrom(...'{}[]",:\\/ -1e.tn', "true", "null", '"heap"', "\u0000"),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const file = await readConfigFile(pieces.join(""), "f.json");
      assert.ok(file.problems.length > 0 || Object.keys(file.raw).length >= 0);
    }),
    { numRuns: 300 },
  );
});
