import assert from "node:assert/strict";
import { exposition } from "../../../src/core/metrics/exposition.ts";
import { familiesOf } from "../../../src/core/metrics/families.ts";
import { CAUSE_CLASSES } from "../../../src/core/verdict.ts";
import { snapshot } from "./snapshots.ts";

const FAMILIES = familiesOf(snapshot());

/** The samples of one name, as they are written. */
function lines(name: string, changes: Parameters<typeof snapshot>[0] = {}): readonly string[] {
  const text = exposition(familiesOf(snapshot(changes)), "prometheus");
  return text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
}

Deno.test("familiesOf() follows the rules for names, and gives each name to one family", () => {
  const names = FAMILIES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, type, samples, help } of FAMILIES) {
    assert.match(name, /^(?:rekindle|jvm|process)_[a-z]+(?:_[a-z]+)*$/);
    assert.doesNotMatch(name, /_(?:total|info|count|sum|bucket|ms|milliseconds|mib|kib|percent)$/);
    assert.match(help, /^[A-Z0-9].*\.$/);
    if (type === "counter") { for (const { value } of samples) assert.ok(value >= 0); }
    const labels = samples.map((sample) => JSON.stringify([sample.suffix, sample.labels]));
    assert.equal(new Set(labels).size, labels.length, name);
    for (const label of samples.flatMap((sample) => Object.keys(sample.labels))) {
      assert.match(label, /^[a-z]+(?:_[a-z]+)*$/);
    }
  }
});

Deno.test("familiesOf() tells what a dashboard asks first", () => {
  assert.deepEqual(lines("rekindle_ready"), ["rekindle_ready 1"]);
  assert.ok(lines("rekindle_phase").includes('rekindle_phase{rekindle_phase="ready"} 1'));
  assert.equal(lines("rekindle_phase").filter((line) => line.endsWith(" 1")).length, 1);
  assert.deepEqual(lines("rekindle_programs"), ["rekindle_programs 1"]);
  assert.deepEqual(lines("jvm_memory_used_bytes"), ['jvm_memory_used_bytes{seat="0",area="heap"} 62914560']);
  assert.deepEqual(lines("jvm_memory_pool_max_bytes"), [
    'jvm_memory_pool_max_bytes{seat="0",pool="G1 Eden Space"} -1',
    'jvm_memory_pool_max_bytes{seat="0",pool="Metaspace"} 335544320',
  ]);
  assert.deepEqual(lines("rekindle_gateway_process_cpu_seconds_total"), [
    'rekindle_gateway_process_cpu_seconds_total{seat="0"} 5.09',
  ]);
  assert.deepEqual(lines("rekindle_gateway_start_time_seconds"), [
    'rekindle_gateway_start_time_seconds{seat="0"} 1772600700',
  ]);
  assert.deepEqual(lines("process_start_time_seconds"), ["process_start_time_seconds 1772600700"]);
  assert.deepEqual(lines("rekindle_container_cpu_throttled_seconds_total"), [
    "rekindle_container_cpu_throttled_seconds_total 0.25",
  ]);
});

Deno.test("familiesOf() has a 0 for every cause that has not been, so that the first one is seen as an increase", () => {
  const restarts = lines("rekindle_restarts_total");
  assert.equal(restarts.length, CAUSE_CLASSES.length);
  assert.ok(restarts.includes('rekindle_restarts_total{cause="heap-oom"} 1'));
  assert.ok(restarts.includes('rekindle_restarts_total{cause="unknown"} 0'));
});

Deno.test("familiesOf() leaves out what is not known, and does not make it 0", () => {
  const unknown = {
    seats: [{ process: null, jvm: null }, { process: null, jvm: null }],
    relay: null,
    storedIncidents: null,
    container: null,
    own: null,
    memoryLeft: null,
    oomKills: null,
  };
  const text = exposition(familiesOf(snapshot(unknown)), "openmetrics");
  assert.doesNotMatch(
    text,
    /jvm_|process_resident|rekindle_relay|rekindle_incidents_stored|rekindle_container|_left_/,
  );
  assert.match(text, /^rekindle_ready 1$/m);
});

Deno.test("familiesOf() has as many series with many generations as with one", () => {
  const { pool } = snapshot();
  const [first, second] = pool.seats;
  assert.ok(second !== undefined);
  const later = { ...first, life: { ...first.life, generation: 4711 } };
  const count = (families: typeof FAMILIES) => families.reduce((sum, { samples }) => sum + samples.length, 0);
  const now = familiesOf(snapshot({ pool: { ...pool, seats: [later, second] } }));
  assert.equal(count(now), count(FAMILIES));
  assert.doesNotMatch(
    exposition(now, "prometheus").replaceAll(/^rekindle_(?:gateway_)?generation.*$/gm, ""),
    /4711/,
  );
});
