import assert from "node:assert/strict";
import { join } from "@std/path";
import { resolveSettings } from "../../src/config.ts";
import type { RawSettings } from "../../src/config.ts";
import { EXIT, UserError, UserErrors } from "../../src/errors.ts";
import { openListeners, refuseExposure } from "../../src/daemon/listeners.ts";
import type { ListenOptions } from "../../src/daemon/listeners.ts";
import { ask } from "../../src/runtime/http_client.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { Surroundings } from "../cli/scripted_daemon.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

/** What listening in a fresh folder takes. */
async function withFolder(test: (options: ListenOptions, socket: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  const here = new Surroundings();
  try {
    await test({
      settings: resolveSettings([["flag", { api: "127.0.0.1:0" }]]),
      folders: { state: folder, runtime: folder, logs: folder, temp: folder },
      files,
      unixDialer: dialer,
      log: here.context().log,
      embedded: false,
      handler: (_, { entrance }) => new Response(entrance),
    }, join(folder, "api.sock"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const text = (response: Response) => response.text();

Deno.test("openListeners() opens an address and a socket, and tells whoever answers which it was", () =>
  withFolder(async (options, socket) => {
    const listeners = await openListeners(options);
    assert.equal(listeners.socket, socket);
    assert.equal(await ask(listeners.apiUrl ?? "", { socket: null }, text), "tcp");
    assert.equal(await ask("http://localhost/", { socket }, text), "socket");
    await listeners.stop();
    assert.equal(await files.stat(socket), null);
  }));

Deno.test("openListeners() takes the place of a socket that a killed daemon has left", () =>
  withFolder(async (options, socket) => {
    const left = Deno.listen({ transport: "unix", path: `${socket}.old` });
    await Deno.link(`${socket}.old`, socket);
    left.close();
    const listeners = await openListeners(options);
    assert.equal(await ask("http://localhost/", { socket }, text), "socket");
    await listeners.stop();
  }));

Deno.test("openListeners() leaves a socket alone at which somebody answers, and lets the address go again", () =>
  withFolder(async (options, socket) => {
    const first = await openListeners(options);
    const port = Number(new URL(first.apiUrl ?? "").port) + 1;
    const again = { ...options, settings: resolveSettings([["flag", { api: `127.0.0.1:${port}` }]]) };
    await assert.rejects(openListeners(again), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /another daemon answers there/);
      return true;
    });
    assert.equal(await ask("http://localhost/", { socket }, text), "socket");
    await first.stop();
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  }));

Deno.test("openListeners() does without a socket in a folder whose path is too long for one, or for an exec", () =>
  withFolder(async (options) => {
    const runtime = join(options.folders.runtime, "a".repeat(120));
    await Deno.mkdir(runtime);
    for (const less of [{ folders: { ...options.folders, runtime } }, { embedded: true }]) {
      const listeners = await openListeners({ ...options, ...less });
      assert.equal(listeners.socket, null);
      assert.equal(await ask(listeners.apiUrl ?? "", { socket: null }, text), "tcp");
      await listeners.stop();
    }
  }));

/** The exit codes and texts of the refusals. */
async function refusals(settings: RawSettings, credential: boolean): Promise<readonly string[]> {
  const env = { CREDENTIALS_DIRECTORY: "/credentials" };
  const there = new MemoryFiles(credential ? { "/credentials/api-token": "x" } : {});
  try {
    await refuseExposure(resolveSettings([["flag", settings]]), { env, files: there });
    return [];
  } catch (error) {
    assert.ok(error instanceof UserErrors);
    assert.ok(error.errors.every(({ exitCode }) => exitCode === EXIT.config));
    return error.errors.map(({ message }) => message);
  }
}

Deno.test("refuseExposure() lets loopback be without a token, and everything with one and known names", async () => {
  for (const api of ["7433", "127.9.9.9:1", "[::1]:1"]) assert.deepEqual(await refusals({ api }, false), []);
  assert.deepEqual(await refusals({ "api": "0.0.0.0:1", "trusted-hosts": "a.example" }, true), []);
});

Deno.test("refuseExposure() names all that is missing at once", async () => {
  const of = async (settings: RawSettings, credential: boolean) =>
    (await refusals(settings, credential)).map((message) => message.split(": ").at(-1));
  const [token, names] = [
    "there is no token that they could show",
    "it is not known by which names they ask for it",
  ];
  assert.deepEqual(await of({ api: "0.0.0.0:1" }, false), [token, names]);
  assert.deepEqual(await of({ api: "[::]:1" }, true), [names]);
  assert.deepEqual(await of({ "api": "10.0.0.5:1", "trusted-hosts": "10.0.0.5" }, false), [token]);
});
