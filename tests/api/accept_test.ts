import assert from "node:assert/strict";
import { preferred } from "../../src/api/accept.ts";
import { MEDIA_TYPES } from "../../src/core/metrics/exposition.ts";

const { prometheus, openmetrics } = MEDIA_TYPES;

const CASES: readonly (readonly [who: string, accept: string | null, wanted: string])[] = [
  ["nobody in particular", null, prometheus],
  ["curl", "*/*", prometheus],
  ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", prometheus],
  [
    "Prometheus 2",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    openmetrics,
  ],
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3," +
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    openmetrics,
  ],
  ["who wants text more", "application/openmetrics-text;q=0.5, text/plain;q=0.9", prometheus],
  ["who wants another version", "application/openmetrics-text; version=2.0.0, text/plain;q=0.1", prometheus],
  ["who refuses text", "text/plain;q=0, */*", openmetrics],
  ["who wants any text", "text/*;q=0.2, application/openmetrics-text;q=0.1", prometheus],
  ["who writes it otherwise", 'APPLICATION/OpenMetrics-Text ; Version="1.0.0" ; Charset=UTF-8', openmetrics],
  ["who wants something else", "application/json", prometheus],
  ["who wants nothing", "*/*;q=0", prometheus],
  ["who cannot be understood", ";;,q=,/,a b", prometheus],
];

for (const [who, accept, wanted] of CASES) {
  Deno.test(`preferred() for ${who}`, () => {
    assert.equal(preferred(accept, [prometheus, openmetrics]), wanted);
  });
}
