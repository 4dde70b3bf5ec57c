import assert from "node:assert/strict";
import fc from "fast-check";
import { explain } from "../../src/cli/explain.ts";
import { EXIT } from "../../src/errors.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

const HEAP = "java.lang.OutOfMemoryError: Java heap space\n";
const REPORT = Deno.readFileSync(
  new URL("../fixtures/hs_err/abort-on-exception-17.log", import.meta.url),
);
/** What no terminal may be given, besides the line ends of the answer itself. */
const COMMANDS = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Response(ReadableStream.from([bytes]).pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** Runs `explain` on files in memory, in their order. */
async function run(
  tree: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  json = false,
  paths = Object.keys(tree),
) {
  const files = new MemoryFiles();
  for (const [path, bytes] of Object.entries(tree)) files.put(path, bytes);
  let out = "", err = "";
  const input = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
  const print = (text: string) => void (out += text);
  const warn = (text: string) => void (err += text);
  const view = { clock: new ManualClock(), write: null };
  const exit = await explain({ files, input: () => input, print, warn, view }, paths, json);
  return { exit, out, err };
}

/** The class of cause that is told for these bytes. */
async function classOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { exit, out, err } = await run({ "/a": bytes }, true);
  assert.deepEqual([exit, err], [EXIT.ok, ""]);
  return JSON.parse(out)[0].class;
}

Deno.test("explain() has an answer for any bytes, as text and as JSON", async () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.constantFrom(
      utf8(HEAP),
      utf8("\tat a.B.c(D.java:1)\n"),
      utf8("# A fatal error has been detected by "),
    ),
    fc.constantFrom(Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x1f, 0x8b, 8), utf8("\0\0\0"), utf8("\r\r\n")),
    fc.nat(REPORT.length).map((from) => REPORT.slice(from, from + 800)),
  );
  const bytes = fc.array(pieces, { maxLength: 8 }).map((all) =>
    Uint8Array.from(all.flatMap((each) => [...each]))
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      for (const json of [false, true]) {
        const { exit, out, err } = await run({ "/a": content }, json);
        assert.ok(exit === EXIT.ok || exit === EXIT.noInput && err !== "");
        assert.doesNotMatch(out + err, COMMANDS);
        if (json) assert.equal(JSON.parse(out).length, 1);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("explain() has an answer for an error report that is cut off anywhere", async () => {
  for (let bytes = 0; bytes < REPORT.length; bytes += 61) {
    const { exit, out } = await run({ "/hs_err.log": REPORT.slice(0, bytes) }, true);
    assert.equal(exit, EXIT.ok);
    // The third line says what happened.
    if (bytes > 300) assert.equal(JSON.parse(out)[0].class, await classOf(REPORT), `${bytes}`);
  }
});

Deno.test("explain() says of programs, pictures, archives, classes and dumps that they are no text", async () => {
  const noise = Uint8Array.from({ length: 6000 }, (_, at) => (at * 7919 + (at >> 3) * 31) & 0xff);
  const heads: Readonly<Record<string, readonly number[]>> = {
    elf: [0x7f, ...utf8("ELF"), 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    jpeg: [0xff, 0xd8, 0xff, 0xe0, 0, 16, ...utf8("JFIF\0")],
    zip: [...utf8("PK\x03\x04"), 20, 0, 0, 0, 8, 0],
    class: [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 29, 10, 0, 6, 0, 15, 9],
    dump: [...utf8("JAVA PROFILE 1.0.2\0"), 0, 0, 0, 8, 0, 0, 1, 0x8b, 0, 0, 0, 0],
    performance: [0xca, 0xfe, 0xc0, 0xc0, 1, 1, 2, 0, 0, 0, 0, 0],
  };
  for (const [kind, head] of Object.entries(heads)) {
    for (const tail of [noise, noise.slice(0, 20)]) {
      const { exit, out } = await run({ [`/${kind}`]: Uint8Array.from([...head, ...tail]) });
      assert.equal(exit, EXIT.ok);
      assert.match(out, /unknown \(unsure\)\n {2}This is no text/, kind);
    }
  }
});

Deno.test("explain() reads odd UTF-16, zeros, a byte order mark and any line ends", async () => {
  const wide = new Uint8Array(Uint16Array.from(`\ufeff${HEAP}`, (char) => char.charCodeAt(0)).buffer);
  for (
    const bytes of [
      Uint8Array.from([...wide, 0x61]),
      utf8(`\ufeff${HEAP}`),
      utf8(`a\0b\n\0\0${HEAP}`),
      utf8(`a\r\nb\rc\n${HEAP.trim()}\r\r\n`),
      await gzip(utf8(HEAP)),
    ]
  ) assert.equal(await classOf(bytes), "heap-oom");
});

Deno.test("explain() explains what stands before the place where an archive is cut off, and ends with 66", async () => {
  const noise = Array.from({ length: 2000 }, (_, at) => `line ${at * 7919 % 10007}`).join("\n");
  const packed = await gzip(utf8(`${HEAP}${noise}\n`));
  const cut = { "/cut.gz": packed.slice(0, packed.length - 2000), "/shorter.gz": packed.slice(0, 6) };
  const { exit, out, err } = await run({ ...cut, "/b.log": utf8(HEAP) });
  assert.equal(exit, EXIT.noInput);
  assert.match(out, /^\/cut\.gz: heap-oom [\s\S]*^\/b\.log: heap-oom/m);
  assert.doesNotMatch(out, /shorter/);
  assert.match(err, /^rekindle: Cannot read \/cut\.gz: its gzip data ends too early, after line \d+\.\n/);
  assert.match(err, /^rekindle: Cannot read \/shorter\.gz: its gzip data ends too early\.\n$/m);
  const [first, second] = JSON.parse((await run(cut, true)).out);
  assert.deepEqual([first.class, second.class], ["heap-oom", "unknown"]);
  assert.match(first.error, /after line \d+$/);
});

Deno.test("explain() gives a terminal no commands of a name or a line, and JSON has them as they are", async () => {
  const name = "/a\nb\x1b[31m\x9b0m\u202e\u2028.log";
  const line = `\x1b]0;title\x07${HEAP.trim()} \u009b31m \u202egnp\n`;
  for (const json of [false, true]) {
    const { out, err } = await run({ [name]: utf8(line) }, json, [name, `${name}x`]);
    assert.match(out, /heap-oom/);
    assert.match(err, /^rekindle: Cannot read \/a\?b\?\[31m\?0m\?\.logx: No such file/);
    assert.doesNotMatch(out + err, COMMANDS);
    if (json) assert.deepEqual(JSON.parse(out).map(({ file }: { file: string }) => file), [name, `${name}x`]);
  }
});

Deno.test("explain() reads standard input once, and says so when it is named again", async () => {
  const { exit, err } = await run({}, false, ["-", "-"]);
  assert.equal(exit, EXIT.noInput);
  assert.match(err, /^rekindle: Cannot read \(standard input\): it has been read already\.\n$/);
});
