import assert from "node:assert/strict";
import { statusOf } from "../../src/api/status.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOn } from "./asking.ts";
import { FACTS } from "./facts.ts";

const READY = stateAfter(WAYS.ready);

Deno.test("/v1/status is the status", async () => {
  const { ask } = apiOn(READY);
  assert.deepEqual(await (await ask("/v1/status")).json(), statusOf(initialPool(READY), FACTS));
});

Deno.test("/v1/plan has the mode, the plan, what was learned and what it stands on; flags only of a gateway that is ready", async () => {
  for (const phase of PHASES) {
    const state = stateAfter(WAYS[phase]);
    const { memory: { plan, record, basis }, generation } = state;
    assert.deepEqual(await (await apiOn(state).ask("/v1/plan")).json(), {
      ...{ generation, phase, mode: "adjust", modeIsExplicit: false, plan, record, basis },
      flags: phase === "ready" ? FACTS.flags : null,
    });
  }
});

Deno.test("/v1/plan is not sent again to who has it, and is when it has changed", async () => {
  const { ask } = apiOn(READY);
  const etag = (await ask("/v1/plan")).headers.get("etag") ?? "";
  for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await ask("/v1/plan", { headers: { "if-none-match": held } });
    assert.deepEqual([again.status, again.headers.get("etag"), await again.text()], [304, etag, ""]);
  }
  const changed = apiOn({ ...READY, generation: 9 });
  assert.equal((await changed.ask("/v1/plan", { headers: { "if-none-match": etag } })).status, 200);
});
