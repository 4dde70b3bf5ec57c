import assert from "node:assert/strict";
import { join } from "@std/path";
import fc from "fast-check";
import { CAUSE_CLASSES } from "../../src/core/verdict.ts";
import { incidentId, readIncidentId } from "../../src/incident/incident_id.ts";
import { readManifest } from "../../src/incident/manifest.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import type { StoredIncident } from "../../src/incident/store.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { AT, found, incident } from "./samples.ts";

const FOLDER = "/state/incidents";
const ID = "20260304T050607Z-g7-heap-oom";
/** What version 0.1.0 wrote: it listed no artefacts, and knew no facts. */
const OLD = { id: ID, at: AT.toISOString(), ...incident(7) };

async function readBack(manifest: string): Promise<StoredIncident> {
  const files = new MemoryFiles({
    [join(FOLDER, ID, "stderr.txt")]: "four",
    [join(FOLDER, ID, "manifest.json")]: manifest,
  });
  const read = await new IncidentStore(FOLDER, files).read(ID);
  assert.ok(read !== null);
  return read;
}

Deno.test("incidentId() names time, generation and class, and readIncidentId() reads them back", () => {
  const at = fc.date({ min: new Date("2000-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
  const cause = fc.constantFrom(...CAUSE_CLASSES);
  fc.assert(
    fc.property(at, fc.nat(), cause, fc.integer({ min: 1, max: 99 }), (at, generation, cause, nth) => {
      const id = incidentId(incident(generation, cause), at, nth);
      const seconds = `${at.toISOString().slice(0, 19)}Z`;
      assert.deepEqual(readIncidentId(id), { id, at: seconds, generation, class: cause, nth });
    }),
  );
  assert.equal(incidentId(incident(7, "gc-overhead"), AT), "20260304T050607Z-g7-gc-overhead");
});

Deno.test("readIncidentId() refuses whatever could be another path", () => {
  const wrong = [
    "",
    ".",
    "..",
    `../${ID}`,
    `${ID}/..`,
    `${ID}/`,
    `${ID}\n`,
    `${ID}\0`,
    ` ${ID}`,
    ID.toLowerCase(),
  ];
  const more = [
    `${ID}-`,
    `${ID}-2-3`,
    "20261304T050607Z-g7-heap-oom",
    "x".repeat(1_000),
    `${ID}${"-a".repeat(99)}`,
  ];
  for (const text of [...wrong, ...more]) assert.equal(readIncidentId(text), null, JSON.stringify(text));
});

Deno.test("read() and remove() follow no path out of the store", async () => {
  const files = new MemoryFiles({ "/state/secret/manifest.json": JSON.stringify(OLD) });
  const store = new IncidentStore(FOLDER, files);
  for (const id of ["../secret", "/state/secret", "..", ""]) {
    assert.equal(await store.read(id), null, id);
    await store.remove(id);
  }
  assert.ok(files.text("/state/secret/manifest.json") !== null);
});

Deno.test("list() gives what was saved, newest first, and nothing else in the folder", async () => {
  const files = new MemoryFiles();
  const store = new IncidentStore(FOLDER, files);
  assert.deepEqual(await store.list(), []);
  await store.save(incident(10), [found("stdout.txt", "a")], AT, { answer: 42 });
  await store.save(incident(9), [], AT);
  await store.save(incident(11), [], new Date(AT.getTime() + 1_000));
  files.put(join(FOLDER, "notes.txt"), "mine");
  const [newest, second, third, ...more] = await store.list();
  assert.deepEqual([newest?.generation, second?.generation, third?.generation, more], [11, 10, 9, []]);
  assert.ok(second?.kind === "whole");
  const artifacts = [{ name: "stdout.txt", status: "saved", bytes: 1, reason: null }];
  assert.deepEqual(second.artifacts, artifacts);
  assert.deepEqual(second.manifest, {
    id: incidentId(incident(10), AT),
    at: AT.toISOString(),
    ...incident(10),
    decision: { kind: "restart", reason: "start again in 0.1 s" },
    artifacts,
    facts: { answer: 42 },
  });
  assert.deepEqual(second.document, {
    id: incidentId(incident(10), AT),
    at: AT.toISOString(),
    ...incident(10),
    ...{ artifacts, facts: { answer: 42 } },
  });
});

Deno.test("read() reads the manifest of a version that listed no artefacts", async () => {
  const read = await readBack(JSON.stringify(OLD));
  assert.ok(read.kind === "whole");
  assert.deepEqual(read.artifacts, [{ name: "stderr.txt", status: "saved", bytes: 4, reason: null }]);
  assert.deepEqual([read.manifest.verdict, read.manifest.facts], [incident(7).verdict, {}]);
});

Deno.test("read() reads the manifest of a version that knows more", async () => {
  const verdict = { ...OLD.verdict, class: "sunburnt", confidence: "felt", evidence: [{ text: "hot" }, 3] };
  const artifacts = [
    { name: "x", status: "melted" },
    { name: "y", status: "saved", bytes: 1, sha: "z" },
    null,
  ];
  const read = await readBack(
    JSON.stringify({ ...OLD, verdict, artifacts, decision: 5, change: null, new: [] }),
  );
  assert.ok(read.kind === "whole");
  assert.deepEqual(read.manifest.verdict, {
    ...OLD.verdict,
    class: "sunburnt",
    confidence: "unsure",
    evidence: [{ source: "not known", line: null, text: "hot" }],
  });
  assert.deepEqual(read.artifacts, [
    { name: "x", status: "missing", bytes: 0, reason: null },
    { name: "y", status: "saved", bytes: 1, reason: null },
  ]);
  assert.equal(read.manifest.decision.reason, "not known");
});

Deno.test("list() shows a damaged incident as such", async () => {
  const damages: Readonly<Record<string, RegExp>> = {
    "": /^its manifest cannot be read: /,
    "{": /^its manifest cannot be read: /,
    "[]": /: it is no JSON object$/,
    "{}": /: its id is missing$/,
    [JSON.stringify({ ...OLD, at: "yesterday" })]: /: its time is missing$/,
    [JSON.stringify({ ...OLD, generation: "7" })]: /: its generation is missing$/,
    [JSON.stringify({ ...OLD, verdict: {} })]: /: its verdict is missing$/,
  };
  for (const [text, reason] of Object.entries(damages)) {
    const read = await readBack(text);
    assert.ok(read.kind === "damaged", text);
    assert.match(read.reason, reason);
    assert.deepEqual([read.class, read.generation, read.artifacts[0]?.name], ["heap-oom", 7, "stderr.txt"]);
  }
  const files = new MemoryFiles({ [join(FOLDER, ID, "stderr.txt")]: "four" });
  const [unfinished] = await new IncidentStore(FOLDER, files).list();
  assert.match(unfinished?.kind === "damaged" ? unfinished.reason : "", /^it has no manifest/);
});

Deno.test("readManifest() takes any JSON without throwing", () => {
  const fields = Object.fromEntries(Object.keys(OLD).map((name) => [name, fc.jsonValue()]));
  const document = fc.record({ ...fields, artifacts: fc.jsonValue(), facts: fc.jsonValue() }, {
    requiredKeys: [],
  });
  fc.assert(fc.property(fc.oneof(document, fc.jsonValue()), (value) => {
    const read = readManifest(value);
    assert.ok(typeof read === "string" || read.artifacts === null || Array.isArray(read.artifacts));
  }));
});
