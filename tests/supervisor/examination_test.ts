import assert from "node:assert/strict";
import type { Look, ProcessVitals, SparkVitals } from "../../src/core/watch/vitals.ts";
import { ANSWER_MS, Examination, GC, PERIOD_MS, PID, PROCESS, SPARK, SPARK_MS } from "./examination_world.ts";

Deno.test("examineUntil() looks at once and every period, and tells what the kernel and the JVM tell", async () => {
  await using examination = new Examination();
  const { clock, machine, looks, atMs } = examination;
  await clock.advance(2 * PERIOD_MS);
  assert.deepEqual(atMs, [0, PERIOD_MS, 2 * PERIOD_MS]);
  const idle: Look = { process: PROCESS, gc: null, spark: null, pythonBytes: null, closer: null };
  assert.deepEqual(looks, [{ ...idle, gc: GC }, idle, idle]);
  machine.vitals.set(PID, { ...PROCESS, state: "T" });
  examination.gc = null;
  await clock.advance(PERIOD_MS);
  assert.deepEqual([examination.newest?.process?.state, examination.newest?.gc], ["T", null]);
  machine.vitals.delete(PID);
  await clock.advance(PERIOD_MS);
  assert.equal(examination.newest?.process, null);
});

Deno.test("examineUntil() reads of the collector while the JVM works or is in trouble", async () => {
  await using examination = new Examination();
  const { clock, machine } = examination;
  let { cpuMs } = PROCESS;
  const look = async (workMs: number) => {
    machine.vitals.set(PID, { ...PROCESS, cpuMs: cpuMs += workMs });
    await clock.advance(PERIOD_MS);
    return examination.newest?.gc;
  };
  assert.equal(await look(199), null);
  assert.deepEqual(await look(200), GC);
  assert.equal(await look(0), null);
  examination.troubled = true;
  assert.deepEqual(await look(0), GC);
});

Deno.test("examineUntil() asks a Spark that idles without a context only every sixth time", async () => {
  await using examination = new Examination();
  const { clock, machine, probe } = examination;
  probe.finds = { ...SPARK, contextActive: false };
  await clock.advance(SPARK_MS);
  assert.equal(probe.asked, 1);
  await clock.advance(5 * SPARK_MS);
  assert.equal(probe.asked, 1);
  await clock.advance(SPARK_MS);
  assert.equal(probe.asked, 2);
  machine.vitals.set(PID, { ...PROCESS, cpuMs: PROCESS.cpuMs + 0.01 * SPARK_MS });
  await clock.advance(SPARK_MS);
  assert.equal(probe.asked, 3, "it has worked");
  machine.vitals.delete(PID);
  await clock.advance(2 * SPARK_MS);
  assert.equal(probe.asked, 5, "nothing tells whether it works");
});

Deno.test("examineUntil() asks every time while a context is active, threads deadlock or the last look failed", async () => {
  for (
    const before of [{}, { contextActive: false, deadlocked: ["a", "b"] }, "fail"] as const
  ) {
    await using examination = new Examination();
    const { clock, probe } = examination;
    if (before === "fail") probe.does = "fail";
    else probe.finds = { ...SPARK, ...before };
    await clock.advance(4 * SPARK_MS);
    assert.equal(probe.asked, 4);
  }
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

Deno.test("examineUntil() counts what Python workers hold, while a context is active", async () => {
  await using examination = new Examination();
  const { clock, machine } = examination;
  machine.left.set(PID, new Set([71, 72]));
  for (const pid of [71, 72]) machine.vitals.set(pid, PROCESS);
  await clock.advance(SPARK_MS + PERIOD_MS);
  const held = examination.looks.map(({ pythonBytes }) => pythonBytes).filter((bytes) => bytes !== null);
  assert.deepEqual(held, [2 * (PROCESS.residentBytes ?? 0)]);
});

Deno.test("examineUntil() counts programs that come through this process beside those that come directly", async () => {
  for (const [direct, relayed, programs] of [[2, 3, 5], [null, 3, 3], [null, 0, null], [0, 0, 0]] as const) {
    await using examination = new Examination();
    Object.assign(examination, { troubled: true, relayed });
    examination.machine.connections = direct;
    await examination.clock.advance(PERIOD_MS);
    assert.equal(examination.newest?.closer?.programs, programs);
  }
});
