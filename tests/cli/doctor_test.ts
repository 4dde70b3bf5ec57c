import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { exitCodeOf, linesOf } from "../../src/cli/doctor.ts";
import { WIDTH } from "../../src/cli/columns.ts";

Deno.test("exitCodeOf: goes by the gravest finding", () => {
  deepStrictEqual([null, "note", "warning", "error"].map((each) => exitCodeOf(each as null)), [0, 0, 1, 78]);
});

Deno.test("linesOf: a check that is well is one line", () => {
  deepStrictEqual(linesOf({ check: "java", seen: "Java 17", findings: [] }), [
    "ok        java          Java 17",
  ]);
});

Deno.test("linesOf: a finding says what, why and how to put it right, within the width of a terminal", () => {
  const long = "word ".repeat(40).trim();
  const lines = linesOf({
    check: "ports",
    seen: "7434",
    findings: [
      { severity: "note", what: "one thing", why: "It is so.", fix: "do it" },
      { severity: "error", what: `${long}.`, why: long, fix: long },
    ],
  });
  deepStrictEqual(lines.slice(0, 4), [
    "error     ports         7434",
    "  note    one thing.",
    "    why    It is so.",
    "    fix    do it",
  ]);
  strictEqual(lines.every((line) => line.length <= WIDTH), true);
  strictEqual(lines.some((line) => line.endsWith("..")), false);
});
