import assert from "node:assert/strict";
import { sizesOf } from "../../src/core/memory/record.ts";
import { readMemoryFacts } from "../../src/incident/memory_witness.ts";
import { LOOK } from "../core/samples.ts";
import { PLAN } from "../fakes/gateway_world.ts";
import { makeServer } from "./drive.ts";
import { Witnessed } from "./witnessed.ts";

Deno.test("an incident has the sizes that its gateway had, and what it was seen to use", async () => {
  await using server = makeServer();
  await using drive = new Witnessed({ readGc: () => Promise.resolve(LOOK.gc) });
  await drive.ready(server);
  await drive.inputs.first("looked");
  await drive.collect();
  await drive.inputs.first("collected");
  await drive.record();
  await drive.driver.settled();
  const { facts } = JSON.parse(drive.text("manifest.json") ?? "");
  const { sizes, wasReady, use } = readMemoryFacts(facts);
  assert.deepEqual([sizes, wasReady], [sizesOf(PLAN), true]);
  assert.deepEqual([use?.generation, use?.oldBytes], [1, LOOK.gc?.oldUsedBytes]);
  const launched = drive.ledger.filter(({ kind }) => kind === "launched");
  assert.deepEqual(launched.map((record) => "sizes" in record && record.sizes), [sizesOf(PLAN)]);
});
