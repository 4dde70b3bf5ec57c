import assert from "node:assert/strict";
import { join } from "@std/path";
import type { OpenGeneration } from "../../src/core/ledger/ledger.ts";
import { OWNER_VARIABLE } from "../../src/gateway/start.ts";
import type { ChildHandle } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import { files as realFiles } from "../../src/runtime/files.ts";
import { createMachine } from "../../src/runtime/machine.ts";
import { EMBEDDED_LOCK, EMBEDDED_PREFIX, endOrphans, sweepEmbedded } from "../../src/supervisor/leftovers.ts";
import type { Orphan } from "../../src/supervisor/leftovers.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { until } from "../real/rekindle.ts";

const hasProc = Deno.build.os === "linux";

/** Real processes of one test. */
class RealProcesses implements AsyncDisposable {
  readonly #children: ChildHandle[] = [];

  /** Starts a program whose standard input stays open; it has begun when this resolves. */
  async start(program: string, env: Readonly<Record<string, string>>): Promise<ChildHandle> {
    const { PATH = "/usr/bin:/bin" } = Deno.env.toObject();
    const args = ["-c", `echo begun; ${program}`];
    const child = children.spawn({ program: "sh", args, env: { PATH, ...env }, cwd: "/" });
    this.#children.push(child);
    const output = child.stdout.getReader();
    await output.read();
    output.releaseLock();
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      child.signal("SIGKILL");
      await child.exited;
      await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
    }
  }
}

Deno.test({
  name:
    "endOrphans() of real processes: the marked and the recorded end, strangers of the same name live (needs /proc)",
  ignore: !hasProc,
  async fn() {
    const machine = createMachine();
    const clock = new ManualClock();
    const owner = `/rekindle-test/${crypto.randomUUID()}`;
    await using processes = new RealProcesses();
    const marked = { [OWNER_VARIABLE]: owner };
    // What obeys the end of its standard input, what does not, and what also ignores SIGTERM with a child of its own.
    const reader = await processes.start("exec cat", marked);
    const sleeper = await processes.start("exec sleep 1000", marked);
    const parent = await processes.start("trap '' TERM; sleep 1000 & wait", marked);
    const recorded = await processes.start("exec sleep 1000", {});
    const stranger = await processes.start("exec sleep 1000", { [OWNER_VARIABLE]: `${owner}2` });
    const recycled = await processes.start("exec sleep 1000", {});
    const bootId = await machine.bootId();
    const open: OpenGeneration[] = [];
    for (
      const [generation, { pid }, later] of [[4, recorded, 0], [5, reader, 0], [6, recycled, 1]] as const
    ) {
      const vitals = await machine.process(pid);
      assert.ok(vitals !== null);
      open.push({ generation, pid, startTicks: vitals.startTicks + later, bootId });
    }
    let found: readonly Orphan[] | null = null;
    const search = { owner, open, machine, clock, selfPid: Deno.pid };
    const ending = endOrphans(search).then((orphans) => found = orphans);
    await clock.sleeping();
    await reader.closeStdin();
    await reader.exited;
    await clock.advance(4_999);
    assert.notEqual(await machine.process(sleeper.pid), null);
    await until(async () => {
      await clock.advance(50);
      return found !== null;
    });
    const how = new Map((await ending).map((orphan) => [orphan.pid, orphan]));
    assert.deepEqual(how.get(reader.pid), { pid: reader.pid, generation: 5, how: "ended by itself" });
    assert.deepEqual(how.get(recorded.pid), { pid: recorded.pid, generation: 4, how: "killed" });
    assert.deepEqual(how.get(sleeper.pid), { pid: sleeper.pid, generation: null, how: "killed" });
    assert.deepEqual(how.get(parent.pid), { pid: parent.pid, generation: null, how: "killed" });
    // The child that inherited the mark.
    assert.equal(how.size, 5);
    assert.deepEqual(await machine.processesWith(OWNER_VARIABLE, owner), []);
    for (const { pid } of [stranger, recycled]) assert.equal((await machine.process(pid))?.state, "S");
    assert.deepEqual(await endOrphans({ ...search, clock: new ManualClock() }), []);
  },
});

Deno.test({
  name: "sweepEmbedded() leaves the folder to a real process that still runs (needs /proc)",
  ignore: !hasProc,
  async fn() {
    const temp = await Deno.makeTempDir({ prefix: "rekindle-test-" });
    try {
      const folder = join(temp, `${EMBEDDED_PREFIX}orphaned`);
      await Deno.mkdir(folder);
      await Deno.writeTextFile(join(folder, EMBEDDED_LOCK), "");
      const sweep = () => sweepEmbedded({ files: realFiles, machine: createMachine(), temp });
      {
        await using processes = new RealProcesses();
        await processes.start("exec cat", { [OWNER_VARIABLE]: folder });
        assert.deepEqual(await sweep(), { removed: [], failed: [] });
      }
      assert.deepEqual((await sweep()).removed, [folder]);
    } finally {
      await Deno.remove(temp, { recursive: true });
    }
  },
});
