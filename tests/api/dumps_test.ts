import assert from "node:assert/strict";
import { dumpRoutes } from "../../src/api/dumps.ts";
import type { DumpOutcome, HeapDumpDocument } from "../../src/api/dumps.ts";
import { apiOf, asker } from "./asking.ts";

const HEAP: HeapDumpDocument = {
  ...{ id: "20260304T050607Z-g7", generation: 7, path: "/state/heaps/20260304T050607Z-g7.hprof" },
  ...{ state: "writing", reason: null },
};

/** An API whose gateway, generation 7, answers so; and what it was asked for. */
function apiOn(outcome: DumpOutcome) {
  const taken: unknown[] = [];
  const ask = asker(apiOf(dumpRoutes({
    dumping: {
      take: (...asked) => {
        taken.push(asked);
        return Promise.resolve(outcome);
      },
      heapDump: (id) => id === HEAP.id ? HEAP : null,
    },
    status: () => ({ generation: 7, phase: "ready" }),
  })));
  const dump = (body: unknown, headers: Record<string, string> = {}) =>
    ask("/v1/dumps", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { ask, dump, taken };
}

Deno.test("POST /v1/dumps answers threads and histograms as text, with the generation they are of", async () => {
  const { dump, taken } = apiOn({ kind: "text", text: "Full thread dump\n" });
  const answer = await dump({ kind: "threads", generation: 7 });
  assert.deepEqual([answer.status, answer.headers.get("rekindle-generation")], [200, "7"]);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
  assert.equal(await answer.text(), "Full thread dump\n");
  assert.deepEqual(taken, [["threads", 7]]);
});

Deno.test("POST /v1/dumps says where a heap dump is being written, and what became of it can be asked", async () => {
  const { ask, dump } = apiOn({ kind: "begun", dump: HEAP });
  const answer = await dump({ kind: "heap" });
  assert.deepEqual([answer.status, answer.headers.get("location")], [202, `/v1/dumps/${HEAP.id}`]);
  assert.deepEqual(await answer.json(), HEAP);
  assert.deepEqual(await (await ask(`/v1/dumps/${HEAP.id}`)).json(), HEAP);
  assert.equal((await ask("/v1/dumps/other")).status, 404);
  assert.equal((await ask(`/v1/dumps/${HEAP.id}`, { headers: { authorization: "" } })).status, 401);
});

for (
  const [body, status, says] of [
    ["", 400, /must be said/],
    [{}, 400, /must be said/],
    [{ kind: "core" }, 400, /not one of threads, histogram, heap/],
    [{ kind: "heap", generation: "7" }, 400, /whole number above 0/],
    [{ kind: "heap", generatoin: 7 }, 400, /generatoin\\" that is not known/],
    [{ kind: "heap", generation: 6 }, 409, /meant for generation 6, and the newest is 7/],
    ["[]", 400, /no JSON object/],
    ["{", 400, /not JSON/],
  ] as const
) {
  Deno.test(`POST /v1/dumps asks nothing of the gateway for ${JSON.stringify(body)}`, async () => {
    const { dump, taken } = apiOn({ kind: "text", text: "" });
    const answer = await dump(body);
    assert.equal(answer.status, status);
    assert.match(await answer.text(), says);
    assert.deepEqual(taken, []);
  });
}

for (
  const [outcome, status, type] of [
    [{ kind: "busy" }, 409, "/problems/dump-in-progress"],
    [{ kind: "no-gateway" }, 409, "/problems/gateway-not-running"],
    [{ kind: "no-room", reason: "The disk is full." }, 507, "/problems/no-room"],
    [{ kind: "failed", reason: "JVM 9 did not answer." }, 502, "/problems/dump-failed"],
  ] as const
) {
  Deno.test(`POST /v1/dumps says ${type} when it is so`, async () => {
    const answer = await apiOn(outcome).dump({ kind: "threads" });
    const problem = await answer.json();
    assert.deepEqual([answer.status, problem.type], [status, type]);
    if ("reason" in outcome) assert.equal(problem.detail, outcome.reason);
  });
}

Deno.test("POST /v1/dumps does nothing for who has no token", async () => {
  const { dump, taken } = apiOn({ kind: "text", text: "" });
  assert.equal((await dump({ kind: "threads" }, { authorization: "" })).status, 401);
  assert.deepEqual(taken, []);
});
