import assert from "node:assert/strict";
import fc from "fast-check";
import { LogTail } from "../../src/gateway/log_tail.ts";
import { outputLogPath, readOutputs, underNames } from "../../src/gateway/output_reader.ts";
import type { OutputRequest } from "../../src/gateway/output_reader.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

const FOLDER = "/log";
const STDOUT = outputLogPath(FOLDER, "stdout");
const STDERR = outputLogPath(FOLDER, "stderr");

/** Numbered lines, the last without its end where that is wanted. */
function lines(from: number, to: number, prefix = "line "): string {
  return Array.from({ length: to - from + 1 }, (_, at) => `${prefix}${from + at}\n`).join("");
}

async function append(files: MemoryFiles, path: string, text: string): Promise<void> {
  const file = await files.append(path);
  await file.write(new TextEncoder().encode(text));
  file.close();
}

Deno.test("LogTail.last() gives the last lines, from files that were put aside as well", async () => {
  const files = new MemoryFiles({
    [`${STDERR}.2`]: lines(1, 3),
    [`${STDERR}.1`]: lines(4, 6),
    [STDERR]: `${lines(7, 8)}line 9`,
  });
  for (const count of [0, 1, 2, 3, 4, 8, 9, 20]) {
    const tail = new LogTail(STDERR, files);
    assert.equal(await tail.last(count), count === 0 ? "" : lines(Math.max(1, 10 - count), 9), String(count));
  }
  assert.equal(await new LogTail("/log/none", files).last(5), "");
});

Deno.test("LogTail.last() looks through no more than it must", async () => {
  const long = lines(1, 50_000, "x".repeat(100));
  const files = new MemoryFiles({ [STDERR]: long });
  assert.equal(await new LogTail(STDERR, files).last(700), `${long.split("\n").slice(-701).join("\n")}`);
  const endless = new MemoryFiles({ [STDERR]: "y".repeat(6 * 2 ** 20) });
  assert.equal((await new LogTail(STDERR, endless).last(1)).length, 4 * 2 ** 20 + 1);
});

Deno.test("LogTail.more() gives every line once, whatever is put aside meanwhile", async () => {
  const moves = fc.array(fc.constantFrom("write", "half", "rotate", "read"), { maxLength: 40 });
  await fc.assert(fc.asyncProperty(moves, async (steps) => {
    const files = new MemoryFiles({ [STDERR]: "" });
    const tail = new LogTail(STDERR, files);
    await tail.last(0);
    let count = 0;
    let rotated = 0;
    let open = "";
    let written = "";
    let read = "";
    const write = async (text: string) => {
      await append(files, STDERR, text);
      written += text;
    };
    const readAll = async () => {
      for (let text = await tail.more(); text !== ""; text = await tail.more()) read += text;
      rotated = 0;
    };
    for (const step of steps) {
      if (step === "write") {
        await write(`${open === "" ? `line ${++count}` : ""}\n`);
        open = "";
      } else if (step === "half" && open === "") await write(open = `line ${++count}`);
      else if (step === "read") await readAll();
      // Of two that were put aside between two looks, the first is lost: 10 MiB in a quarter of a second.
      else if (step === "rotate" && rotated++ === 0) {
        await files.rename(STDERR, `${STDERR}.${count}-${Math.random()}`);
        await append(files, STDERR, "");
      }
    }
    if (open !== "") await write("\n");
    await readAll();
    assert.equal(read, written);
    await tail.close();
  }));
});

Deno.test("LogTail.more() waits for a file that is not there, and goes on with another in its place", async () => {
  const files = new MemoryFiles();
  const tail = new LogTail(STDOUT, files);
  assert.equal(await tail.last(5) + await tail.more(), "");
  files.put(STDOUT, "first\n");
  assert.equal(await tail.more(), "first\n");
  files.put(STDOUT, "second\n");
  assert.equal(await tail.more(), "second\n");
});

Deno.test("LogTail.more() begins anew with a file that was emptied", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, lines(1, 9));
  const tail = new LogTail(path, realFiles);
  assert.equal(await tail.last(1), "line 9\n");
  await Deno.writeTextFile(path, "new\n");
  assert.equal(await tail.more() + await tail.more(), "new\n");
  await tail.close();
  await Deno.remove(path);
});

/** What is read, until the request's signal is aborted by the test. */
function reading(files: MemoryFiles, request: Partial<OutputRequest> = {}) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const whole = { output: null, lines: 2, follow: false, signal: stop.signal, ...request };
  const passages = readOutputs(whole, {
    ...{ folder: FOLDER, files, clock },
    redact: (text) => text.replaceAll("secret", "<redacted>"),
  });
  const texts = underNames(passages, whole);
  return { clock, stop, texts };
}

Deno.test("readOutputs() gives both outputs as tail does, or one alone, without secrets", async () => {
  const files = new MemoryFiles({ [STDOUT]: lines(1, 3, "out "), [STDERR]: "a secret\n" });
  const all = async (request: Partial<OutputRequest>) =>
    (await Array.fromAsync(reading(files, request).texts)).join("");
  assert.equal(await all({}), "==> stdout <==\nout 2\nout 3\n\n==> stderr <==\na <redacted>\n");
  assert.equal(await all({ output: "stdout", lines: 1 }), "out 3\n");
  assert.equal(await all({ output: "stderr" }), "a <redacted>\n");
});

Deno.test("readOutputs() follows until it is told to stop", async () => {
  const files = new MemoryFiles({ [STDERR]: "old\n" });
  const { clock, stop, texts } = reading(files, { follow: true, lines: 1 });
  assert.equal((await texts.next()).value, "==> stderr <==\nold\n");
  const next = texts.next();
  await clock.sleeping();
  await append(files, STDERR, "ne");
  await clock.advance(250);
  await clock.sleeping();
  await append(files, STDERR, "w\n");
  files.put(STDOUT, "hello\n");
  await clock.advance(250);
  assert.deepEqual([(await next).value, (await texts.next()).value], [
    "\n==> stdout <==\nhello\n",
    "\n==> stderr <==\nnew\n",
  ]);
  const last = texts.next();
  await clock.sleeping();
  stop.abort();
  assert.equal((await last).done, true);
});
