import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { linesOf, readDrillRequest } from "../../src/cli/drill.ts";
import { WIDTH } from "../../src/cli/columns.ts";
import { whatOf } from "../../src/drill/drills.ts";
import type { DrillOutcome } from "../../src/drill/fault.ts";
import { DRILL_NAMES } from "../../src/drill/names.ts";
import { UserErrors } from "../../src/errors.ts";

const asked = (operands: readonly string[], own = {}) => readDrillRequest({ operands, own, settings: {} });

Deno.test("readDrillRequest: takes names as they come, and all of them with --all", () => {
  deepStrictEqual(asked(["heap", "kill"]).names, ["heap", "kill"]);
  deepStrictEqual(asked([], { all: true, json: true }), { names: DRILL_NAMES, json: true, flags: {} });
  deepStrictEqual(asked([]).names, []);
});

Deno.test("readDrillRequest: names every word that is no drill, with the nearest one", () => {
  throws(() => asked(["heep", "kill", "zzz"]), (error: UserErrors) => {
    strictEqual(error.errors.length, 2);
    match(error.errors[0]?.hint ?? "", /Did you mean "heap"\?/);
    strictEqual(error.exitCode, 64);
    return true;
  });
});

Deno.test("every drill says what it does", () => {
  for (const name of DRILL_NAMES) match(whatOf(name), /^\S.*[^.]$/);
});

Deno.test("linesOf: says what was found, how it was named and how it healed, and leaves out what is not known", () => {
  const outcome: DrillOutcome = {
    ...{
      name: "heap",
      what: "the heap is full",
      result: "passed",
      foundMs: 40,
      namedMs: 310,
      healedMs: 12_345,
    },
    verdict: { class: "heap-oom", confidence: "certain", summary: "The JVM ran out of heap." },
    expected: ["heap-oom"],
    how: "generation 2 is ready; heap 512 MiB → 1 GiB, because the last one ran out of heap, which is long",
    notes: [],
  };
  const lines = linesOf(outcome);
  deepStrictEqual(lines.slice(0, 3), [
    "passed   heap           the heap is full",
    "  found   after 0.04 s  the gateway is not ready and healthy any more",
    "  named   after 0.31 s  heap-oom (certain): The JVM ran out of heap.",
  ]);
  match(lines[3] ?? "", /^ {2}healed {2}after 12\.3 s {2}generation 2/);
  strictEqual(lines.every((line) => line.length <= WIDTH), true);
  const lost = {
    ...outcome,
    result: "failed",
    namedMs: null,
    healedMs: null,
    notes: ["no gateway came back"],
  } as const;
  deepStrictEqual(linesOf(lost).slice(1), [lines[1], "  note    no gateway came back"]);
});
