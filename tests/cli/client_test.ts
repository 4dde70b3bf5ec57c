import assert from "node:assert/strict";
import { findDaemon } from "../../src/cli/client.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { serve } from "../../src/runtime/http.ts";
import { ScriptedDaemon, Surroundings } from "./scripted_daemon.ts";

Deno.test("findDaemon() finds the daemon of the state folder, with the right to act", async () => {
  await using daemon = new ScriptedDaemon();
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  const client = await findDaemon(here.context());
  assert.deepEqual([client?.url, client?.trusted], [daemon.url, true]);
  assert.deepEqual(await client?.status(), daemon.status);
  for (const action of ["start", "stop", "restart", "shutdown"] as const) await client?.post(action);
  assert.deepEqual(daemon.posted.map(({ kind }) => kind), ["start", "stop", "restart", "shutdown"]);
});

Deno.test("findDaemon() finds nothing in a state folder without a daemon", async () => {
  assert.equal(await findDaemon(new Surroundings().context()), null);
});

Deno.test("findDaemon() believes no file of a daemon that was killed, and leaves its lock free", async () => {
  await using daemon = new ScriptedDaemon();
  const here = new Surroundings();
  here.files.put("/state/run/daemon.json", JSON.stringify({ api: daemon.url, token: daemon.token }));
  assert.equal(await findDaemon(here.context()), null);
  assert.ok(await here.files.tryLock("/state/lock") !== null);
});

Deno.test("findDaemon() finds the daemon at --api, without the right to act", async () => {
  await using daemon = new ScriptedDaemon();
  const client = await findDaemon(new Surroundings().context({ api: daemon.address }));
  assert.deepEqual([client?.url, client?.trusted], [daemon.url, true]);
  await assert.rejects(client?.post("shutdown") ?? Promise.resolve(), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Cannot shutdown: the daemon at http:\/\/127\.0\.0\.1:\d+ refused \(401 /);
    assert.equal(error.exitCode, EXIT.noPermission);
    return true;
  });
  assert.deepEqual(daemon.posted, []);
});

for (const answer of ["ok", '"ok"', "null", "7", "[]", '{"phase":"ready"}', ""]) {
  Deno.test(`findDaemon() takes nobody for a daemon who answers ${JSON.stringify(answer)}`, async () => {
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, () => new Response(answer));
    try {
      const here = new Surroundings();
      assert.equal(await findDaemon(here.context({ api: `127.0.0.1:${server.port}` })), null);
    } finally {
      await server.stop();
    }
  });
}

Deno.test("status() of a daemon that is gone or going is an error that says so", async () => {
  const here = new Surroundings();
  let answer: () => Response = () => Response.json({ generation: 1 });
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, () => answer());
  const client = await findDaemon(here.context({ api: `127.0.0.1:${server.port}` }));
  assert.ok(client !== null);
  const unreachable = (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Cannot reach the daemon at http:/);
    assert.equal(error.exitCode, EXIT.unavailable);
    return true;
  };
  answer = () => new Response(null, { status: 503 });
  await assert.rejects(client.status(), unreachable);
  await server.stop();
  await assert.rejects(client.status(), unreachable);
  await assert.rejects(client.post("stop"), unreachable);
});
