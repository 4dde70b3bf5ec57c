import assert from "node:assert/strict";
import { join } from "@std/path";
import { incidentRoutes } from "../../src/api/incidents.ts";
import { IncidentShelf } from "../../src/incident/shelf.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { files } from "../../src/runtime/files.ts";
import { serve } from "../../src/runtime/http.ts";
import { unpack } from "../incident/archive.ts";
import { AT, found, incident } from "../incident/samples.ts";
import { apiOf, TOKEN } from "./asking.ts";

const TEXT = "line one\npassword=hunter2hunter2\nline three\n";
const SECRET = "known-by-its-value";

/** Two incidents on a real disk, behind a real listener. */
async function kept() {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const folder = join(root, "incidents");
  const store = new IncidentStore(folder, files);
  const older = await store.save(incident(1), [found("stderr.txt", TEXT)], AT);
  const later = new Date(AT.getTime() + 60_000);
  const newer = await store.save(
    incident(2, "unknown"),
    [
      found("stdout.txt", TEXT),
      found("gc.log", ""),
      found("big.bin", Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)),
      { name: "heap.hprof", status: "missing", reason: "none was asked for", content: null },
    ],
    later,
    { note: SECRET },
  );
  const shelf = new IncidentShelf({ store, files, secrets: [SECRET], version: "9.9.9" });
  const api = apiOf(incidentRoutes(shelf));
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, (request, arrival) => api(request, arrival));
  const ask = (
    path: string,
    { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {},
  ) =>
    fetch(`http://127.0.0.1:${server.port}/v1/incidents${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
  const dispose = async () => {
    await server.stop();
    await Deno.remove(root, { recursive: true });
  };
  return { folder, store, older, newer, ask, [Symbol.asyncDispose]: dispose };
}

Deno.test("/v1/incidents tells everybody the verdicts, and its user alone what is in one", async () => {
  await using place = await kept();
  const { ask, older, newer } = place;
  const anybody = { headers: { authorization: "" } };
  const { incidents } = await (await ask("", anybody)).json();
  assert.deepEqual(incidents.map(({ id }: { id: string }) => id), [newer, older]);
  const { artifacts, ...rest } = incidents[1];
  assert.deepEqual(rest, {
    ...{ id: older, at: AT.toISOString(), generation: 1, class: "heap-oom", confidence: "certain" },
    ...{
      summary: "It ran out of heap.",
      change: incident(1).change,
      decision: { kind: "restart", reason: "start again in 0.1 s" },
    },
    damaged: null,
  });
  assert.deepEqual(artifacts, [{ name: "stderr.txt", status: "saved", bytes: TEXT.length, reason: null }]);
  for (const path of [`/${newer}`, "/last", `/${newer}/bundle`, `/${newer}/artifacts/stdout.txt`]) {
    const refused = await ask(path, anybody);
    assert.deepEqual([refused.status, (await refused.text()).includes("hunter2")], [401, false], path);
  }
  const refused = await ask(`/${newer}`, { method: "DELETE", ...anybody });
  assert.equal(refused.status, 401);
  await refused.body?.cancel();
  assert.equal((await (await ask("")).json()).incidents.length, 2);
});

Deno.test("/v1/incidents/{id} is the manifest without its secrets, of the newest by the name last", async () => {
  await using place = await kept();
  const { ask, newer } = place;
  const named = await (await ask(`/${newer}`)).json();
  assert.deepEqual([named.id, named.facts], [newer, { note: "<redacted>" }]);
  assert.deepEqual(await (await ask("/last")).json(), named);
  for (
    const path of ["/no-such", "/20260101T000000Z-g1-unknown", "/..%2f..%2fetc", "/%2e%2e", `/${newer}%00`]
  ) {
    const response = await ask(path);
    assert.ok([400, 404].includes(response.status), `${path}: ${response.status}`);
    await response.body?.cancel();
  }
});

Deno.test("an artifact comes as it was kept, to be saved and never to be shown as a page", async () => {
  await using place = await kept();
  const response = await place.ask(`/${place.newer}/artifacts/stdout.txt`);
  assert.equal(await response.text(), TEXT);
  const { headers } = response;
  assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(headers.get("content-disposition"), 'attachment; filename="stdout.txt"');
  assert.equal(headers.get("content-security-policy"), "default-src 'none'; sandbox");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("content-length"), String(TEXT.length));
  const head = await place.ask(`/last/artifacts/stdout.txt`, { method: "HEAD" });
  assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [
    200,
    String(TEXT.length),
    "",
  ]);
  const manifest = await place.ask(`/last/artifacts/manifest.json`);
  assert.equal((await manifest.json()).id, place.newer);
  assert.equal(manifest.headers.get("content-type"), "application/json");
  const empty = await place.ask(`/last/artifacts/gc.log`);
  assert.deepEqual([empty.status, empty.headers.get("content-length"), await empty.text()], [200, "0", ""]);
  const binary = await place.ask(`/last/artifacts/big.bin`);
  assert.equal(binary.headers.get("content-type"), "application/octet-stream");
  assert.equal((await binary.arrayBuffer()).byteLength, 300_000);
});

Deno.test("an artifact comes in part, and again only when it has changed", async () => {
  await using place = await kept();
  const path = `/${place.newer}/artifacts/big.bin`;
  const whole = await place.ask(path);
  const bytes = new Uint8Array(await whole.arrayBuffer());
  const etag = whole.headers.get("etag") ?? "";
  const modified = whole.headers.get("last-modified") ?? "";
  assert.match(etag, /^"[0-9a-f-]+"$/);
  const part = async (headers: Record<string, string>) => {
    const response = await place.ask(path, { headers });
    const got = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, range: response.headers.get("content-range"), got };
  };
  assert.deepEqual(await part({ range: "bytes=100000-199999" }), {
    ...{ status: 206, range: "bytes 100000-199999/300000", got: bytes.slice(100_000, 200_000) },
  });
  assert.deepEqual((await part({ range: "bytes=-5" })).got, bytes.slice(-5));
  const beyond = await part({ range: "bytes=300000-" });
  assert.deepEqual([beyond.status, beyond.range], [416, "bytes */300000"]);
  for (const same of [etag, modified]) {
    assert.equal((await part({ range: "bytes=0-0", "if-range": same })).status, 206);
  }
  assert.equal((await part({ range: "bytes=0-0", "if-range": '"another"' })).status, 200);
  assert.equal((await part({ range: "bytes=0-1,3-4" })).status, 200);
  for (const known of [etag, `"other", W/${etag}`, "*"]) {
    assert.equal((await part({ "if-none-match": known })).status, 304);
  }
});

Deno.test("an artifact is a file of its incident, whatever its name or a link says", async () => {
  await using place = await kept();
  const { ask, folder, newer, older } = place;
  await Deno.writeTextFile(join(folder, "../outside.txt"), "outside");
  await Deno.remove(join(folder, older, "stderr.txt"));
  await Deno.symlink(join(folder, "../outside.txt"), join(folder, older, "stderr.txt"));
  await Deno.symlink(join(folder, newer), join(folder, "20270101T000000Z-g9-unknown"));
  for (
    const path of [
      ...[`/${older}/artifacts/stderr.txt`, "/20270101T000000Z-g9-unknown/artifacts/stdout.txt"],
      ...[`/${newer}/artifacts/heap.hprof`, `/${newer}/artifacts/none.txt`, `/${newer}/artifacts/.`],
      ...[`/${newer}/artifacts/..%2f..%2foutside.txt`, `/${newer}/artifacts/%2e%2e%2fmanifest.json`],
      ...[`/${newer}/artifacts/stdout.txt%00`, `/${newer}/artifacts/stdout.txt%0d%0aX:1`, "/x/artifacts/y"],
    ]
  ) {
    const response = await ask(path);
    assert.ok([400, 404].includes(response.status), `${path}: ${response.status}`);
    assert.doesNotMatch(await response.text(), /outside$|line one/);
  }
});

Deno.test("a bundle is the archive for a bug report, without secrets", async () => {
  await using place = await kept();
  const response = await place.ask("/last/bundle");
  const { headers } = response;
  assert.equal(headers.get("content-disposition"), `attachment; filename="rekindle-${place.newer}.tar.gz"`);
  assert.equal(headers.get("content-type"), "application/gzip");
  const entries = new Map(await unpack(new Uint8Array(await response.arrayBuffer())));
  const text = new TextDecoder().decode(entries.get(`${place.newer}/stdout.txt`));
  assert.equal(text, TEXT.replace("hunter2hunter2", "<redacted>"));
  const missing = await place.ask("/20260101T000000Z-g1-unknown/bundle");
  assert.equal(missing.status, 404);
  await missing.body?.cancel();
});

Deno.test("an incident is removed by its whole name, once", async () => {
  await using place = await kept();
  const remove = async (id: string) => {
    const response = await place.ask(`/${id}`, { method: "DELETE" });
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual([await remove("last"), await remove(place.newer), await remove(place.newer)], [
    404,
    204,
    404,
  ]);
  assert.deepEqual((await place.store.list()).map(({ id }) => id), [place.older]);
});

Deno.test("a reader that leaves in the middle of an artifact leaves no file open", async () => {
  await using place = await kept();
  const response = await place.ask("/last/artifacts/big.bin");
  // The sanitizer of resources sees what is left open.
  await response.body?.cancel();
  assert.equal(response.status, 200);
});
