import assert from "node:assert/strict";
import fc from "fast-check";
import { hasDeparted, type Holder, holderState, quietLooks } from "../../../src/core/relay/departure.ts";

const HOLDER: Holder = { pid: 7, startTicks: 9000 };
/** 15 minutes at a look every 2 s, and the first one. */
const UNKNOWN_LOOKS = 451;

/** How many looks in a row were quiet when the program was found gone; `null` when it never was. */
function departure(connections: readonly number[], holder: Parameters<typeof hasDeparted>[1]): number | null {
  let quiet = 0;
  for (const each of connections) {
    quiet = quietLooks(quiet, each);
    if (hasDeparted(quiet, holder)) return quiet;
  }
  return null;
}

Deno.test("holderState() tells a process from one that has its pid, and from what is left of it", () => {
  for (
    const [name, holder, vitals, expected] of [
      ["sleeps", HOLDER, { state: "S", startTicks: 9000 }, "alive"],
      ["stopped", HOLDER, { state: "T", startTicks: 9000 }, "alive"],
      ["waits for a disk", HOLDER, { state: "D", startTicks: 9000 }, "alive"],
      ["a zombie", HOLDER, { state: "Z", startTicks: 9000 }, "gone"],
      ["dead", HOLDER, { state: "X", startTicks: 9000 }, "gone"],
      ["nothing", HOLDER, null, "gone"],
      ["its successor", HOLDER, { state: "S", startTicks: 9001 }, "gone"],
      ["an earlier one", HOLDER, { state: "S", startTicks: 8999 }, "gone"],
      ["anybody", null, { state: "S", startTicks: 9000 }, "unknown"],
      ["nobody", null, null, "unknown"],
    ] as const
  ) assert.equal(holderState(holder, vitals), expected, name);
});

Deno.test("a program is gone when its process is, and no connection was seen twice", () => {
  assert.equal(departure([0], "gone"), null);
  assert.equal(departure([0, 0], "gone"), 2);
  assert.equal(departure([0, 1, 0], "gone"), null);
  assert.equal(departure([3, 0, 0], "gone"), 2);
});

Deno.test("a program whose process nobody knows is gone after a quarter of an hour without connections", () => {
  const quiet = Array<number>(UNKNOWN_LOOKS).fill(0);
  assert.equal(departure(quiet, "unknown"), UNKNOWN_LOOKS);
  assert.equal(departure(quiet.slice(1), "unknown"), null);
  assert.equal(departure(quiet.with(1, 1), "unknown"), null);
});

const seen = fc.array(fc.nat({ max: 3 }), { maxLength: 40 });

Deno.test("a program that lives is never gone, however long it is quiet", () => {
  fc.assert(fc.property(fc.nat(), (quiet) => !hasDeparted(quiet, "alive")));
});

Deno.test("a program with a connection is never gone, whatever is known of its process", () => {
  fc.assert(fc.property(
    seen,
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom("alive" as const, "gone" as const, "unknown" as const),
    (before, connections, holder) => {
      const quiet = [...before, connections].reduce(quietLooks, 0);
      assert.equal(quiet, 0);
      assert.equal(hasDeparted(quiet, holder), false);
    },
  ));
});

Deno.test("who is gone stays gone while it is quiet, and one unknown is not gone before one that is seen so", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 1000 }),
      fc.constantFrom("gone" as const, "unknown" as const),
      (quiet, holder) => {
        if (hasDeparted(quiet, holder)) assert.ok(hasDeparted(quietLooks(quiet, 0), holder));
        if (hasDeparted(quiet, "unknown")) assert.ok(hasDeparted(quiet, "gone"));
      },
    ),
  );
});
