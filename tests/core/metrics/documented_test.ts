import assert from "node:assert/strict";
import { CAUSE_CLASSES } from "../../../src/core/verdict.ts";
import { FAMILIES, labelNames, namesIn, queryName, rowOf, sampleNames } from "./documented.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const [metrics, alerts, grafana] = await Promise.all(
  ["METRICS.md", "alerts.yml", "grafana/rekindle.json"].map((name) => Deno.readTextFile(new URL(name, DOCS))),
);

const NAMES = FAMILIES.flatMap(sampleNames);
const LABELS = new Set(FAMILIES.flatMap(labelNames));

Deno.test("docs/METRICS.md has the row of each metric, and of no other", () => {
  const rows = metrics?.split("\n").filter((line) => /^\| `(?:rekindle|jvm|process)_/.test(line));
  assert.deepEqual(rows?.toSorted(), FAMILIES.map(rowOf).sort());
});

Deno.test("docs/METRICS.md names no metric in its sentences that there is not", () => {
  const known = [...NAMES, ...FAMILIES.map(queryName), "jvm_memory_type"];
  assert.deepEqual(namesIn(metrics ?? "").filter((name) => !known.includes(name)), []);
});

Deno.test("docs/grafana/rekindle.json is a dashboard whose queries find metrics that there are", () => {
  const dashboard = JSON.parse(grafana ?? "");
  const panels: readonly { id: number; targets: readonly { expr: string }[] }[] = dashboard.panels;
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  assert.ok(queries.length > 30);
  for (const query of [...queries, ...dashboard.annotations.list.map(({ expr }: { expr: string }) => expr)]) {
    const names = namesIn(query).filter((name) => !LABELS.has(name) || NAMES.includes(name));
    assert.ok(names.length > 0, query);
    for (const name of names) assert.ok(NAMES.includes(name), `${name} in ${query}`);
    // Whoever watches several daemons picks one.
    assert.match(query, /instance=~"\$instance"/);
  }
});

Deno.test("docs/grafana/rekindle.json shows the labels that its metrics have", () => {
  for (const [, label = ""] of grafana?.matchAll(/\{\{(\w+)\}\}/g) ?? []) assert.ok(LABELS.has(label), label);
});

Deno.test("docs/alerts.yml asks for metrics that there are, and says of each what to do", () => {
  const queries = alerts?.match(/^ +expr:(?: >-\n)?.*$(?:\n {10}.*$)?/gm) ?? [];
  const rules = alerts?.match(/- alert: \w+/g) ?? [];
  assert.equal(queries.length, rules.length);
  assert.ok(rules.length > 10);
  for (const query of queries) {
    assert.ok(namesIn(query).length > 0, query);
    for (const name of namesIn(query)) assert.ok(NAMES.includes(name), `${name} in ${query}`);
  }
  assert.equal(alerts?.match(/ summary: /g)?.length, rules.length);
  assert.equal(alerts?.match(/ description: /g)?.length, rules.length);
});

Deno.test("docs/alerts.yml names causes that a death can have", () => {
  const patterns = [...alerts?.matchAll(/cause!?=~?"([^"]+)"/g) ?? []].flatMap(([, text = ""]) =>
    text.split("|")
  );
  assert.ok(patterns.length > 5);
  for (const pattern of patterns) {
    assert.ok(CAUSE_CLASSES.some((cause) => new RegExp(`^(?:${pattern})$`).test(cause)), pattern);
  }
});
