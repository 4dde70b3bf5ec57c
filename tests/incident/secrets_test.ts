/**
 * No secret that a daemon was given, or that its gateway has made, is in anything that leaves the incidents' folder.
 * @module
 */

import assert from "node:assert/strict";
import { readArgs } from "../../src/cli/args.ts";
import { incidents, readIncidentsRequest } from "../../src/cli/incidents.ts";
import type { Incident } from "../../src/core/lifecycle.ts";
import { HEAP_DUMP_NAMES } from "../../src/incident/finding.ts";
import { secretsOf } from "../../src/incident/redaction/known_secrets.ts";
import { redact } from "../../src/incident/redaction/redact.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { Surroundings } from "../cli/scripted_daemon.ts";
import { makeServer } from "../supervisor/drive.ts";
import { Witnessed } from "../supervisor/witnessed.ts";
import { unpack } from "./archive.ts";
import { CONF, ENV, leaksIn, PLANTED, PY4J_SECRET, SECRETS, SHAPES } from "./planted_secrets.ts";
import { AT, found, incident } from "./samples.ts";

const KNOWN = [...secretsOf({ env: ENV, conf: CONF }), PY4J_SECRET];

for (const [writer, shape] of Object.entries(SHAPES)) {
  Deno.test(`a secret known by its value is found as ${writer} writes it`, () => {
    for (const secret of SECRETS) {
      const written = shape(secret);
      const { text, count } = redact(written, KNOWN);
      assert.deepEqual(leaksIn(text), [], text);
      assert.ok(count > 0, written);
      // What stands around it says where it stood.
      assert.match(text, /^(?:the value |x|\{|<property>|java -D|X=|https:|y=1|"worker-| {3}1:)/);
    }
  });
}

Deno.test("a Py4J secret that nobody knows is found by its look", () => {
  for (const shape of Object.values(SHAPES)) {
    const { text } = redact(shape(PY4J_SECRET));
    assert.deepEqual(leaksIn(text), [], text);
  }
  const digest = `image sha256:${PY4J_SECRET}, /docker/${PY4J_SECRET}, cri-containerd:${PY4J_SECRET}`;
  assert.equal(redact(digest).text, digest);
});

/** What a real driver keeps of a death when every source of evidence holds every secret. */
async function keptByDriver(): Promise<ReadonlyMap<string, string | null>> {
  await using server = makeServer();
  await using drive = new Witnessed({
    perfDataPath: (pid) => `/tmp/hsperfdata_me/${pid}`,
    secrets: KNOWN,
  });
  const { files, machine } = drive.world;
  drive.jvm.answer = `0\n${PLANTED}`;
  machine.memoryGroupReport = () => Promise.resolve(PLANTED);
  await drive.ready(server);
  await drive.inputs.first("looked");
  await drive.inspect();
  for (
    const path of ["/proc/meminfo", "/run/g1/gc.log", "/tmp/hsperfdata_me/1001", "/log/hs_err_g1_1001.log"]
  ) {
    files.put(path, PLANTED);
  }
  drive.world.child.write("stdout", PLANTED);
  drive.world.child.write("stderr", PLANTED);
  await drive.collect();
  await drive.inputs.first("collected");
  await drive.record();
  await drive.driver.settled();
  assert.deepEqual(drive.errors, []);
  const manifest = drive.text("manifest.json") ?? "";
  const names: string[] = JSON.parse(manifest).artifacts.map(({ name }: { name: string }) => name);
  return new Map([["manifest.json", manifest], ...names.map((name) => [name, drive.text(name)] as const)]);
}

Deno.test("what a daemon knows to be secret is not even kept, but in the performance data", async () => {
  const kept = await keptByDriver();
  assert.ok(kept.size > 12);
  for (const [name, text] of kept) {
    // Binary: it stays as it is, on this machine.
    if (name !== "hsperfdata") assert.deepEqual(leaksIn(text ?? ""), [], name);
  }
  assert.notDeepEqual(leaksIn(kept.get("hsperfdata") ?? ""), []);
});

/** A death whose every text holds every secret. */
function planted(): Incident {
  const { verdict, ...rest } = incident(7);
  const evidence = PLANTED.split("\n").map((text, line) => ({ source: "stderr", line, text } as const));
  return {
    ...rest,
    verdict: { ...verdict, summary: PLANTED, evidence, remedy: PLANTED },
    change: { changed: true, reason: PLANTED },
    decision: { kind: "restart", delayMs: 0, reason: PLANTED },
  };
}

Deno.test("no secret is in a bundle, nor in what incidents print, whichever artefact holds it", async () => {
  // Whatever a driver keeps today; a new artefact is among them without anybody's doing.
  const names = [...(await keptByDriver()).keys(), ...Object.values(HEAP_DUMP_NAMES)]
    .filter((name) => name !== "manifest.json");
  const place = new Surroundings();
  const store = new IncidentStore("/state/incidents", place.files);
  const texts = [...new Set(names)].map((name) =>
    found(name, name === "hsperfdata" ? `\0${PLANTED}` : PLANTED)
  );
  const lost = { name: "lost.txt", status: "missing", reason: PLANTED, content: null } as const;
  const facts = { gateway: { [PY4J_SECRET]: PLANTED }, plain: PLANTED };
  await store.save(planted(), [...texts, lost], AT, facts);
  const say = async (line: string) => {
    const from = place.printed.length;
    const context = { ...place.context({ "state-dir": "/state", conf: [...CONF] }, ENV), secrets: KNOWN };
    const request = readIncidentsRequest(readArgs(["incidents", ...line.split(" ")]));
    assert.equal(await incidents({ ...context, cwd: "/home" }, request, place.view), 0);
    return place.printed.slice(from).join("");
  };
  place.files.put("/home/x", "");
  for (const line of ["list", "list --json", "show last", "show last --json", "bundle last -o b.tar.gz"]) {
    assert.deepEqual(leaksIn(await say(line)), [], line);
  }
  const archive = await unpack(await place.files.readBytes("/home/b.tar.gz"));
  assert.ok(archive.size > 12);
  for (const [path, bytes] of archive) {
    assert.deepEqual(leaksIn(path + new TextDecoder().decode(bytes)), [], path);
  }
  assert.ok(![...archive.keys()].some((path) => /hsperfdata|\.hprof/.test(path)));
});
