import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { PLAN } from "../fakes/gateway_world.ts";
import { Drive, makeServer } from "./drive.ts";
import { Witnessed } from "./witnessed.ts";

/** Turns of the event loop in which everything is done that nothing holds up. */
const TURNS = 200;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
}

Deno.test("a gateway has its process when its number is in the ledger, and not before", async () => {
  const written = Promise.withResolvers<void>();
  const drive = new Drive({ ledger: { append: () => written.promise } });
  drive.perform({ kind: "launch", generation: 1, plan: PLAN, isAwaited: true });
  await settle();
  assert.deepEqual(drive.world.children, []);
  written.resolve();
  await drive.inputs.nth("spawned", 1);
  assert.equal(drive.world.children.length, 1);
  drive.world.child.exit({ code: 0, signal: null });
  await drive.driver.settled();
});

Deno.test("the evidence of a death is kept behind the process that replaces it, but does not wait for a long start", async () => {
  for (const isLong of [false, true]) {
    await using server = makeServer();
    const written = Promise.withResolvers<void>();
    let records = 0;
    const append = () => ++records === 1 ? Promise.resolve() : written.promise;
    await using drive = new Witnessed({ ledger: { append } });
    await drive.ready(server);
    await drive.collect();
    await drive.inputs.first("collected");
    const recording = drive.record();
    drive.perform({ kind: "launch", generation: 2, plan: PLAN, isAwaited: true });
    await settle();
    assert.deepEqual(drive.saved, []);
    if (isLong) {
      await drive.world.clock.advance(250);
      await recording;
      assert.equal(drive.world.children.length, 1);
    }
    written.resolve();
    await drive.inputs.nth("spawned", 2);
    await recording;
    assert.equal(drive.saved.length, 1);
    drive.world.child.exit({ code: 0, signal: null });
    await drive.driver.settled();
    assert.deepEqual(drive.errors, []);
  }
});
