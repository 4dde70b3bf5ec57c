import assert from "node:assert/strict";
import { budgetOf } from "../../../src/core/memory/budget.ts";
import { basisOf, MACHINE } from "./memories.ts";

Deno.test("budgetOf() gives each of several gateways an equal share of what one would have", () => {
  const shares = [1, 2, 4].map((gateways) => {
    const { jvmBytes } = budgetOf(MACHINE, { ...basisOf(MACHINE, { gateways }), pythonPeakBytes: 0 });
    return Math.round(jvmBytes * gateways / 1024);
  });
  assert.ok(shares.every((share) => share > 0 && share === shares[0]), String(shares));
});
