import assert from "node:assert/strict";
import { EXIT, UserError } from "../../src/errors.ts";
import { OWNER_VARIABLE } from "../../src/gateway/start.ts";
import type { Logger } from "../../src/log.ts";
import { succeed, sweepAfterEmbedded } from "../../src/daemon/predecessors.ts";
import { dialer, loopback } from "../../src/runtime/net.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const STATE = "/state";
const LEDGER = `${STATE}/ledger.jsonl`;
const PREFIX = "rekindle-0123abcd-";
const SELF = 99;
const AT = "2025-12-31T00:00:00.000Z";
/** The date of a manual clock's beginning, when nothing has to be waited for. */
const NOW = "2026-01-01T00:00:00.000Z";

/** A line of the ledger. */
type Line = Readonly<Record<string, unknown>>;

function started(generation: number, pid: number): Line {
  return { kind: "started", at: AT, generation, pid, startTicks: 10 * pid, bootId: "one boot" };
}

function ended(generation: number): Line {
  const exit = { code: 0, signal: null };
  const told = { class: "requested", confidence: "certain", wasReady: true, next: "", incident: null };
  return { kind: "ended", at: AT, generation, exit, ...told };
}

/** A state folder whose last daemon is gone, and the next daemon. */
class Succession {
  readonly clock = new ManualClock();
  readonly files = new MemoryFiles({ [`${STATE}/lock`]: "", "/tmp/.keep": "" });
  readonly machine = new ScriptedMachine();
  readonly told: string[] = [];
  readonly errors: unknown[] = [];
  readonly #history: string;

  constructor(history: readonly Line[] = [], torn = "") {
    this.#history = history.map((line) => `${JSON.stringify(line)}\n`).join("") + torn;
    if (this.#history !== "") this.files.put(LEDGER, this.#history);
  }

  get runtime() {
    const { clock, files, machine } = this;
    return { clock, files, machine, dialer, unixDialer: dialer, loopback, children: new ScriptedLauncher() };
  }

  get log(): Logger {
    const write = (level: string) => (message: string) => void this.told.push(`${level}: ${message}`);
    return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  }

  /** A process that bears the mark of this state folder, or another's. */
  lives(pid: number, { owner = STATE } = {}): void {
    this.machine.vitals.set(pid, {
      state: "S",
      startTicks: 10 * pid,
      cpuMs: 0,
      tracerPid: 0,
      residentBytes: 2 ** 27,
    });
    this.machine.environments.set(pid, [`${OWNER_VARIABLE}=${owner}`]);
  }

  dies(pid: number): void {
    this.machine.vitals.delete(pid);
    this.machine.environments.delete(pid);
  }

  /** What the ledger has become longer by. */
  get written(): readonly Line[] {
    const text = this.files.text(LEDGER) ?? "";
    assert.ok(text.startsWith(this.#history), "what stood in the ledger has changed");
    return text.slice(this.#history.length).trim().split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  /** Takes over, with as much time as that needs. */
  async happens({ meanwhile = () => {}, afterMs = 0 } = {}) {
    const taken = succeed({
      folders: { state: STATE, runtime: "/run", logs: "/log", temp: "/tmp" },
      runtime: this.runtime,
      log: this.log,
      owner: STATE,
      scratchPrefix: PREFIX,
      pid: SELF,
      version: "1.2.3",
      onError: (error) => void this.errors.push(error),
    });
    // Whoever awaits it below still hears of it.
    taken.catch(() => {});
    await this.clock.advance(afterMs);
    meanwhile();
    await this.clock.advance(60_000);
    const ledger = await taken;
    await ledger.close();
    return ledger.contents;
  }
}

Deno.test("succeed() begins a ledger in a fresh folder, and takes no time", async () => {
  const succession = new Succession();
  const { lastGeneration } = await succession.happens();
  assert.equal(lastGeneration, 0);
  assert.deepEqual(succession.written, [{ kind: "daemon", at: NOW, pid: SELF, version: "1.2.3" }]);
  assert.deepEqual([succession.told, succession.errors, succession.machine.killed], [[], [], []]);
  assert.deepEqual(succession.files.tree("/tmp"), ["/tmp/.keep"]);
});

Deno.test("succeed() goes on where a daemon ended in order, and has nothing to tell", async () => {
  const succession = new Succession([started(6, 7), ended(6)]);
  assert.equal((await succession.happens()).lastGeneration, 6);
  assert.deepEqual(succession.written.map(({ kind }) => kind), ["daemon"]);
  assert.deepEqual(succession.told, []);
});

Deno.test("succeed() waits for a gateway that ends by itself, and tells the ledger and the log of it", async () => {
  const succession = new Succession([started(6, 7)]);
  succession.lives(7);
  await succession.happens({ meanwhile: () => succession.dies(7), afterMs: 2_000 });
  assert.deepEqual(succession.written.map(({ at: _, ...rest }) => rest), [
    { kind: "orphan", generation: 6, pid: 7, how: "ended by itself" },
    { kind: "daemon", pid: SELF, version: "1.2.3" },
  ]);
  assert.deepEqual(succession.told, ["warn: process 7, left by a daemon that was killed: ended by itself"]);
  assert.deepEqual(succession.machine.killed, []);
});

Deno.test("succeed() kills what does not end, its workers too, and nobody else", async () => {
  const succession = new Succession([started(6, 7)]);
  for (const pid of [7, 8, SELF]) succession.lives(pid);
  succession.lives(9, { owner: "/another/state" });
  await succession.happens();
  assert.deepEqual(succession.machine.killed, [7, 8]);
  assert.deepEqual(succession.written.map(({ kind, generation, pid, how }) => [kind, generation, pid, how]), [
    ["orphan", 6, 7, "killed"],
    ["orphan", null, 8, "killed"],
    ["daemon", undefined, SELF, undefined],
  ]);
  assert.deepEqual(succession.told.map((line) => line.split(": ").at(-1)), ["killed", "killed"]);
});

Deno.test("succeed() starts nothing beside a gateway that would not die, and leaves everything to the next try", async () => {
  const succession = new Succession([started(6, 7)]);
  succession.files.put(`/tmp/${PREFIX}1/blockmgr/x`, "");
  for (const pid of [7, 8]) succession.lives(pid);
  succession.machine.undying.add(7);
  await assert.rejects(succession.happens(), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.exitCode, EXIT.tempFail);
    assert.equal(error.exitCode, 75);
    assert.match(error.message, /a gateway of an earlier daemon does not die \(process 7\)$/);
    assert.match(error.hint, /-p 7\)/);
    return true;
  });
  assert.deepEqual(succession.written, []);
  assert.ok(succession.told.includes("warn: process 7, left by a daemon that was killed: would not die"));
  assert.notEqual(succession.files.text(`/tmp/${PREFIX}1/blockmgr/x`), null);
});

Deno.test("succeed() tells the ledger of gateways that nobody saw end, and looks for none of them twice", async () => {
  const first = new Succession([started(4, 5), started(5, 6), ended(5), started(6, 7)]);
  await first.happens();
  assert.deepEqual(first.written.map(({ kind, generation, pid, how }) => [kind, generation, pid, how]), [
    ["orphan", 4, 5, "gone already"],
    ["orphan", 6, 7, "gone already"],
    ["daemon", undefined, SELF, undefined],
  ]);
  assert.deepEqual([first.told, first.machine.killed], [[], []]);
  const next = new Succession(first.files.text(LEDGER)?.trim().split("\n").map((line) => JSON.parse(line)));
  const { open, lastGeneration } = await next.happens();
  assert.deepEqual([open, lastGeneration], [[], 6]);
  assert.deepEqual(next.written.map(({ kind }) => kind), ["daemon"]);
});

Deno.test("succeed() does not take a stranger for a gateway that has got its number", async () => {
  const succession = new Succession([started(6, 7)]);
  succession.machine.vitals.set(7, {
    state: "S",
    startTicks: 71,
    cpuMs: 0,
    tracerPid: 0,
    residentBytes: 2 ** 27,
  });
  await succession.happens();
  assert.deepEqual(succession.machine.killed, []);
  assert.equal(succession.written[0]?.how, "gone already");
});

const WHOLE = `${JSON.stringify({ kind: "daemon", at: AT, pid: 5, version: "1" })}\n`;

for (
  const [what, damage, lines, lost] of [
    ["cut off", '{"kind":"star', 1, '{"kind":"star'],
    ["spoiled within", `junk\n${WHOLE}`, 1, "junk\n"],
    ["spoiled and cut off", 'junk\n{"kind":"star', 2, 'junk\n{"kind":"star'],
  ] as const
) {
  Deno.test(`succeed() tells of a ledger that was ${what}, goes on with the rest and sets that aside`, async () => {
    const succession = new Succession([started(6, 7), ended(6)], damage);
    assert.equal((await succession.happens()).lastGeneration, 6);
    const [warning, ...others] = succession.told;
    assert.match(
      warning ?? "",
      new RegExp(`^warn: the ledger was damaged, .*ledger\\.jsonl\\.damaged: ${lines}$`),
    );
    assert.deepEqual(others, []);
    assert.equal(succession.files.text(`${LEDGER}.damaged`), lost);
    const kinds = succession.files.text(LEDGER)?.trim().split("\n").map((line) => JSON.parse(line).kind);
    assert.deepEqual(kinds?.filter((kind) => kind !== "daemon"), ["started", "ended", "repaired"]);
    assert.equal(kinds?.at(-1), "daemon");
  });
}

Deno.test("succeed() removes what killed gateways left, tells of each, and touches nothing of others", async () => {
  const succession = new Succession([started(5, 6), ended(5), started(6, 7)]);
  const { files } = succession;
  const ours = [
    `/tmp/${PREFIX}1/blockmgr/x`,
    "/tmp/.java_pid7",
    "/tmp/hsperfdata_me/7",
    "/tmp/hsperfdata_me/6",
  ];
  const others = [
    ...["/tmp/rekindle-fedcba98-1/x", "/tmp/rekindle-exec-1/lock", "/tmp/spark-1/x", `/tmp/a-${PREFIX}1/x`],
    ...["/tmp/.java_pid8", "/tmp/.java_pid77", "/tmp/hsperfdata_me/8", "/tmp/hsperfdata_me/77"],
  ];
  for (const path of [...ours, ...others, "/log/hs_err_g1_7.log"]) files.put(path, "");
  await succession.happens();
  assert.deepEqual([...ours, ...others].filter((path) => files.text(path) !== null), others);
  const removed = [`/tmp/${PREFIX}1`, "/tmp/hsperfdata_me/6", "/tmp/.java_pid7", "/tmp/hsperfdata_me/7"];
  assert.deepEqual(
    [...succession.told].sort(),
    [
      "info: removed /log/hs_err_g1_7.log, which is old",
      ...removed.map((path) => `info: removed ${path}, left by a daemon that was killed`),
    ].sort(),
  );
});

Deno.test("succeed() leaves the traces of a JVM that has got the number of one of ours", async () => {
  const succession = new Succession([started(6, 7)]);
  succession.machine.vitals.set(7, {
    state: "S",
    startTicks: 71,
    cpuMs: 0,
    tracerPid: 0,
    residentBytes: 2 ** 27,
  });
  succession.files.put("/tmp/hsperfdata_me/7", "");
  await succession.happens();
  assert.deepEqual([succession.files.text("/tmp/hsperfdata_me/7"), succession.told], ["", []]);
});

Deno.test("succeed() looks for traces of the newest gateways only", async () => {
  const pids = Array.from({ length: 30 }, (_, index) => 100 + index);
  const succession = new Succession(
    pids.flatMap((pid, index) => [started(index + 1, pid), ended(index + 1)]),
  );
  for (const pid of pids) succession.files.put(`/tmp/hsperfdata_me/${pid}`, "");
  await succession.happens();
  assert.deepEqual(
    succession.files.tree("/tmp/hsperfdata_me"),
    pids.slice(0, 10).map((pid) => `/tmp/hsperfdata_me/${pid}`),
  );
});

Deno.test("succeed() goes on behind what cannot be removed and what cannot be written", async () => {
  const succession = new Succession([started(6, 7)]);
  succession.files.put(`/tmp/${PREFIX}1/x`, "");
  succession.files.disk = (operation) => {
    if (operation === "remove") throw new Error("Device or resource busy (os error 16)");
    if (operation === "write") throw new Error("No space left on device (os error 28)");
  };
  await succession.happens();
  assert.deepEqual(succession.told, [
    `warn: could not remove /tmp/${PREFIX}1: Device or resource busy (os error 16)`,
  ]);
  assert.equal(succession.errors.length, 1);
  assert.match(String(succession.errors[0]), /Cannot write the ledger .*No space left on device/);
});

Deno.test("sweepAfterEmbedded() removes what an exec left that was killed, and tells of it", async () => {
  const succession = new Succession();
  const { files, runtime, log, told } = succession;
  for (const name of ["rekindle-exec-1", "rekindle-exec-2"]) files.put(`/tmp/${name}/lock`, "");
  const held = await files.tryLock("/tmp/rekindle-exec-2/lock");
  await sweepAfterEmbedded({ temp: "/tmp", runtime, log });
  assert.equal(files.text("/tmp/rekindle-exec-1/lock"), null);
  assert.notEqual(files.text("/tmp/rekindle-exec-2/lock"), null);
  assert.deepEqual(told, ["info: removed /tmp/rekindle-exec-1, left by a daemon that was killed"]);
  held?.release();
});
