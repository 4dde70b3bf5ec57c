/**
 * The page at `/`: files of ours, read when they are first asked for, and nothing from anywhere else.
 * @module
 */

import type { Route } from "./route.ts";
import { taggedText } from "./tagged_document.ts";

/** A file of the page. */
interface Asset {
  readonly path: string;
  readonly type: string;
  readonly load: () => Promise<{ readonly default: string }>;
}

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

// Each is named where it is imported, so that a bundle holds it too.
const ASSETS: readonly Asset[] = [
  {
    ...{ path: "/", type: "text/html; charset=utf-8" },
    load: () => import("./dashboard/index.html", { with: { type: "text" } }),
  },
  {
    ...{ path: "/dashboard/icon.svg", type: "image/svg+xml" },
    load: () => import("./dashboard/icon.svg", { with: { type: "text" } }),
  },
  style("theme.css", () => import("./dashboard/theme.css", { with: { type: "text" } })),
  style("page.css", () => import("./dashboard/page.css", { with: { type: "text" } })),
  style("picture.css", () => import("./dashboard/picture.css", { with: { type: "text" } })),
  style("uPlot.min.css", () => import("./dashboard/uplot/uPlot.min.css", { with: { type: "text" } })),
  script(
    "uPlot.iife.min.js",
    () => import("./dashboard/uplot/uPlot.iife.min.js", { with: { type: "text" } }),
  ),
  script("actions.js", () => import("./dashboard/actions.js", { with: { type: "text" } })),
  script("charts.js", () => import("./dashboard/charts.js", { with: { type: "text" } })),
  script("daemon.js", () => import("./dashboard/daemon.js", { with: { type: "text" } })),
  script("dashboard.js", () => import("./dashboard/dashboard.js", { with: { type: "text" } })),
  script("elements.js", () => import("./dashboard/elements.js", { with: { type: "text" } })),
  script("events.js", () => import("./dashboard/events.js", { with: { type: "text" } })),
  script("gateway.js", () => import("./dashboard/gateway.js", { with: { type: "text" } })),
  script("incidents.js", () => import("./dashboard/incidents.js", { with: { type: "text" } })),
  script("plot.js", () => import("./dashboard/plot.js", { with: { type: "text" } })),
  script("seats.js", () => import("./dashboard/seats.js", { with: { type: "text" } })),
  script("timeline.js", () => import("./dashboard/timeline.js", { with: { type: "text" } })),
  script("words.js", () => import("./dashboard/words.js", { with: { type: "text" } })),
];

/** What the page may do: load its own files and ask its own daemon; nobody may put it into a frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `GET /` and the files it loads. */
export function dashboardRoutes(): readonly Route[] {
  return ASSETS.map(({ path, type, load }) => ({
    ...{ method: "GET", path, access: "open" },
    answer: async ({ request }) => {
      const { default: text } = await load();
      // A page of an older daemon must not stay in a browser's cache, but need not come again either.
      const headers = { "cache-control": "no-cache", "content-security-policy": POLICY };
      return await taggedText(request, text, { ...headers, "content-type": type });
    },
  }));
}

function style(name: string, load: Asset["load"]): Asset {
  return { path: `/dashboard/${name}`, type: STYLE, load };
}

function script(name: string, load: Asset["load"]): Asset {
  return { path: `/dashboard/${name}`, type: SCRIPT, load };
}
