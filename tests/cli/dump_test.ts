import assert from "node:assert/strict";
import { dumpRoutes } from "../../src/api/dumps.ts";
import type { DumpKind, DumpOutcome, HeapDumpDocument } from "../../src/api/dumps.ts";
import { logLevelRoutes } from "../../src/api/log_level.ts";
import { dump } from "../../src/cli/dump.ts";
import { logLevel } from "../../src/cli/log_level.ts";
import { EXIT } from "../../src/errors.ts";
import { ScriptedDaemon, statusIn, Surroundings } from "./scripted_daemon.ts";

const WRITING: HeapDumpDocument = {
  id: "1",
  generation: 1,
  path: "/state/d.hprof",
  state: "writing",
  reason: null,
};

/** A daemon whose gateway answers as a test says. */
async function telling(here: Surroundings, outcome: DumpOutcome, end: HeapDumpDocument = WRITING) {
  let looks = 0;
  const dumping = {
    take: () => Promise.resolve(outcome),
    heapDump: () => ++looks < 3 ? WRITING : end,
  };
  const status = statusIn("ready");
  const daemon = new ScriptedDaemon(status, dumpRoutes({ dumping, status: () => status }));
  await daemon.moveIn(here.files);
  return daemon;
}

async function ask(here: Surroundings, kind: DumpKind, json = false): Promise<number> {
  return await here.during(dump(here.context(), { kind, json }, { clock: here.clock, write: null }));
}

Deno.test("dump() prints what the gateway tells, fit for a terminal or as JSON", async () => {
  const here = new Surroundings();
  await using _daemon = await telling(here, { kind: "text", text: "one\ntwo\x1b[2J\n" });
  assert.equal(await ask(here, "threads"), EXIT.ok);
  assert.equal(await ask(here, "histogram", true), EXIT.ok);
  assert.equal(here.printed[0], "one\ntwo [2J\n");
  assert.deepEqual(JSON.parse(here.printed[1] ?? ""), { kind: "histogram", text: "one\ntwo\x1b[2J\n" });
});

Deno.test("dump() waits until the heap is written, and says where it is or why it is not", async () => {
  const here = new Surroundings();
  const begun = { kind: "begun", dump: WRITING } as const;
  {
    await using _daemon = await telling(here, begun, { ...WRITING, state: "saved" });
    assert.equal(await ask(here, "heap"), EXIT.ok);
    assert.match(here.printed[0] ?? "", /^The heap of generation 1 is in \/state\/d\.hprof\.\n.*secrets/);
  }
  const other = new Surroundings();
  await using _daemon = await telling(other, begun, {
    ...WRITING,
    state: "failed",
    reason: "the disk is full",
  });
  await assert.rejects(ask(other, "heap"), {
    message: "Cannot keep the gateway's heap: the disk is full",
    exitCode: EXIT.unavailable,
  });
});

Deno.test("dump() says why there is nothing to be had", async () => {
  const nobody = new Surroundings();
  await assert.rejects(ask(nobody, "threads"), {
    exitCode: EXIT.unavailable,
    message: /no daemon is running/,
  });
  const here = new Surroundings();
  await using _daemon = await telling(here, { kind: "failed", reason: "It does not answer." });
  await assert.rejects(ask(here, "threads"), {
    message: "Cannot ask for the gateway's threads: It does not answer",
    exitCode: EXIT.unavailable,
  });
  const stranger = new Surroundings();
  const context = stranger.context({ "state-dir": "/elsewhere", api: _daemon.address });
  const asked = dump(context, { kind: "threads", json: false }, { clock: stranger.clock, write: null });
  await assert.rejects(asked, {
    exitCode: EXIT.noPermission,
    message: /^Cannot ask for the gateway's threads: .* refused/,
  });
});

Deno.test("logLevel() says what became of each gateway", async () => {
  const here = new Surroundings();
  const asked: string[] = [];
  const routes = logLevelRoutes({
    levels: ["DEBUG"],
    change: (level, forMs) => {
      asked.push(`${level} ${forMs}`);
      return Promise.resolve([{ generation: 1, before: "WARN", level, until: "2026-01-01T00:10:00.000Z" }]);
    },
  });
  await using daemon = new ScriptedDaemon(statusIn("ready"), routes);
  await daemon.moveIn(here.files);
  const request = { level: "DEBUG", forMs: 600_000, json: false };
  assert.equal(await logLevel(here.context(), request), EXIT.ok);
  assert.equal(await logLevel(here.context(), { ...request, json: true }), EXIT.ok);
  assert.deepEqual(asked, ["DEBUG 600000", "DEBUG 600000"]);
  const [said, json = ""] = here.printed;
  assert.equal(said, "Generation 1 logs from DEBUG on (before: WARN); from 00:10:00 UTC on WARN again.\n");
  assert.equal(JSON.parse(json)[0].level, "DEBUG");
  await assert.rejects(logLevel(here.context(), { ...request, level: "LOUD" }), {
    message: /^Cannot change Spark's log level: The body has a "level" that is not one of DEBUG/,
    exitCode: EXIT.unavailable,
  });
});
