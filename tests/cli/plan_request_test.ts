import assert from "node:assert/strict";
import { readArgs } from "../../src/cli/args.ts";
import { readPlanRequest } from "../../src/cli/plan.ts";
import { GIB } from "../../src/core/jvm_flags.ts";
import { EXIT, UserError, UserErrors } from "../../src/errors.ts";

function read(...words: readonly string[]) {
  return readPlanRequest(readArgs(["plan", ...words]));
}

function refusal(...words: readonly string[]): readonly UserError[] {
  try {
    read(...words);
  } catch (error) {
    if (error instanceof UserErrors) return error.errors;
    if (error instanceof UserError) return [error];
  }
  return [];
}

Deno.test("readPlanRequest() knows what is asked", () => {
  assert.deepEqual(read(), { kind: "show", json: false });
  assert.deepEqual(read("--json"), { kind: "show", json: true });
  assert.deepEqual(read("--replay"), { kind: "replay", json: false });
  assert.deepEqual(read("--limit", "4g"), { kind: "what-if", limitBytes: 4 * GIB, causes: [], json: false });
  assert.deepEqual(read("--cause", "heap-oom", "--cause=heap-oom", "--cause", "stack-overflow"), {
    kind: "what-if",
    limitBytes: null,
    causes: ["heap-oom", "heap-oom", "stack-overflow"],
    json: false,
  });
});

Deno.test("readPlanRequest() names every mistake, the nearest cause and all that there are", () => {
  const [limit, near, far] = refusal("--limit", "lots", "--cause", "heap-oon", "--cause", "user-code-error");
  assert.equal(limit?.message, 'Cannot use --limit "lots": it is not a size such as 1536m or 2g');
  assert.equal(near?.message, 'Cannot use --cause "heap-oon": memory settings cure no such death');
  assert.match(
    near?.hint ?? "",
    /^Did you mean "heap-oom"\? They cure heap-oom, gc-overhead, .*heap-exceeds-machine\.$/,
  );
  assert.match(far?.hint ?? "", /^They cure heap-oom, /);
  assert.equal(limit?.exitCode, EXIT.usage);
});

Deno.test("readPlanRequest() refuses a limit that can only be a slip, and a replay with suppositions", () => {
  assert.equal(refusal("--limit", "4").length, 1);
  assert.match(
    refusal("--replay", "--limit", "4g")[0]?.message ?? "",
    /^Cannot use --replay with --limit or --cause/,
  );
  assert.match(refusal("--cause=")[0]?.message ?? "", /its value is missing/);
  assert.match(refusal("now")[0]?.message ?? "", /plan takes no further words/);
});
