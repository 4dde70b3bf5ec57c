/**
 * `explain` as a process: what it takes of the machine, and how it stands among pipes, devices and many files.
 * @module
 */

import assert from "node:assert/strict";
import { fromFileUrl, join } from "@std/path";

const MAIN = fromFileUrl(new URL("../../src/main.ts", import.meta.url));
/** As the wrapper starts it. */
const COMMAND = [
  Deno.execPath(),
  ...["run", "-A", "--no-lock", "--cached-only", "--v8-flags=--max-semi-space-size=1", MAIN, "explain"],
];
const HEAP = "java.lang.OutOfMemoryError: Java heap space\n";
const MIB = 2 ** 20;

/** Runs a line of bash, in which `"$@"` is `explain`. */
async function bash(line: string, cwd: string): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", line, "bash", ...COMMAND],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "explain-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The most memory that `explain -` has had when it has been given these pieces, in bytes; and its answer. */
async function peakOf(pieces: Iterable<Uint8Array>): Promise<{ bytes: number; out: string }> {
  const [program = "", ...args] = COMMAND;
  const streams = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
  const child = new Deno.Command(program, { args: [...args, "-"], ...streams }).spawn();
  const out = new Response(child.stdout).text();
  const writer = child.stdin.getWriter();
  for (const piece of pieces) await writer.write(piece);
  // All but what fits into a pipe has been read, and it waits for more.
  const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
  await writer.close();
  assert.equal((await child.status).code, 0);
  return { bytes: 1024 * Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]), out: await out };
}

/** So many bytes of a text, again and again, with its own beginning and end. */
function* repeated(text: string, bytes: number, [start, end] = ["", ""]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(start);
  const piece = encoder.encode(text.repeat(Math.ceil(MIB / text.length)));
  for (let done = 0; done < bytes; done += piece.length) yield piece;
  yield encoder.encode(end);
}

const DRIVER_LOG =
  "26/07/25 10:11:12 INFO TaskSetManager: Finished task 1.0 in stage 3.0 in 123 ms (1/200)\n".repeat(20) +
  "26/07/25 10:11:12 ERROR Executor: Exception in task 0.0\njava.lang.IllegalStateException: boom\n" +
  "\tat a.b.C.d(C.java:1)\n\tat a.b.C.e(C.java:2)\n";
const REPORT = Deno.readTextFileSync(
  new URL("../fixtures/hs_err/abort-on-exception-17.log", import.meta.url),
);
const [BEGIN = "", REST = ""] = REPORT.split(/(?=-{5,} {2}P R O C E S S)/);
const MAPPING =
  "7f0000000000-7f0000001000 r-xp 00000000 08:01 131074   /usr/lib/jvm/java-17/lib/server/libjvm.so\n";

/**
 * Measured for 300 MB: 146 MB on an idle machine, 283 on a busy one, where V8 gives memory back later; that of 100 MB
 * was 92 and 215. Whoever kept the text would need 300 more.
 */
const MORE_BYTES = 256 * MIB;

for (
  const [kind, says, megabytes, make] of [
    ["a driver's log", /heap-oom/, 300, (bytes: number) => repeated(DRIVER_LOG, bytes, ["", HEAP])],
    [
      "an error report",
      /jvm-crash|fatal error/,
      300,
      (bytes: number) => repeated(MAPPING, bytes, [BEGIN, REST]),
    ],
    ["a line without end", /unknown/, 100, (bytes: number) => repeated("x", bytes)],
    ["zeros", /unknown/, 100, (bytes: number) => repeated("\0", bytes)],
  ] as const
) {
  Deno.test(`explain takes about as much memory for ${megabytes} MB as for 2 MB of ${kind}`, async () => {
    const [small, large] = [await peakOf(make(2e6)), await peakOf(make(megabytes * 1e6))];
    assert.match(large.out, says);
    assert.ok(large.bytes < small.bytes + MORE_BYTES, `${small.bytes} and ${large.bytes} bytes`);
  });
}

Deno.test("explain takes about as much memory for what unpacks a thousandfold", async () => {
  const pack = (bytes: Uint8Array<ArrayBuffer>) =>
    new Response(ReadableStream.from([bytes]).pipeThrough(new CompressionStream("gzip"))).bytes();
  // More than a pipe holds: once it is taken, what stands before it has been unpacked.
  const pieces = Array.from({ length: 8 }, () => [...crypto.getRandomValues(new Uint8Array(65536))]);
  const noise = await pack(Uint8Array.from(pieces.flat()));
  assert.ok(noise.length > 3e5);
  const [small, large] = [
    await peakOf([await pack(new Uint8Array(1e6)), noise]),
    await peakOf([await pack(new Uint8Array(60e6)), noise]),
  ];
  assert.ok(large.bytes < small.bytes + MORE_BYTES, `${small.bytes} and ${large.bytes} bytes`);
});

Deno.test("explain answers for each of many arguments in their order, whatever they are", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "good"), HEAP);
    await Deno.writeTextFile(join(folder, "empty"), "");
    await Deno.mkdir(join(folder, "folder"));
    await Deno.symlink("nowhere", join(folder, "dangling"));
    await Deno.symlink("loop", join(folder, "loop"));
    const names = ["none", "good", "folder", "/dev/zero", "empty", "dangling", "/proc/kmsg", "loop", "good"];
    const unread = ["none", "folder", "/dev/zero", "dangling", "/proc/kmsg", "loop"];
    const { code, out, err } = await bash(`"$@" --json ${names.join(" ")}`, folder);
    assert.equal(code, 66);
    const reports: { file: string; class: string; error?: string }[] = JSON.parse(out);
    assert.deepEqual(reports.map(({ file }) => file), names);
    assert.deepEqual(reports.filter(({ error }) => error !== undefined).map(({ file }) => file), unread);
    assert.deepEqual(reports.filter((each) => each.class === "heap-oom").map(({ file }) => file), [
      "good",
      "good",
    ]);
    const lines = err.trimEnd().split("\n");
    assert.equal(lines.length, unread.length, err);
    for (const [at, line] of lines.entries()) {
      assert.match(line, /^rekindle: Cannot read \S+: [\w ,:|/-]+\.$/);
      assert.ok(line.includes(`Cannot read ${unread[at]}:`));
    }
  }));

Deno.test("explain takes 500 files at once, and a reader that goes away after the first line", () =>
  inFolder(async (folder) => {
    for (let n = 100; n < 600; n++) await Deno.writeTextFile(join(folder, `${n}.log`), HEAP);
    const all = await bash('"$@" --json *.log', folder);
    assert.deepEqual([all.code, all.err], [0, ""]);
    assert.deepEqual(
      JSON.parse(all.out).map(({ file }: { file: string }) => file),
      Array.from({ length: 500 }, (_, n) => `${n + 100}.log`),
    );
    const { out, err } = await bash('"$@" *.log | head -1; echo "${PIPESTATUS[0]}"', folder);
    assert.deepEqual(out.split("\n").slice(1), ["0", ""]);
    assert.match(out, /^100\.log: heap-oom/);
    assert.equal(err, "");
  }));

Deno.test("explain reads a pipe by its name, and stands closed standard streams", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "good"), HEAP);
    assert.match((await bash('"$@" <(cat good)', folder)).out, /: heap-oom /);
    const closed = await bash('"$@" - <&-', folder);
    assert.deepEqual([closed.code, closed.err], [0, ""]);
    assert.match(closed.out, /There is nothing to read/);
    const unheard = await bash('"$@" good >&-', folder);
    assert.deepEqual([unheard.code, unheard.out, unheard.err], [0, "", ""]);
    const ofFolder = await bash('"$@" - < .', folder);
    assert.equal(ofFolder.code, 66);
    assert.match(ofFolder.err, /^rekindle: Cannot read \(standard input\): Is a directory\.\n$/);
  }));
