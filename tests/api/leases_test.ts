import assert from "node:assert/strict";
import { leaseRoutes } from "../../src/api/leases.ts";
import type { Leasing, OutcomeDocument } from "../../src/api/leases.ts";
import { apiOf, asker } from "./asking.ts";

const LEASE = { id: "7", port: 7434, secret: "what opens it", pinThread: "true" };
const BOUND: OutcomeDocument = { state: "bound", generation: 3, loss: null };

/** An API whose leases are scripted; `given` is what a new one is. */
function apiOn(given: typeof LEASE | null | "no relay") {
  const ended: string[] = [];
  const leasing: Leasing | null = given === "no relay" ? null : {
    lease: () => Promise.resolve(given),
    outcome: (id) => id === LEASE.id ? BOUND : null,
    end: (id) => {
      ended.push(id);
      return id === LEASE.id ? { ...BOUND, state: "ended" } : null;
    },
  };
  const ask = asker(apiOf(leaseRoutes({ leasing })));
  return { ask, ended };
}

Deno.test("POST /v1/leases gives what a program has to have in its environment, and where it is to be found", async () => {
  const response = await apiOn(LEASE).ask("/v1/leases", { method: "POST" });
  assert.deepEqual([response.status, response.headers.get("location")], [201, "/v1/leases/7"]);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await response.json(), LEASE);
});

Deno.test("a lease is given to nobody without the token", async () => {
  const { ask, ended } = apiOn(LEASE);
  for (const [method, path] of [["POST", "/v1/leases"], ["DELETE", "/v1/leases/7"]] as const) {
    const response = await ask(path, { method, headers: { authorization: "Bearer wrong" } });
    assert.equal(response.status, 401);
    assert.ok(!(await response.text()).includes(LEASE.secret));
  }
  assert.deepEqual(ended, []);
});

Deno.test("what became of a lease is told, and it is ended once its program is gone", async () => {
  const { ask, ended } = apiOn(LEASE);
  assert.deepEqual(await (await ask("/v1/leases/7")).json(), BOUND);
  assert.deepEqual(await (await ask("/v1/leases/7", { method: "DELETE" })).json(), {
    ...BOUND,
    state: "ended",
  });
  assert.deepEqual(ended, ["7"]);
});

Deno.test("what cannot be done with leases is refused with the reason", async () => {
  const table: readonly (readonly [typeof LEASE | null | "no relay", string, string, number, RegExp])[] = [
    [LEASE, "GET", "/v1/leases", 405, /not understood/],
    [LEASE, "GET", "/v1/leases/8", 404, /no such lease/],
    [LEASE, "DELETE", "/v1/leases/8", 404, /no such lease/],
    [LEASE, "PUT", "/v1/leases/7", 405, /not understood/],
    [null, "POST", "/v1/leases", 409, /no gateway yet/],
    ["no relay", "POST", "/v1/leases", 409, /--no-relay/],
  ];
  for (const [given, method, path, status, says] of table) {
    const response = await apiOn(given).ask(path, { method });
    assert.equal(response.status, status, `${method} ${path}`);
    assert.match(await response.text(), says);
  }
});
