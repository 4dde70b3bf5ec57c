import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { DrillOutcome } from "../../src/drill/fault.ts";
import { Place } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("There is no PySpark");

Deno.test(`drill on PySpark ${spark.version}: a full heap heals and is named, and nothing is left`, async () => {
  await using place = await Place.make(spark);
  const { code, stdout, stderr } = await place.rekindle(["drill", "heap", "--json"]);
  strictEqual(code, 0, stdout + stderr);
  const { drills: [drill] }: { drills: readonly DrillOutcome[] } = JSON.parse(stdout);
  deepStrictEqual([drill?.result, drill?.verdict?.class, drill?.notes], ["passed", "heap-oom", []]);
  ok(
    drill !== undefined && drill.healedMs !== null && drill.namedMs !== null &&
      drill.namedMs <= drill.healedMs,
  );
  deepStrictEqual([place.processes(), place.temporary()], [[], []]);
});
