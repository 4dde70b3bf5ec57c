import assert from "node:assert/strict";
import fc from "fast-check";
import { exposition } from "../../../src/core/metrics/exposition.ts";
import type { ExpositionFormat } from "../../../src/core/metrics/exposition.ts";
import { counter, gauge, info, stateSet, summary } from "../../../src/core/metrics/family.ts";
import { emptyHistogram, histogramFamily, observed } from "../../../src/core/metrics/histogram.ts";

const FORMATS: readonly ExpositionFormat[] = ["prometheus", "openmetrics"];

const SAMPLES = [
  info("app_build", 'What "runs" here.\nA \\ too.', [{ version: "1.0" }]),
  counter("app_wait_seconds", "Waited.", [[{ what: 'a "b" \\ c\nd' }, 1.5]]),
  gauge("app_left_bytes", "Left.", null),
  gauge("app_up", "Up.", [[{ a: "1" }, Infinity], [{ a: "2" }, -Infinity], [{ a: "3" }, NaN], [
    { a: "4" },
    null,
  ]]),
  stateSet("app_state", "State.", ["on", "off"], "off"),
  summary("app_gc_seconds", "Pauses.", [{ labels: { gc: "G1" }, count: 2, sum: 0.25 }]),
  histogramFamily("app_beat_seconds", "Beats.", [0.5, 1, 3].reduce(observed, emptyHistogram([0.5, 2]))),
];

Deno.test("exposition() writes Prometheus text 0.0.4", () => {
  assert.equal(
    exposition(SAMPLES, "prometheus"),
    `# HELP app_build_info What "runs" here.\\nA \\\\ too.
# TYPE app_build_info gauge
app_build_info{version="1.0"} 1
# HELP app_wait_seconds_total Waited.
# TYPE app_wait_seconds_total counter
app_wait_seconds_total{what="a \\"b\\" \\\\ c\\nd"} 1.5
# HELP app_up Up.
# TYPE app_up gauge
app_up{a="1"} +Inf
app_up{a="2"} -Inf
app_up{a="3"} NaN
# HELP app_state State.
# TYPE app_state gauge
app_state{app_state="on"} 0
app_state{app_state="off"} 1
# HELP app_gc_seconds Pauses.
# TYPE app_gc_seconds summary
app_gc_seconds_count{gc="G1"} 2
app_gc_seconds_sum{gc="G1"} 0.25
# HELP app_beat_seconds Beats.
# TYPE app_beat_seconds histogram
app_beat_seconds_bucket{le="0.5"} 1
app_beat_seconds_bucket{le="2.0"} 2
app_beat_seconds_bucket{le="+Inf"} 3
app_beat_seconds_count 3
app_beat_seconds_sum 4.5
`,
  );
});

Deno.test("exposition() writes OpenMetrics 1.0: types, units, the bare name of counters, and the end", () => {
  const text = exposition(SAMPLES, "openmetrics");
  assert.match(
    text,
    /^# TYPE app_build info\n# HELP app_build What \\"runs\\" here\.\\nA \\\\ too\.\napp_build_info\{/,
  );
  assert.match(
    text,
    /# TYPE app_wait_seconds counter\n# UNIT app_wait_seconds seconds\n# HELP app_wait_seconds Waited\.\napp_wait_seconds_total\{/,
  );
  assert.match(text, /# TYPE app_state stateset\n/);
  assert.match(text, /\n# EOF\n$/);
});

Deno.test("exposition() has the same samples in both formats", () => {
  const [classic, open] = FORMATS.map((format) =>
    exposition(SAMPLES, format).split("\n").filter((line) => !line.startsWith("#"))
  );
  assert.deepEqual(classic, open);
});

/** The text between quotes as the formats define it, by one pass and no replacement of ours. */
function unescaped(text: string): string {
  let plain = "";
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1] ?? "";
    if (text[at] !== "\\") plain += text[at];
    else {
      plain += next === "n" ? "\n" : next;
      at++;
    }
  }
  return plain;
}

Deno.test("exposition() escapes any label so that it stays one line, and can be read back", () => {
  const unit = fc.constantFrom('"', "\\", "\n", "n", "}", ",", "é", "🙂");
  const texts = fc.oneof(fc.string(), fc.string({ unit }));
  fc.assert(fc.property(texts, fc.constantFrom(...FORMATS), (value, format) => {
    const lines = exposition([gauge("a", "b", [[{ c: value }, 1]])], format).split("\n");
    const sample = lines.filter((line) => !line.startsWith("#") && line !== "");
    assert.equal(sample.length, 1);
    // Every quote but the first and the last stands behind an odd number of backslashes.
    const quoted = /^a\{c="((?:[^"\\]|\\[\\"n])*)"\} 1$/s.exec(sample[0] ?? "")?.[1];
    assert.ok(quoted !== undefined, sample[0]);
    assert.equal(unescaped(quoted), value);
  }));
});

Deno.test("histogramFamily() counts every value once, and at most so much below a bound", () => {
  const bounds = [0.1, 1, 10];
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (values) => {
    const { samples } = histogramFamily("a", "b", values.reduce(observed, emptyHistogram(bounds)));
    for (const bound of [...bounds, Infinity]) {
      const le = bound === Infinity ? "+Inf" : Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
      const found = samples.find(({ labels }) => labels.le === le);
      assert.equal(found?.value, values.filter((value) => value <= bound).length);
    }
    assert.equal(samples.find(({ suffix }) => suffix === "_count")?.value, values.length);
  }));
});
