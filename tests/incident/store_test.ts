import assert from "node:assert/strict";
import { join } from "@std/path";
import type { DeathEvidence } from "../../src/core/exit_cause.ts";
import type { Incident } from "../../src/core/lifecycle.ts";
import type { CauseClass } from "../../src/core/verdict.ts";
import { incidentId, IncidentStore } from "../../src/incident/store.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";

const FOLDER = "/state/incidents";
const AT = new Date("2026-03-04T05:06:07.890Z");
const EXIT = { code: 3, signal: null };

function incident(generation: number, cause: CauseClass = "heap-oom"): Incident {
  const verdict = {
    class: cause,
    fatal: true,
    confidence: "certain",
    summary: "It ran out of heap.",
    evidence: [{ source: "stderr", line: 2, text: "java.lang.OutOfMemoryError" }],
    remedy: "More heap.",
  } as const;
  return {
    generation,
    verdict,
    exit: EXIT,
    change: { changed: true, reason: "heap 1 GiB → 2 GiB" },
    decision: { kind: "restart", delayMs: 100, reason: "start again in 0.1 s" },
  };
}

const EVIDENCE: DeathEvidence = {
  exit: EXIT,
  intent: null,
  wasReady: true,
  stdout: [{ number: 41, text: "last" }, { number: 42, text: "wörds" }],
  stderr: [{ number: 1, text: "" }],
  oomKills: { group: 0, machine: null },
};

Deno.test("incidentId() names time, generation and class", () => {
  assert.equal(incidentId(incident(7, "gc-overhead"), AT), "20260304T050607Z-g7-gc-overhead");
});

Deno.test("save() keeps the outputs and everything known of the incident", async () => {
  const files = new MemoryFiles();
  const id = await new IncidentStore(FOLDER, files).save(incident(7), EVIDENCE, AT);
  assert.equal(id, "20260304T050607Z-g7-heap-oom");
  const folder = join(FOLDER, id);
  assert.deepEqual(await files.list(folder), ["manifest.json", "stderr.txt", "stdout.txt"]);
  assert.equal(files.text(join(folder, "stdout.txt")), "last\nwörds\n");
  assert.equal(files.text(join(folder, "stderr.txt")), "\n");
  const manifest = files.text(join(folder, "manifest.json")) ?? "";
  assert.deepEqual(JSON.parse(manifest), { id, at: AT.toISOString(), ...incident(7) });
  assert.ok(manifest.endsWith("}\n"));
});

Deno.test("save() writes the manifest last: a folder that has one is complete", async () => {
  const files = new MemoryFiles();
  await new IncidentStore(FOLDER, files).save(incident(1), EVIDENCE, AT);
  assert.equal(files.changes.at(-1)?.split("/").at(-1), "manifest.json");
  const broken = new MemoryFiles();
  broken.disk = (operation, path) => {
    if (operation === "writeAtomic" && path.endsWith("stderr.txt")) {
      throw new Error("No space left on device");
    }
  };
  const store = new IncidentStore(FOLDER, broken);
  await assert.rejects(store.save(incident(1), EVIDENCE, AT), /No space left/);
  assert.ok(!broken.tree(FOLDER).some((path) => path.endsWith("manifest.json")));
});

Deno.test("save() does without evidence that was never gathered", async () => {
  const files = new MemoryFiles();
  const id = await new IncidentStore(FOLDER, files).save(incident(1), null, AT);
  assert.deepEqual(await files.list(join(FOLDER, id)), ["manifest.json"]);
});

Deno.test("save() keeps the newest fifty, whatever day they are of", async () => {
  const files = new MemoryFiles();
  const store = new IncidentStore(FOLDER, files);
  const ids: string[] = [];
  for (let day = 0; day < 53; day++) {
    const at = new Date(AT.getTime() + day * 86_400_000);
    ids.push(await store.save(incident(60 - day), EVIDENCE, at));
    assert.equal((await files.list(FOLDER)).length, Math.min(day + 1, 50));
  }
  assert.deepEqual(await files.list(FOLDER), ids.slice(-50));
});

Deno.test("save() makes folders and files that only their user can read", async () => {
  const root = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const id = await new IncidentStore(join(root, "incidents"), realFiles).save(incident(1), EVIDENCE, AT);
    const folder = join(root, "incidents", id);
    assert.equal((await Deno.stat(folder)).mode, 0o40700);
    for (const name of ["manifest.json", "stdout.txt", "stderr.txt"]) {
      assert.equal((await Deno.stat(join(folder, name))).mode, 0o100600, name);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
