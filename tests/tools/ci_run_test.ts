/**
 * Does the last line of `.ci/run` tell what the tests did, and its exit code whether everything passed?
 * @module
 */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { checkOut, run, writeScript } from "./checkout.ts";

const green = "\x1b[0m\x1b[32m", off = "\x1b[0m";
const passing = "ok | 3 passed | 0 failed (68ms)";

/** What the fake Deno prints for `task test` and returns, which check it fails, and what has to come out. */
const cases = [
  { text: passing, status: 0, last: "3 passed, 0 failed" },
  { text: `${green}ok${off} | 3 passed (1 step) | 0 failed | 1 ignored ${green}(68ms)${off}`, status: 0 },
  { text: "FAILED | 12 passed (4 steps) | 2 failed (1 step) (1s)\n\nerror: Test failed", status: 1 },
  // The scripts' own tests print such lines too; Deno's is the last.
  { text: `ok | 1 passed | 0 failed (1ms)\n${passing}`, status: 0, last: "3 passed, 0 failed" },
  { text: "error: Type checking failed.", status: 1, last: "0 passed, 1 failed" },
  { text: "", status: 127, last: "0 passed, 1 failed" },
  { text: passing, status: 1, last: "3 passed, 1 failed" },
  { text: passing, status: 0, failing: "lint", last: "3 passed, 1 failed" },
  { text: "error: No such task", status: 1, failing: "fmt --check", last: "0 passed, 1 failed" },
] as const;

for (const { text, status, ...rest } of cases) {
  const failing = "failing" in rest ? rest.failing : "nothing";
  const last = "last" in rest ? rest.last : status === 0 ? "3 passed, 0 failed" : "12 passed, 2 failed";
  Deno.test(`.ci/run ends with "${last}" (exit ${status} after ${JSON.stringify(text)}, ${failing} failing)`, async () => {
    await using checkout = await checkOut([".ci/run"]);
    const output = join(checkout.path, "output");
    await Deno.writeTextFile(output, `${text}\n`);
    await writeScript(
      join(checkout.path, "denow"),
      `case $* in "task test") cat output; exit ${status} ;; "${failing}") exit 1 ;; esac`,
    );
    const outcome = await run(join(checkout.path, ".ci/run"), { cwd: "/" });
    assert.equal(outcome.stdout.trimEnd().split("\n").at(-1), last);
    assert.equal(outcome.code, last.endsWith(" 0 failed") ? 0 : 1);
    assert.ok(outcome.stdout.includes(text), "the output of Deno is shown");
  });
}
