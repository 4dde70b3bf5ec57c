import assert from "node:assert/strict";
import fc from "fast-check";
import { BUDGET, KEPT_DUMPS, superfluous, superfluousDumps } from "../../src/incident/retention.ts";
import type { Budget, KeptIncident } from "../../src/incident/retention.ts";

const NOW_MS = 1_000_000;
const ROOMY: Budget = { bytes: 1_000, count: 100, ageMs: NOW_MS };

/** Incidents of these classes, a letter each, of one byte each, oldest first and a second apart. */
function row(classes: string, bytes = 1): readonly KeptIncident[] {
  return [...classes].map((cause, at) => ({
    id: `${at}${cause}`,
    class: cause,
    atMs: NOW_MS - (classes.length - at) * 1_000,
    bytes,
  }));
}

function goes(classes: string, budget: Partial<Budget>): string {
  return superfluous(row(classes), NOW_MS, { ...ROOMY, ...budget }).join(" ");
}

/** Any incidents, and any budget. */
const SITUATION = fc.record({
  kept: fc.array(
    fc.record({ class: fc.constantFrom("a", "b", "c"), ageMs: fc.nat(100), bytes: fc.nat(100) }),
    { maxLength: 30 },
  ).map((each): readonly KeptIncident[] =>
    each.toSorted((one, other) => other.ageMs - one.ageMs)
      .map(({ ageMs, ...rest }, at) => ({ id: String(at), ...rest, atMs: NOW_MS - ageMs }))
  ),
  budget: fc.record({ bytes: fc.nat(1_000), count: fc.nat(20), ageMs: fc.nat(120) }),
});

function isOver(kept: readonly KeptIncident[], budget: Budget): boolean {
  return kept.length > budget.count || kept.reduce((sum, { bytes }) => sum + bytes, 0) > budget.bytes;
}

Deno.test("superfluous() takes the oldest beyond the number", () => {
  assert.equal(goes("abcdef", { count: 4 }), "0a 1b");
  assert.equal(goes("abcdef", { count: 6 }), "");
  assert.equal(goes("", { count: 0 }), "");
});

Deno.test("superfluous() takes the oldest beyond the size", () => {
  assert.equal(goes("abcdef", { bytes: 3 }), "0a 1b 2c");
  assert.equal(goes("abcdef", { bytes: 0 }), "0a 1b 2c 3d 4e");
});

Deno.test("superfluous() takes what is too old, whatever else there is room for", () => {
  assert.equal(goes("aaaa", { ageMs: 2_000 }), "0a 1a");
  assert.equal(goes("a", { ageMs: 0 }), "");
});

Deno.test("superfluous() spares the beginning and the end of a streak while anything else can go", () => {
  assert.equal(goes("aaaaa", { count: 3 }), "1a 2a");
  assert.equal(goes("xaaaay", { count: 4 }), "2a 3a");
  assert.equal(goes("xaaaay", { count: 3 }), "2a 3a 0x");
  assert.equal(goes("aaabbb", { count: 4 }), "1a 4b");
  // What repeats by turns is no streak.
  assert.equal(goes("abababab", { count: 6 }), "0a 1b");
});

Deno.test("superfluous() keeps to 256 MiB, fifty incidents and thirty days", () => {
  assert.deepEqual(BUDGET, { bytes: 268_435_456, count: 50, ageMs: 2_592_000_000 });
  assert.equal(superfluous(row("ab".repeat(26)), NOW_MS).length, 2);
  assert.equal(superfluous(row("ababa", 2 ** 26), NOW_MS).length, 1);
});

Deno.test("superfluous() never takes the newest, and leaves the rest within the budget", () => {
  fc.assert(fc.property(SITUATION, ({ kept, budget }) => {
    const gone = new Set(superfluous(kept, NOW_MS, budget));
    const rest = kept.filter(({ id }) => !gone.has(id));
    assert.ok(kept.length === 0 || rest.at(-1) === kept.at(-1));
    if (isOver(rest, budget)) assert.equal(rest.length, 1);
    for (const each of rest.slice(0, -1)) assert.ok(NOW_MS - each.atMs <= budget.ageMs);
  }));
});

Deno.test("superfluous() takes no more than it must", () => {
  fc.assert(fc.property(SITUATION, ({ kept, budget }) => {
    const gone = superfluous(kept, NOW_MS, budget);
    const last = kept.find(({ id }) => id === gone.at(-1));
    if (last === undefined || NOW_MS - last.atMs > budget.ageMs) return;
    const withLast = kept.filter(({ id }) => !gone.includes(id) || id === last.id);
    assert.ok(isOver(withLast, budget));
  }));
});

Deno.test("superfluous() takes no end of a streak while something within one is left", () => {
  fc.assert(fc.property(SITUATION, ({ kept, budget }) => {
    const gone = new Set(superfluous(kept, NOW_MS, budget));
    const young = kept.filter((each, at) => at === kept.length - 1 || NOW_MS - each.atMs <= budget.ageMs);
    const isWithin = (at: number) =>
      young[at - 1]?.class === young[at]?.class && young[at + 1]?.class === young[at]?.class;
    const taken = young.map(({ id }, at) => ({ at, gone: gone.has(id), within: isWithin(at) }));
    if (taken.some((each) => each.gone && !each.within)) {
      assert.ok(taken.every((each) => each.gone || !each.within));
    }
    // Among those of one kind, an older one goes before a younger one.
    for (const within of [true, false]) {
      const fates = taken.filter((each) => each.within === within).map((each) => each.gone);
      assert.ok(fates.lastIndexOf(true) < 0 || fates.slice(0, fates.lastIndexOf(true)).every(Boolean));
    }
  }));
});

Deno.test("superfluousDumps() keeps the three newest heap dumps", () => {
  assert.equal(KEPT_DUMPS, 3);
  assert.deepEqual(superfluousDumps(["a", "b", "c"]), []);
  assert.deepEqual(superfluousDumps(["a", "b", "c", "d", "e"]), ["a", "b"]);
});
