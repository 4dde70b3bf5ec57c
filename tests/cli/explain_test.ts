import assert from "node:assert/strict";
import { explain } from "../../src/cli/explain.ts";
import { EXIT } from "../../src/errors.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

const HEAP =
  'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat a.B.main(B.java:1)\n';

/** What a run of the command printed and answered. */
interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

const UNSEEN = { clock: new ManualClock(), write: null };

/** Runs `explain` on files in memory and on a text as standard input. */
async function run(
  tree: Readonly<Record<string, string>>,
  paths: readonly string[],
  { json = false, input = "" } = {},
): Promise<Outcome> {
  let out = "", err = "";
  const exit = await explain(
    {
      files: new MemoryFiles(tree),
      input: () => ReadableStream.from([new TextEncoder().encode(input)]),
      print: (text) => void (out += text),
      warn: (text) => void (err += text),
      view: UNSEEN,
    },
    paths,
    json,
  );
  return { exit, out, err };
}

Deno.test("explain() says what happened, how sure it is, where it stands and what helps", async () => {
  const { exit, out, err } = await run({ "/a.log": `starting\n${HEAP}` }, ["/a.log"]);
  assert.equal(exit, EXIT.ok);
  assert.equal(err, "");
  assert.deepEqual(out.split("\n"), [
    "/a.log: heap-oom (certain; the JVM ended, or must be replaced)",
    "  The JVM ran out of heap.",
    '    /a.log:2: Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    "  A larger heap, fewer parallel tasks or less collected data helps.",
    "",
    "",
  ]);
});

Deno.test("explain() says honestly that it does not know", async () => {
  const { exit, out } = await run({ "/a.log": "all is well\n", "/empty": "" }, ["/a.log", "/empty"]);
  assert.equal(exit, EXIT.ok);
  assert.match(out, /^\/a\.log: unknown \(unsure\)\n {2}Nothing in this log says/);
  assert.match(out, /^\/empty: unknown \(unsure\)\n {2}There is nothing to read\.$/m);
});

Deno.test("explain() as JSON is an array in the order of the arguments", async () => {
  const tree = { "/b.log": HEAP, "/a.log": "java.io.NotSerializableException: a.B\n" };
  const { exit, out } = await run(tree, ["/b.log", "/a.log", "-"], { json: true, input: "ok\n" });
  assert.equal(exit, EXIT.ok);
  const reports = JSON.parse(out);
  assert.deepEqual(
    reports.map((each: { file: string; class: string; fatal: boolean }) => [
      each.file,
      each.class,
      each.fatal,
    ]),
    [["/b.log", "heap-oom", true], ["/a.log", "serialization-error", false], ["-", "unknown", false]],
  );
  assert.deepEqual(reports[0].evidence, [{
    source: "/b.log",
    line: 1,
    text: 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
  }]);
  assert.match(reports[0].remedy, /heap/);
  assert.equal(reports[0].confidence, "certain");
});

Deno.test("explain() reads on when a file cannot be read, and ends with 66", async () => {
  for (const json of [false, true]) {
    const { exit, out, err } = await run({ "/b.log": HEAP }, ["/none", "/b.log"], { json });
    assert.equal(exit, EXIT.noInput);
    assert.match(err, /^rekindle: Cannot read \/none: .*No such file.*\n$/);
    assert.match(out, /heap-oom/);
    if (json) {
      const [first, second] = JSON.parse(out);
      assert.deepEqual([first.file, first.class, second.class], ["/none", "unknown", "heap-oom"]);
      assert.match(first.error, /No such file/);
    }
  }
});

Deno.test("explain() says that what is no text is no text", async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919 + (index >> 3) * 31) & 0xff);
  const files = new MemoryFiles();
  files.put("/core", bytes);
  let out = "";
  const context = { files, input: () => new ReadableStream<Uint8Array>(), warn: () => {}, view: UNSEEN };
  assert.equal(await explain({ ...context, print: (text) => void (out += text) }, ["/core"], false), EXIT.ok);
  assert.match(out, /^\/core: unknown \(unsure\)\n {2}This is no text/);
});

Deno.test("explain() prints no secrets and no commands for the terminal", async () => {
  const text = "\x1b[31mERROR a: java.io.IOException: No space left on device\x1b]0;x\x07 " +
    "-Dspark.db.password=hunter2 jdbc:postgresql://me:hunter3@host/db\n";
  for (const json of [false, true]) {
    const { out } = await run({ "/a.log": text }, ["/a.log"], { json });
    assert.match(out, /No space left/);
    assert.doesNotMatch(out, /hunter/);
    assert.doesNotMatch(out.replaceAll("\n", ""), /\p{Cc}/u);
  }
});

Deno.test("explain() shows the beginning of a long line", async () => {
  const { out } = await run({ "/a.log": `No space left on device ${"x".repeat(9000)}` }, ["/a.log"]);
  assert.ok(out.length < 1500);
  assert.match(out, /x…$/m);
});
