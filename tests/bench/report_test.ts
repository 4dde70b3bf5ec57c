import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { duration } from "../../bench/figures.ts";
import { type Cell, standingOf, tableOf } from "../../bench/report.ts";

const FIGURE = { what: "kill → usable", show: duration, never: "never" };

function measured(...readings: readonly (number | null)[]): Cell {
  return { kind: "measured", readings, failures: [] };
}

function standing(cells: Readonly<Record<string, Cell>>) {
  return standingOf(new Map(Object.entries(cells)), "own");
}

Deno.test("the median decides, beside the best of the others", () => {
  deepStrictEqual(
    standing({ own: measured(90, 100, 900), slow: measured(5_000), fast: measured(400, 200, 100) }),
    { kind: "ahead", rival: "fast", factor: 2 },
  );
  deepStrictEqual(standing({ own: measured(300), fast: measured(100), slow: measured(900) }), {
    ...{ kind: "behind", rival: "fast", factor: 3 },
  });
});

Deno.test("what differs by less than a tenth is level", () => {
  strictEqual(standing({ own: measured(109), other: measured(100) })?.kind, "level");
  strictEqual(standing({ own: measured(111), other: measured(100) })?.kind, "behind");
  strictEqual(standing({ own: measured(100), other: measured(111) })?.kind, "ahead");
});

Deno.test("what never came is behind whatever came, and level with its like", () => {
  deepStrictEqual(standing({ own: measured(50), other: measured(null) }), {
    ...{ kind: "ahead", rival: "other", factor: Infinity },
  });
  strictEqual(standing({ own: measured(null), other: measured(50) })?.kind, "behind");
  strictEqual(standing({ own: measured(null), other: measured(null) })?.kind, "level");
  // More often than not.
  strictEqual(standing({ own: measured(null, 1, null), other: measured(50) })?.kind, "behind");
});

Deno.test("nothing at all is ahead of something, without a factor", () => {
  deepStrictEqual(standing({ own: measured(0.2), other: measured(0) }), {
    ...{ kind: "behind", rival: "other", factor: Infinity },
  });
  strictEqual(standing({ own: measured(0), other: measured(0) })?.kind, "level");
});

Deno.test("who is not here is compared with nobody", () => {
  const absent: Cell = { kind: "absent", reason: "not here" };
  strictEqual(standing({ own: measured(1), other: absent }), null);
  strictEqual(standing({ own: absent, other: measured(1) }), null);
  strictEqual(standing({ own: measured(1), gone: absent, other: measured(2) })?.rival, "other");
});

Deno.test("the table shows median and spread, what never came, who is not here, and how it stands", () => {
  const rows: readonly Readonly<Record<string, Cell>>[] = [
    {
      own: measured(1_200, 1_000, 1_100),
      loop: measured(null),
      runit: { kind: "absent", reason: "not here: x" },
    },
    { own: measured(60), loop: measured(null, 3, 4), runit: measured(2) },
    { own: measured(1), loop: measured(null, null, 4), runit: measured(null) },
  ];
  const lines = rows.map((cells) => ({ figure: FIGURE, cells: new Map(Object.entries(cells)) }));
  const table = tableOf(lines, ["own", "loop", "runit"]).split("\n");
  strictEqual(table[0], "| less is better | own | loop | runit | own is |");
  strictEqual(
    table[2],
    "| kill → usable | 1.10 s (1.00 s to 1.20 s) | never | not here: x | ahead of all |",
  );
  match(table[3] ?? "", /\| 4 ms \(3 ms to 4 ms, 1 of 3: never\) \| 2 ms \| \*\*behind\*\* runit: 30x \|$/);
  match(table[4] ?? "", /\| never \(1 of 3: 4 ms\) \|/);
});
