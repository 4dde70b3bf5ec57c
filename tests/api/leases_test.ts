import assert from "node:assert/strict";
import { createLeaseApi } from "../../src/api/leases.ts";
import type { Leasing, OutcomeDocument } from "../../src/api/leases.ts";

const TOKEN = "a-token-of-this-test";
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
  const api = createLeaseApi({ hostname: "127.0.0.1", token: TOKEN, leasing });
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    api(
      new Request(`http://127.0.0.1:7433${path}`, {
        method,
        headers: { host: "127.0.0.1:7433", authorization: `Bearer ${TOKEN}`, ...headers },
      }),
    );
  return { ask, ended };
}

Deno.test("POST /v1/leases gives what a program has to have in its environment, and where it is to be found", async () => {
  const response = await apiOn(LEASE).ask("POST", "/v1/leases");
  assert.ok(response !== null);
  assert.deepEqual([response.status, response.headers.get("location")], [201, "/v1/leases/7"]);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await response.json(), LEASE);
});

Deno.test("a lease is given to nobody without the token", async () => {
  const { ask, ended } = apiOn(LEASE);
  for (const [method, path] of [["POST", "/v1/leases"], ["DELETE", "/v1/leases/7"]] as const) {
    const response = await ask(method, path, { authorization: "Bearer wrong" });
    assert.equal(response?.status, 401);
    assert.ok(!(await response.text()).includes(LEASE.secret));
  }
  assert.deepEqual(ended, []);
});

Deno.test("what became of a lease is told, and it is ended once its program is gone", async () => {
  const { ask, ended } = apiOn(LEASE);
  assert.deepEqual(await (await ask("GET", "/v1/leases/7"))?.json(), BOUND);
  assert.deepEqual(await (await ask("DELETE", "/v1/leases/7"))?.json(), { ...BOUND, state: "ended" });
  assert.deepEqual(ended, ["7"]);
});

Deno.test("what cannot be done with leases is refused with the reason", async () => {
  const table: readonly (readonly [typeof LEASE | null | "no relay", string, string, number, RegExp])[] = [
    [LEASE, "GET", "/v1/leases", 405, /given by POST/],
    [LEASE, "GET", "/v1/leases/8", 404, /no such lease/],
    [LEASE, "DELETE", "/v1/leases/8", 404, /no such lease/],
    [LEASE, "PUT", "/v1/leases/7", 405, /not understood/],
    [null, "POST", "/v1/leases", 409, /no gateway yet/],
    ["no relay", "POST", "/v1/leases", 409, /--no-relay/],
  ];
  for (const [given, method, path, status, says] of table) {
    const response = await apiOn(given).ask(method, path);
    assert.equal(response?.status, status, `${method} ${path}`);
    assert.match(await response.text(), says);
  }
  assert.equal(apiOn(LEASE).ask("GET", "/v1/status"), null);
  assert.equal(apiOn(LEASE).ask("GET", "/v1/leasesX"), null);
});
