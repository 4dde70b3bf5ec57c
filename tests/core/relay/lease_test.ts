import assert from "node:assert/strict";
import fc from "fast-check";
import { admit, type Front } from "../../../src/core/relay/admission.ts";
import { bind, end, generationOf, ISSUED, lose, lossOf } from "../../../src/core/relay/lease.ts";
import type { LeaseState, Loss } from "../../../src/core/relay/lease.ts";

const loss: Loss = { generation: 1, sentence: "it fell", atMs: 7 };
const READY: Front = { kind: "ready", generation: 2 };
const BUSY: Front = { kind: "busy" };
const COMING: Front = { kind: "coming" };
const HOPELESS: Front = { kind: "hopeless", sentence: "never again" };
const bound: LeaseState = { kind: "bound", generation: 1 };

type Step = (lease: LeaseState) => LeaseState;
const generation = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  generation.map((each): Step => (lease) => bind(lease, each)),
  generation.map((each): Step => (lease) => lose(lease, { ...loss, generation: each })),
  fc.constant<Step>(end),
);

Deno.test("a lease goes from issued to bound to lost to ended, and keeps its first gateway and its loss", () => {
  assert.deepEqual(bind(ISSUED, 1), bound);
  assert.deepEqual(bind(bound, 2), bound);
  const lost = lose(bound, loss);
  assert.deepEqual(lost, { kind: "lost", loss });
  assert.deepEqual(bind(lost, 2), lost);
  assert.deepEqual(lose(lost, { ...loss, sentence: "again" }), lost);
  assert.deepEqual(end(lost), { kind: "ended", generation: 1, loss });
  assert.deepEqual(end(bound), { kind: "ended", generation: 1, loss: null });
  assert.deepEqual(end(ISSUED), { kind: "ended", generation: null, loss: null });
});

Deno.test("a lease does not lose another's gateway, nor one it never met", () => {
  assert.equal(lose(bound, { ...loss, generation: 2 }), bound);
  assert.equal(lose(ISSUED, loss), ISSUED);
});

Deno.test("whatever happens to a lease, it never changes its gateway, forgets a loss, or comes back", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    let lease: LeaseState = ISSUED;
    for (const each of steps) {
      const next: LeaseState = each(lease);
      if (generationOf(lease) !== null) assert.equal(generationOf(next), generationOf(lease));
      if (lossOf(lease) !== null) assert.deepEqual(lossOf(next), lossOf(lease));
      if (lease.kind === "ended") assert.equal(next, lease);
      if (lease.kind === "lost") assert.notEqual(next.kind, "bound");
      lease = next;
    }
  }));
});

Deno.test("admit() decides for every lease and every gateway", () => {
  const lost = lose(bound, loss);
  const told = (sentence: string) => ({ kind: "tombstone", sentence });
  for (
    const [lease, front, expected] of [
      [null, READY, { kind: "refuse" }],
      [null, HOPELESS, { kind: "refuse" }],
      [end(bound), READY, { kind: "refuse" }],
      [ISSUED, READY, { kind: "dial", generation: 2 }],
      [ISSUED, BUSY, { kind: "hold" }],
      [ISSUED, COMING, { kind: "hold" }],
      [ISSUED, HOPELESS, told("never again")],
      [bound, READY, { kind: "dial", generation: 1 }],
      [bound, COMING, { kind: "dial", generation: 1 }],
      [bound, HOPELESS, { kind: "dial", generation: 1 }],
      [lost, READY, told("it fell")],
      [lost, COMING, told("it fell")],
      [lost, HOPELESS, told("it fell")],
    ] as const
  ) assert.deepEqual(admit(lease, front), expected, `${lease?.kind} ${front.kind}`);
});

Deno.test("admit() never sends a program to another gateway than its own", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 10 }), generation, (steps, front) => {
    const lease = steps.reduce((each, next) => next(each), ISSUED);
    const admission = admit(lease, { kind: "ready", generation: front });
    if (admission.kind !== "dial") return;
    assert.equal(admission.generation, generationOf(lease) ?? front);
    assert.equal(lossOf(lease), null);
  }));
});
