import assert from "node:assert/strict";
import { resolveSettings } from "../../src/config.ts";
import type { RawSettings } from "../../src/config.ts";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";
import type { MemoryBasis } from "../../src/core/memory/basis.ts";
import { SINGLE } from "../../src/core/pool/pool.ts";
import { groundOf } from "../../src/daemon/ground.ts";
import { poolPolicyOf } from "../../src/daemon/pool_policy.ts";
import type { PolicyFacts } from "../../src/daemon/pool_policy.ts";
import { MEMORY } from "../core/samples.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const EXCLUSIVE = { gateways: 1, standby: 1, recycle: "always", sharing: "exclusive" } as const;

function policyOf(flags: RawSettings = {}, facts: Partial<PolicyFacts> = {}) {
  const settings = resolveSettings([["flag", flags]]);
  return poolPolicyOf(settings, { embedded: false, pinThread: "true", basis: MEMORY.basis, ...facts });
}

function limited(bytes: number, others: Partial<MemoryBasis> = {}): { readonly basis: MemoryBasis } {
  return { basis: { ...MEMORY.basis, limit: { bytes, source: "container" }, ...others } };
}

Deno.test("poolPolicyOf() takes what was asked for", () => {
  assert.deepEqual(policyOf(), { policy: EXCLUSIVE, without: null });
  assert.deepEqual(policyOf({ gateways: "3", recycle: "dirty" }), {
    policy: { ...EXCLUSIVE, gateways: 3, recycle: "dirty" },
    without: null,
  });
  assert.deepEqual(policyOf({ standby: "0", recycle: "never" }), {
    policy: { ...EXCLUSIVE, standby: 0, recycle: "never" },
    without: null,
  });
});

Deno.test("poolPolicyOf() has one gateway for all where it is shared, however many were asked for", () => {
  const shared = { gateways: 1, standby: 1, recycle: "never", sharing: "shared" };
  assert.deepEqual(policyOf({ sharing: "shared", gateways: "3", recycle: "always" }).policy, shared);
});

Deno.test("poolPolicyOf() shares where programs cannot be told apart", () => {
  for (const pinThread of ["false", "False", "FALSE"]) {
    assert.equal(policyOf({}, { pinThread }).policy.sharing, "shared", pinThread);
  }
  for (const pinThread of ["true", "", "no"]) {
    assert.equal(policyOf({}, { pinThread }).policy.sharing, "exclusive", pinThread);
  }
});

Deno.test("poolPolicyOf() has a single gateway for one program, and without the relay", () => {
  assert.deepEqual(policyOf({ gateways: "3", standby: "1" }, { embedded: true }), {
    policy: SINGLE,
    without: null,
  });
  for (const standby of ["auto", "1"]) {
    const { policy, without } = policyOf({ gateways: "3", standby, "no-relay": true });
    assert.deepEqual(policy, SINGLE);
    assert.match(without ?? "", /without the relay/);
  }
  // Nobody misses what was ruled out.
  assert.deepEqual(policyOf({ standby: "0", "no-relay": true }), { policy: SINGLE, without: null });
});

Deno.test("poolPolicyOf() has a standby on a cluster as well: its warm-up takes no executors", () => {
  const basis: MemoryBasis = { ...MEMORY.basis, isLocal: false };
  assert.deepEqual(policyOf({}, { basis }), { policy: EXCLUSIVE, without: null });
});

Deno.test("poolPolicyOf() has no standby by itself where it would take the others' heap", () => {
  for (const facts of [limited(2 * GIB), limited(24 * GIB, { heapBytes: 20 * GIB })]) {
    const { policy, without } = policyOf({}, facts);
    assert.equal(policy.standby, 0);
    assert.match(without ?? "", /heap/);
    assert.deepEqual(
      policyOf({ standby: "1" }, facts),
      { policy: EXCLUSIVE, without: null },
      "it was asked for",
    );
    assert.deepEqual(policyOf({ standby: "0" }, facts).without, null);
  }
});

Deno.test("poolPolicyOf() judges by as many gateways as there will be, and by what one takes", () => {
  const least = (gateways: number, flags: RawSettings = {}) => {
    const wanted = { gateways: `${gateways}`, ...flags };
    const fits = (bytes: number) => policyOf(wanted, limited(bytes)).without === null;
    let bytes = GIB;
    while (!fits(bytes)) bytes += 64 * MIB;
    return bytes;
  };
  const [one, three] = [least(1), least(3)];
  assert.ok(three > one, `${three} bytes for three, ${one} for one`);
  assert.ok(least(1, { "warm-up": "/jobs/usual.py" }) - one >= 560 * MIB);
  // Programs that share one gateway need no more for having asked for three.
  const { basis } = limited(one, { gateways: 3 });
  assert.equal(policyOf({ gateways: "3" }, { basis, pinThread: "false" }).without, null);
});

Deno.test("groundOf() plans memory for the gateways that there will be", async () => {
  const machine = new ScriptedMachine();
  machine.limit = { bytes: 24 * GIB, source: "machine" };
  const groundFor = async (flags: RawSettings, embedded = false) => {
    const settings = resolveSettings([["flag", flags]]);
    const exit = { code: 1, signal: null };
    const { basis: { gateways, standbyBytes }, policy } = await groundOf(
      { settings, runtime: { machine, files: new MemoryFiles() }, embedded },
      {
        installation: { spark: { home: "/opt/spark" } },
        command: { prepare: () => Promise.resolve({ kind: "failed", exit, stderr: "" }) },
        pinThread: "true",
      },
    );
    assert.equal(policy.gateways, gateways);
    return [gateways, standbyBytes];
  };
  assert.deepEqual(await groundFor({ gateways: "3" }), [3, 640 * MIB]);
  assert.deepEqual(await groundFor({ gateways: "3", standby: "0" }), [3, 0]);
  assert.deepEqual(await groundFor({ gateways: "3", sharing: "shared" }), [1, 640 * MIB]);
  assert.deepEqual(await groundFor({ "warm-up": "/jobs/usual.py" }), [1, 1200 * MIB]);
  assert.deepEqual(await groundFor({ gateways: "3" }, true), [1, 0]);
  assert.deepEqual(await groundFor({ gateways: "3", "no-relay": true }), [1, 0]);
  machine.limit = { bytes: GIB, source: "machine" };
  assert.deepEqual(await groundFor({}), [1, 0]);
});
