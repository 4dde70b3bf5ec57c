import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import type { Status } from "../../src/api/status.ts";
import { readLedger } from "../../src/core/ledger/ledger.ts";
import { Place, program, RunningDaemon, until } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const LIVES_ON = ["--conf", "spark.driver.extraJavaOptions=-XX:-ExitOnOutOfMemoryError"];

/** A state that a program brings the gateway into, and what becomes of it. */
interface Fault {
  readonly kind: string;
  readonly condition: string;
  readonly is: string;
  /** The gateway is spared while a program is attached. */
  readonly spared: boolean;
  readonly flags: readonly string[];
}

const FAULTS: readonly Fault[] = [
  { kind: "scheduler-thread", condition: "scheduler-dead", is: "scheduler-dead", spared: false, flags: [] },
  { kind: "deadlock", condition: "deadlock", is: "deadlock", spared: false, flags: [] },
  {
    kind: "accept-thread",
    condition: "accept-thread-dead",
    is: "accept-thread-dead",
    spared: true,
    flags: [],
  },
  {
    kind: "poison",
    condition: "poisoned",
    is: "heap-oom",
    spared: true,
    flags: ["--heap", "512m", ...LIVES_ON],
  },
];

/** Ends the program that brought the fault about. */
function endProgram(place: Place): void {
  const line = place.processes().find((each) => /^\d+ \S*python\S* \S*faults\.py/.test(each));
  ok(line, "no program runs");
  Deno.kill(Number(line.split(" ")[0]), "SIGKILL");
}

for (const [at, spark] of sparkInstallations().entries()) {
  // Each is tried on one Spark: the drills of `bench/` try all on all.
  const faults = FAULTS.filter((_, index) => index % 2 === at % 2);
  for (const { kind, condition, is, spared, flags } of faults) {
    Deno.test(`run on PySpark ${spark.version}: a gateway with ${condition} is named, explained and replaced`, async () => {
      await using place = await Place.make(spark);
      const daemon = await RunningDaemon.start(place, flags);
      const job = place.exec(["--", "python", program("faults.py"), kind]);
      let named: Status | null = null;
      if (spared) {
        named = await daemon.untilStatus(({ gateway }) =>
          gateway.condition?.excuse?.includes("attached") ?? false
        );
        strictEqual(named.gateway.condition?.kind, condition);
        strictEqual(named.generation, 1);
        strictEqual((await daemon.get("/readyz/condition")).code, 503);
        endProgram(place);
      }
      const back = await daemon.untilStatus((status) => status.generation === 2 && status.ready);
      strictEqual(back.lastIncident?.verdict.class, is);
      strictEqual(back.lastIncident.verdict.confidence, "certain");
      notStrictEqual((await job).code, 0);
      const incident = join(place.stateDir, "incidents", back.lastIncident.id ?? "");
      for (
        const [name, holds] of [["threads-1.txt", /Full thread dump/], [
          "histogram.txt",
          /#instances/,
        ]] as const
      ) {
        match(await Deno.readTextFile(join(incident, name)), holds);
      }
      const { stdout } = await place.exec(["--", "python", program("sum.py")]);
      strictEqual(stdout, "sum 499500 generation 2\n");
      strictEqual((await daemon.end("SIGTERM")).code, 0);
      strictEqual(place.processes().join("\n"), "");
      strictEqual(place.temporary().join("\n"), "");
    });
  }

  Deno.test(`run on PySpark ${spark.version}: heavy work in a nearly full heap is never taken for a fault`, async () => {
    await using place = await Place.make(spark);
    const daemon = await RunningDaemon.start(place);
    const log = join(place.stateDir, "log");
    const { code, stdout, stderr } = await place.exec(["--", "python", program("faults.py"), "heavy", "20"]);
    strictEqual(code, 0, stderr);
    match(stdout, /done heavy/);
    const { generation, restarts } = await daemon.status();
    deepStrictEqual([generation, restarts], [1, 0]);
    ok((await Deno.stat(log)).isDirectory);
    const { stderr: told } = await daemon.end("SIGTERM");
    ok(!told.includes("is not fit"), told);
  });
}

const [oldest] = sparkInstallations();
if (oldest === undefined) throw new Error("No PySpark to test on");

Deno.test("run knows a collector that spirals from one that works hard, and gives the next gateway more heap", async () => {
  await using place = await Place.make(oldest);
  const daemon = await RunningDaemon.start(place, ["--heap", "512m", ...LIVES_ON]);
  const job = place.exec(["--", "python", program("faults.py"), "gc-spiral"]);
  const back = await daemon.untilStatus((status) => status.generation === 2 && status.ready);
  strictEqual(back.lastIncident?.verdict.class, "gc-overhead");
  strictEqual(back.plan.heap.bytes, 2 ** 30);
  notStrictEqual((await job).code, 0);
  strictEqual((await daemon.end("SIGTERM")).code, 0);
});

Deno.test("run keeps one gateway and a whole ledger through kills of the daemon, wherever they hit", async () => {
  await using place = await Place.make(oldest);
  const ledgerPath = join(place.stateDir, "ledger.jsonl");
  const generations: number[] = [];
  for (const stage of ["launched", "started", "ready"] as const) {
    const child = place.start(["run", ...place.flags]);
    const last = generations.at(-1) ?? 0;
    const record = await until(async () => {
      const { records } = readLedger(await Deno.readTextFile(ledgerPath).catch(() => ""));
      return records.find((each) => each.kind === stage && each.generation > last);
    });
    if (!("generation" in record) || record.generation === null) throw new Error("no generation");
    generations.push(record.generation);
    child.kill("SIGKILL");
    await child.status;
  }
  deepStrictEqual(generations, [1, 2, 3]);
  const daemon = await RunningDaemon.start(place);
  strictEqual((await daemon.status()).generation, 4);
  strictEqual(
    place.processes().filter((line) => line.includes("PythonGatewayServer") || line.includes("SparkSubmit"))
      .length,
    1,
  );
  strictEqual(place.temporary().length, 1, "one folder, that of the gateway that runs");
  strictEqual((await daemon.end("SIGTERM")).code, 0);
  const { tornBytes, damagedLines, open } = readLedger(await Deno.readTextFile(ledgerPath));
  deepStrictEqual([tornBytes, damagedLines, open], [0, 0, []]);
  strictEqual(place.processes().join("\n"), "");
  strictEqual(place.temporary().join("\n"), "");
});

Deno.test("run repairs a ledger that was cut off, says so, and goes on counting", async () => {
  await using place = await Place.make(oldest);
  await Deno.mkdir(place.stateDir, { recursive: true });
  const launched = {
    kind: "launched",
    at: "2026-01-01T00:00:00.000Z",
    generation: 41,
    heapBytes: 1,
    directBytes: 1,
  };
  await Deno.writeTextFile(
    join(place.stateDir, "ledger.jsonl"),
    `${JSON.stringify(launched)}\n{"kind":"star`,
  );
  const daemon = await RunningDaemon.start(place);
  strictEqual((await daemon.status()).generation, 42);
  const { stderr } = await daemon.end("SIGTERM");
  match(stderr, /the ledger was damaged/);
  strictEqual(await Deno.readTextFile(join(place.stateDir, "ledger.jsonl.damaged")), '{"kind":"star');
});
