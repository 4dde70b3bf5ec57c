import assert from "node:assert/strict";
import { figuresRoutes } from "../../src/api/figures.ts";
import type { FiguresDocument } from "../../src/api/figures.ts";
import { findRoute } from "../../src/api/route.ts";
import { PHASES } from "../../src/core/lifecycle.ts";

const COLUMNS = {
  timeSeconds: [1772600000.5],
  generation: [3],
  phase: [3],
  heapUsedBytes: [2 ** 20],
  heapCommittedBytes: [2 ** 21],
  heapMaxBytes: [2 ** 30],
  residentBytes: [null],
  processors: [0.25],
  gcShare: [0],
  heartbeatMs: [1.5],
  programs: [1],
};

async function answer(query: string): Promise<{ response: Response; asked: readonly number[] }> {
  const asked: number[] = [];
  const figures = (sinceSeconds: number): FiguresDocument => {
    asked.push(sinceSeconds);
    return { periodMs: 5_000, keptMs: 3_600_000, phases: PHASES, columns: COLUMNS };
  };
  const found = findRoute(figuresRoutes({ figures }), { method: "GET", pathname: "/v1/figures" });
  assert.ok(!(found instanceof Response));
  const url = new URL(`http://localhost/v1/figures${query}`);
  const response = await found.route.answer({
    request: new Request(url),
    url,
    parameters: {},
    caller: "anybody",
    closing: new AbortController().signal,
  });
  return { response, asked };
}

Deno.test("figuresRoutes() answer with the columns, and what the phases mean", async () => {
  const { response, asked } = await answer("");
  assert.deepEqual(asked, [0]);
  const document = await response.json();
  assert.deepEqual(document.columns, COLUMNS);
  assert.equal(document.phases[document.columns.phase[0]], "ready");
});

Deno.test("figuresRoutes() ask for what is later than a moment, and refuse what is none", async () => {
  assert.deepEqual((await answer("?since=1772600000.25")).asked, [1772600000.25]);
  for (const since of ["", "x", "-1", "1e9", "NaN", "1.2.3", "9".repeat(40)]) {
    const { response, asked } = await answer(`?since=${since}`);
    assert.equal(response.status, 400, since);
    assert.deepEqual(asked, []);
    assert.match((await response.json()).detail, /seconds since 1970/);
  }
});
