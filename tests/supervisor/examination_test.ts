import assert from "node:assert/strict";
import type { GcVitals, Look, ProcessVitals, SparkVitals } from "../../src/core/vitals.ts";
import { examineUntil } from "../../src/supervisor/examination.ts";
import type { Probe } from "../../src/supervisor/examination.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

const PID = 42;
const PERIOD_MS = 2_000;
const SPARK_MS = 2.5 * PERIOD_MS;
const ANSWER_MS = 4_000;

const PROCESS: ProcessVitals = { state: "S", startTicks: 7, cpuMs: 100, tracerPid: 0 };
const GC: GcVitals = { pausedMs: 5, collections: 1, cause: null, oldUsedBytes: 1, oldMaxBytes: 2 };
const SPARK: SparkVitals = { contextActive: true, schedulerAlive: true, folders: ["/tmp/x"], deadlocked: [] };

/** A probe that answers, hangs or fails as the test says. */
class ScriptedProbe implements Probe {
  /** How often it was asked, and by what it was ended or failed. */
  asked = 0;
  readonly givenUp: number[] = [];
  closed = 0;
  does: "answer" | "hang" | "fail" = "answer";
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async look(signal: AbortSignal): Promise<SparkVitals> {
    assert.equal(this.closed, 0, "it was asked after it was closed");
    this.asked++;
    if (this.does === "fail") throw new Error("Connection refused");
    if (this.does === "answer") return SPARK;
    const { promise, reject } = Promise.withResolvers<SparkVitals>();
    signal.addEventListener("abort", () => {
      this.givenUp.push(this.#clock.nowMs());
      reject(signal.reason);
    });
    return await promise;
  }

  close(): void {
    this.closed++;
  }
}

/** An examination under way; ends, and must leave nothing behind, when it is disposed of. */
class Examination implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly machine = new ScriptedMachine();
  readonly probe = new ScriptedProbe(this.clock);
  readonly looks: Look[] = [];
  /** When each look was made. */
  readonly atMs: number[] = [];
  troubled = false;
  gc: GcVitals | null = GC;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor({ ended = false } = {}) {
    this.machine.vitals.set(PID, PROCESS);
    if (ended) this.#stop.abort();
    this.#ended = examineUntil({
      ...{ pid: PID, port: 4000, periodMs: PERIOD_MS, signal: this.#stop.signal },
      ...{ clock: this.clock, machine: this.machine, probe: this.probe },
      readGc: () => Promise.resolve(this.gc),
      troubled: () => this.troubled,
      onLook: (look) => {
        this.looks.push(look);
        this.atMs.push(this.clock.nowMs());
      },
    });
  }

  get newest(): Look | undefined {
    return this.looks.at(-1);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    assert.equal(this.probe.closed, 1);
    assert.deepEqual(this.clock.pendingMs, []);
  }
}

Deno.test("examineUntil() looks at once and every period, and tells what the kernel and the JVM tell", async () => {
  await using examination = new Examination();
  const { clock, machine, looks, atMs } = examination;
  await clock.advance(2 * PERIOD_MS);
  assert.deepEqual(atMs, [0, PERIOD_MS, 2 * PERIOD_MS]);
  const well: Look = { process: PROCESS, gc: GC, spark: null, closer: null };
  assert.deepEqual(looks, [well, well, well]);
  machine.vitals.set(PID, { ...PROCESS, state: "T" });
  examination.gc = null;
  await clock.advance(PERIOD_MS);
  assert.deepEqual([examination.newest?.process?.state, examination.newest?.gc], ["T", null]);
  machine.vitals.delete(PID);
  await clock.advance(PERIOD_MS);
  assert.equal(examination.newest?.process, null);
});

Deno.test("examineUntil() asks Spark every two and a half periods, and tells each answer once", async () => {
  await using examination = new Examination();
  const { clock, looks, probe } = examination;
  await clock.advance(SPARK_MS - 1);
  assert.equal(probe.asked, 0);
  await clock.advance(1);
  assert.equal(probe.asked, 1);
  // Eight periods: asked after 5, 10 and 15 s, told with the looks that follow.
  await clock.advance(8 * PERIOD_MS - SPARK_MS);
  assert.equal(probe.asked, 3);
  const told = looks.map(({ spark }, index) => spark === null ? [] : [index * PERIOD_MS]).flat();
  assert.equal(told.length, 3);
  assert.deepEqual([told[0], told[2]], [3 * PERIOD_MS, 8 * PERIOD_MS]);
  for (const { spark } of looks) assert.ok(spark === null || spark === SPARK);
});

Deno.test("examineUntil() gives a Spark that does not answer up after 4 s, and looks on meanwhile", async () => {
  await using examination = new Examination();
  const { clock, looks, probe } = examination;
  probe.does = "hang";
  await clock.advance(SPARK_MS + ANSWER_MS - 1);
  assert.deepEqual([probe.asked, probe.givenUp], [1, []]);
  assert.equal(looks.length, 1 + Math.floor((SPARK_MS + ANSWER_MS - 1) / PERIOD_MS));
  await clock.advance(1);
  assert.deepEqual(probe.givenUp, [SPARK_MS + ANSWER_MS]);
  probe.does = "answer";
  await clock.advance(SPARK_MS - 1);
  assert.equal(probe.asked, 1);
  await clock.advance(1);
  assert.equal(probe.asked, 2);
  await clock.advance(PERIOD_MS);
  assert.equal(looks.filter(({ spark }) => spark !== null).length, 1);
});

Deno.test("examineUntil() asks a Spark that fails again and again, and takes no failure for news", async () => {
  await using examination = new Examination();
  const { clock, looks, probe } = examination;
  probe.does = "fail";
  await clock.advance(10 * SPARK_MS);
  assert.equal(probe.asked, 10);
  assert.equal(looks.length, 26);
  assert.ok(looks.every(({ spark }) => spark === null));
  probe.does = "answer";
  await clock.advance(SPARK_MS + PERIOD_MS);
  assert.equal(looks.filter(({ spark }) => spark !== null).length, 1);
});

Deno.test("examineUntil() leaves no deadline of an answer behind that came in time", async () => {
  await using examination = new Examination();
  await examination.clock.advance(SPARK_MS);
  assert.ok(examination.clock.pendingMs.every((ms) => ms !== ANSWER_MS));
  assert.equal(examination.clock.pendingMs.length, 2);
});

Deno.test("examineUntil() looks closer only while something is wrong", async () => {
  await using examination = new Examination();
  const { clock, machine } = examination;
  const asked: string[] = [];
  for (const question of ["openFiles", "threadsInDiskSleep"] as const) {
    const answer = machine[question].bind(machine);
    Object.assign(machine, {
      [question]: (pid: number) => {
        asked.push(`${question} ${pid}`);
        return answer(pid);
      },
    });
  }
  machine.connectionsTo = (port?: number) => {
    asked.push(`connectionsTo ${port}`);
    return Promise.resolve(3);
  };
  await clock.advance(PERIOD_MS);
  assert.deepEqual([examination.newest?.closer, asked], [null, []]);
  examination.troubled = true;
  machine.inDiskSleep.set(PID, 2);
  await clock.advance(PERIOD_MS);
  assert.deepEqual(examination.newest?.closer, { writing: null, diskSleepers: 2, programs: 3 });
  assert.deepEqual(asked.sort(), ["connectionsTo 4000", "openFiles 42", "threadsInDiskSleep 42"]);
  examination.troubled = false;
  await clock.advance(PERIOD_MS);
  assert.equal(examination.newest?.closer, null);
  assert.equal(asked.length, 3);
});

for (
  const [path, writing] of [
    ["/job/java_pid42.hprof", "it writes a heap dump"],
    ["/job/java_pid42.hprof.gz", "it writes a heap dump"],
    ["/job/java_pid42.hprof.p0", "it writes a heap dump"],
    ["/job/java_pid42.hprof.gz.p12", "it writes a heap dump"],
    ["/log/hs_err_g1_42.log", "it writes an error report"],
    ["/log/hs_err_pid42.log", "it writes an error report"],
    ["/job/hprof", null],
    ["/job/notes.hprof.txt", null],
    ["/job/my.hprof/data", null],
    ["/job/hs_err/data", null],
    ["/job/not_hs_err_pid42.log", null],
  ] as const
) {
  Deno.test(`examineUntil() takes an open ${path} for ${writing ?? "nothing to wait for"}`, async () => {
    await using examination = new Examination();
    examination.troubled = true;
    examination.machine.open.set(PID, ["/opt/spark/jars/x.jar", path, "/dev/null"]);
    examination.machine.connections = null;
    await examination.clock.advance(PERIOD_MS);
    assert.deepEqual(examination.newest?.closer, { writing, diskSleepers: 0, programs: null });
  });
}

Deno.test("examineUntil() ends at once, wherever it is, and closes the probe", async () => {
  {
    await using waiting = new Examination();
    await waiting.clock.advance(PERIOD_MS / 2);
  }
  {
    await using asking = new Examination();
    asking.probe.does = "hang";
    await asking.clock.advance(SPARK_MS);
    await asking.stop();
    assert.deepEqual(asking.probe.givenUp, [SPARK_MS]);
  }
  await using never = new Examination({ ended: true });
  await never.stop();
  assert.deepEqual([never.looks, never.probe.asked], [[], 0]);
});

Deno.test("examineUntil() has not ended before its question to Spark has", async () => {
  await using examination = new Examination();
  const { clock, probe } = examination;
  const lingering = Promise.withResolvers<SparkVitals>();
  probe.look = () => lingering.promise;
  await clock.advance(SPARK_MS);
  let ended = false;
  const stopped = examination.stop().then(() => ended = true);
  await clock.advance(0);
  assert.deepEqual([ended, probe.closed], [false, 0]);
  lingering.resolve(SPARK);
  await stopped;
  assert.equal(probe.closed, 1);
});

Deno.test("examineUntil() tells nothing of a look that its end has overtaken", async () => {
  await using examination = new Examination();
  const { clock, machine } = examination;
  await clock.advance(0);
  const slow = Promise.withResolvers<ProcessVitals | null>();
  machine.process = () => slow.promise;
  await clock.advance(PERIOD_MS);
  const ended = examination.stop();
  slow.resolve(PROCESS);
  await ended;
  assert.equal(examination.looks.length, 1);
});
