import assert from "node:assert/strict";
import { logs, readLogsRequest } from "../../src/cli/logs.ts";
import { EXIT } from "../../src/errors.ts";
import { Surroundings } from "./scripted_daemon.ts";

const ALL = { output: null, lines: 100, follow: false, json: false };

Deno.test("logs() shows both outputs without secrets and without what commands a terminal", async () => {
  const here = new Surroundings();
  here.files.put("/state/log/gateway.stdout.log", "out\n");
  here.files.put("/state/log/gateway.stderr.log", "\tat Job.run\u001b[2J\npassword=hunter2hunter2\n");
  assert.equal(await logs(here.context(), ALL), EXIT.ok);
  assert.equal(
    here.printed.join(""),
    "==> stdout <==\nout\n\n==> stderr <==\n\tat Job.run [2J\npassword=<redacted>\n",
  );
});

Deno.test("logs({json}) gives each line as an object, of which jq and a terminal take no harm", async () => {
  const here = new Surroundings();
  here.files.put("/state/log/gateway.stdout.log", "one\n\n");
  here.files.put("/state/log/gateway.stderr.log", 'say "\u009b2J"\npassword=hunter2hunter2\n');
  assert.equal(await logs(here.context(), { ...ALL, json: true }), EXIT.ok);
  const lines = here.printed.join("").trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [
    { stream: "stdout", text: "one" },
    { stream: "stdout", text: "" },
    { stream: "stderr", text: 'say "\u009b2J"' },
    { stream: "stderr", text: "password=<redacted>" },
  ]);
  assert.ok(!here.printed.join("").includes("\u009b"));
});

Deno.test("logs() follows until it is stopped, also where nothing was written yet", async () => {
  const here = new Surroundings();
  const stop = new AbortController();
  const following = logs(here.context(), { ...ALL, output: "stderr", follow: true }, stop.signal);
  await here.clock.sleeping();
  here.files.put("/state/log/gateway.stderr.log", "hello\n");
  await here.clock.advance(250);
  await here.clock.sleeping();
  stop.abort();
  assert.equal(await following, EXIT.ok);
  assert.deepEqual(here.printed, ["hello\n"]);
});

Deno.test("logs() says where it has looked when nothing was ever written", async () => {
  await assert.rejects(logs(new Surroundings().context(), ALL), (error) => {
    assert.match(String(error), /Cannot show what a gateway wrote: there is nothing in \/state\/log$/);
    return true;
  });
});

Deno.test("readLogsRequest() reads the flags, and refuses what makes no sense", () => {
  assert.deepEqual(readLogsRequest({ own: {} }), ALL);
  const own = { lines: "0", follow: true, stream: "stderr", json: true };
  assert.deepEqual(readLogsRequest({ own }), { output: "stderr", lines: 0, follow: true, json: true });
  assert.throws(() => readLogsRequest({ own: { stream: "sterr" } }), /neither stdout nor stderr/);
  assert.throws(() => readLogsRequest({ own: { lines: "many" } }), /it is no whole number from 0/);
});
