import assert from "node:assert/strict";
import { gunzip } from "../../src/runtime/gunzip.ts";

const LINE = "a line of a log\n";

function pack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Response(ReadableStream.from([bytes]).pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** What comes out of these pieces: its pieces, and why it ended when it failed. */
async function unpack(
  ...pieces: readonly Uint8Array[]
): Promise<{ pieces: Uint8Array[]; failure: string | null }> {
  const unpacked: Uint8Array[] = [];
  try {
    for await (const piece of gunzip(ReadableStream.from(pieces))) unpacked.push(piece.slice());
    return { pieces: unpacked, failure: null };
  } catch (error) {
    return { pieces: unpacked, failure: error instanceof Error ? error.message : String(error) };
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

const text = new TextEncoder().encode(LINE.repeat(20_000));

Deno.test("gunzip() unpacks every member of an archive, and leaves what stands behind the last one", async () => {
  const packed = await pack(text);
  for (const tail of [[], [packed], [new Uint8Array(512)]]) {
    const { pieces, failure } = await unpack(packed, ...tail);
    assert.equal(failure, null);
    assert.equal(lengthOf(pieces), text.length * (tail[0] === packed ? 2 : 1));
  }
});

Deno.test("gunzip() gives what stands before the place where the data is cut or damaged, and then says so", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const packed = await pack(noise);
  const cut = await unpack(packed.slice(0, 40_000));
  assert.equal(cut.failure, "its gzip data ends too early");
  assert.ok(lengthOf(cut.pieces) > 10_000);
  assert.equal((await unpack(packed.slice(0, 5))).failure, "its gzip data ends too early");
  const damaged = packed.slice();
  damaged.fill(0xff, damaged.length - 8);
  assert.equal((await unpack(damaged)).failure, "its gzip data is damaged");
  assert.equal(
    (await unpack(Uint8Array.of(0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9))).failure,
    "its gzip data is damaged",
  );
});

Deno.test("gunzip() never holds much of what unpacks a thousandfold", async () => {
  const bomb = await pack(new Uint8Array(20_000_000));
  assert.ok(bomb.length < 30_000);
  const { pieces, failure } = await unpack(bomb);
  assert.deepEqual([lengthOf(pieces), failure], [20_000_000, null]);
  assert.ok(Math.max(...pieces.map(({ length }) => length)) <= 2 ** 16);
});

Deno.test("gunzip() passes on why its source failed, and lets it go when nobody reads on", async () => {
  let cancelled = 0;
  const packed = await pack(text);
  const failing = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("the disk is gone")),
  });
  await assert.rejects(Array.fromAsync(gunzip(failing)), /the disk is gone/);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(packed),
    cancel: () => void cancelled++,
  });
  for await (const _ of gunzip(endless)) break;
  assert.equal(cancelled, 1);
});
