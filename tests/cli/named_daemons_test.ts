import assert from "node:assert/strict";
import { nobodyRuns } from "../../src/cli/named_daemons.ts";
import { Surroundings } from "./scripted_daemon.ts";

Deno.test("nobodyRuns() names the daemons that run, this user's and services, and none that has ended", async () => {
  const here = new Surroundings();
  const said = async (settings: Record<string, string> = {}) => await nobodyRuns(here.context(settings));
  for (const name of ["ml", "etl", "old"]) here.files.put(`/home/me/.local/state/rekindle/${name}/lock`, "");
  here.files.put("/home/me/.local/state/rekindle/log/gateway.log", "");
  assert.equal(await said(), 'No daemon is running. Start one with "rekindle run".\n');

  for (const name of ["ml", "etl"]) await here.files.tryLock(`/home/me/.local/state/rekindle/${name}/lock`);
  here.files.put("/run/rekindle/web/daemon.json", "{}");
  assert.equal(await said(), "No daemon without a name is running. With --name you find: etl, ml, web.\n");
  assert.equal(
    await said({ name: "old" }),
    "No daemon of the name old is running. With --name you find: etl, ml, web.\n",
  );
  assert.match(await said({ "state-dir": "/state" }), /^No daemon is running\. Start/);
  // A look takes no lock from anybody.
  assert.notEqual(await here.files.tryLock("/home/me/.local/state/rekindle/old/lock"), null);
});
