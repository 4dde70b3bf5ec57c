import assert from "node:assert/strict";
import { dashboardRoutes } from "../../src/api/dashboard.ts";
import { KINDS } from "../../src/api/dashboard/events.js";
import { pictureOf, wordsOf } from "../../src/api/dashboard/gateway.js";
import { spansOf } from "../../src/api/dashboard/timeline.js";
import { size, span } from "../../src/api/dashboard/words.js";
import type { FiguresDocument } from "../../src/api/figures.ts";
import { statusOf } from "../../src/api/status.ts";
import type { Status } from "../../src/api/status.ts";
import { EVENT_KINDS } from "../../src/core/events/event.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { incident } from "../incident/samples.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { FACTS } from "./facts.ts";

const AT = Date.parse("2026-03-04T05:06:40.000Z");

async function fetched(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const route = dashboardRoutes().find((each) => each.path === path);
  assert.ok(route, `there is nothing at ${path}`);
  const url = new URL(`http://127.0.0.1${path}`);
  const request = new Request(url, { headers });
  const closing = new AbortController().signal;
  return await route.answer({ request, url, parameters: {}, caller: "anybody", closing });
}

/** The status in a phase, with a death so long ago or none. */
function statusIn(phase: (typeof PHASES)[number], deathMinutesAgo: number | null = null): Status {
  const status = statusOf(initialPool(stateAfter(WAYS[phase])), FACTS);
  const at = deathMinutesAgo === null ? null : new Date(AT - deathMinutesAgo * 60_000).toISOString();
  return { ...status, lastIncident: at === null ? null : { ...incident(7), id: "x", at } };
}

Deno.test("every file that the page asks for is there, and nothing is asked of anybody else", async () => {
  const paths = dashboardRoutes().map(({ path }) => path);
  const asked = new Set<string>();
  for (const path of paths) {
    const text = await (await fetched(path)).text();
    const names = path.endsWith(".min.js") ? [] : [
      ...text.matchAll(/(?:src|href)="([^"#]+)"/g),
      ...text.matchAll(/^import .* from "\.\/([^"]+)";$/gm),
    ].map(([, name = ""]) => name);
    for (const name of names) asked.add(name.startsWith("/") ? name : `/dashboard/${name}`);
    if (!path.includes("uPlot")) {
      assert.doesNotMatch(text.replaceAll("http://www.w3.org/2000/svg", ""), /https?:\/\/\w/);
    }
  }
  assert.deepEqual([...asked].filter((path) => !paths.includes(path)), []);
  assert.deepEqual(paths.filter((path) => path !== "/" && !asked.has(path)), []);
});

Deno.test("the charts' library is the published one, whose types the page is checked against", async () => {
  const published = {
    "uPlot.iife.min.js": await import("uplot/dist/uPlot.iife.min.js", { with: { type: "text" } }),
    "uPlot.min.css": await import("uplot/dist/uPlot.min.css", { with: { type: "text" } }),
  };
  for (const [name, { default: text }] of Object.entries(published)) {
    assert.equal(await (await fetched(`/dashboard/${name}`)).text(), text, name);
  }
});

Deno.test("every file of the page is typed, has a policy, and is not sent twice", async () => {
  for (const { path } of dashboardRoutes()) {
    const first = await fetched(path);
    await first.body?.cancel();
    assert.match(
      first.headers.get("content-type") ?? "",
      /^(?:text\/(?:html|css|javascript)|image\/svg\+xml)/,
    );
    const policy = first.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    const again = await fetched(path, { "if-none-match": first.headers.get("etag") ?? "" });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
  }
});

Deno.test("the page has no script or style of its own, which the policy would refuse", async () => {
  const html = await (await fetched("/")).text();
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*src=)/);
});

Deno.test("the page listens to every kind of event", () => {
  assert.deepEqual([...KINDS].toSorted(), [...EVENT_KINDS].toSorted());
});

Deno.test("pictureOf() has a picture of its own for what is cold, coming, burning, healed, out and given up", () => {
  const pictures = [
    pictureOf(statusIn("stopped"), AT),
    pictureOf(statusIn("starting"), AT),
    pictureOf(statusIn("ready"), AT),
    pictureOf(statusIn("ready", 3), AT),
    pictureOf(statusIn("backoff"), AT),
    pictureOf(statusIn("failed"), AT),
  ];
  assert.equal(new Set(pictures).size, pictures.length);
  assert.equal(pictureOf(statusIn("ready", 30), AT), "burning");
});

Deno.test("wordsOf() has something to say in every phase, and the verdict wherever there is one", () => {
  for (const phase of PHASES) {
    assert.match(wordsOf(statusIn(phase), AT).title, /^[A-Z]/);
    if (phase === "ready") continue;
    assert.ok(wordsOf(statusIn(phase, 1), AT).explanation.includes(incident(7).verdict.summary), phase);
  }
});

Deno.test("spansOf() joins the moments of one gateway in one phase, up to where the next begins", () => {
  const phase = ["ready", "ready", "backoff", "ready", "ready"].map((name) =>
    PHASES.indexOf(name as "ready")
  );
  const columns = { timeSeconds: [10, 15, 20, 22, 27], generation: [1, 1, 1, 2, 2], phase };
  const figures = { phases: PHASES, columns } as unknown as FiguresDocument;
  assert.deepEqual(spansOf(figures).map((each) => Object.values(each).join(" ")), [
    "10 20 1 ready",
    "20 22 1 backoff",
    "22 27 2 ready",
  ]);
});

Deno.test("size() and span() are short and true", () => {
  assert.deepEqual([0, 1023, 1024, 1536 * 2 ** 20, 2 ** 30, 105.5 * 2 ** 30].map(size), [
    "0 B",
    "1023 B",
    "1 KiB",
    "1.5 GiB",
    "1 GiB",
    "106 GiB",
  ]);
  assert.deepEqual([0, 59_400, 61_000, 3_600_000, 49 * 3_600_000].map(span), [
    "0 s",
    "59 s",
    "1 min 1 s",
    "1 h 0 min",
    "2 days 1 h",
  ]);
});
