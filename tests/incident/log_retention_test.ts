import assert from "node:assert/strict";
import { LOG_BUDGET, pruneLogs, staleLogs } from "../../src/incident/log_retention.ts";
import type { KeptLog } from "../../src/incident/log_retention.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

const NOW_MS = 1_000_000;

/** Files with their age in milliseconds. */
function logs(ages: Readonly<Record<string, number>>): readonly KeptLog[] {
  return Object.entries(ages).map(([name, ageMs]) => ({ name, modifiedMs: NOW_MS - ageMs }));
}

Deno.test("staleLogs() names the oldest beyond the number, whatever they are", () => {
  const kept = logs({ "hs_err_g3_77.log": 30, "replay_pid77.log": 10, "gc.log.0": 40, "gc-2.log": 20 });
  assert.deepEqual(staleLogs(kept, NOW_MS, { count: 2, ageMs: 100 }), ["hs_err_g3_77.log", "gc.log.0"]);
  assert.deepEqual(staleLogs(kept, NOW_MS, { count: 4, ageMs: 100 }), []);
});

Deno.test("staleLogs() names what is too old, whatever there is room for", () => {
  const kept = logs({ "hs_err_g1_7.log": 101, "hs_err_g2_8.log": 100 });
  assert.deepEqual(staleLogs(kept, NOW_MS, { count: 9, ageMs: 100 }), ["hs_err_g1_7.log"]);
});

Deno.test("staleLogs() leaves alone what is not HotSpot's", () => {
  const kept = logs({
    "gateway.stdout.log": 999,
    "gateway.stderr.log.1": 999,
    "my_hs_err_notes": 999,
    "gcp.json": 9,
  });
  assert.deepEqual(staleLogs(kept, NOW_MS, { count: 0, ageMs: 0 }), []);
});

Deno.test("staleLogs() keeps to twenty files and thirty days", () => {
  assert.deepEqual(LOG_BUDGET, { count: 20, ageMs: 2_592_000_000 });
});

Deno.test("pruneLogs() removes what is stale, and goes on behind what it cannot remove", async () => {
  const clock = new ManualClock();
  // Files in memory are from 1970.
  const files = new MemoryFiles({
    "/log/gateway.stdout.log": "out\n",
    "/log/hs_err_g1_7.log": "#\n",
    "/log/hs_err_g2_8.log": "#\n",
    "/log/gc.d/x": "a folder of somebody's",
  });
  files.disk = (operation, path) => {
    if (operation === "remove" && path === "/log/hs_err_g1_7.log") throw new Error("Read-only file system");
  };
  assert.deepEqual(await pruneLogs("/log", { files, clock }), {
    removed: ["/log/hs_err_g2_8.log"],
    failed: [{ path: "/log/hs_err_g1_7.log", reason: "Read-only file system" }],
  });
  assert.deepEqual(files.tree("/log").filter((path) => !path.includes("gc.d")), [
    "/log/gateway.stdout.log",
    "/log/hs_err_g1_7.log",
  ]);
  assert.deepEqual(await pruneLogs("/nowhere", { files, clock }), { removed: [], failed: [] });
});
