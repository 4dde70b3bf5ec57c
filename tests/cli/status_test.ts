import assert from "node:assert/strict";
import type { Status } from "../../src/api/status.ts";
import { status } from "../../src/cli/status.ts";
import { statusLines } from "../../src/cli/status_lines.ts";
import { stop } from "../../src/cli/stop.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import { EXIT } from "../../src/errors.ts";
import { ScriptedDaemon, statusIn, Surroundings } from "./scripted_daemon.ts";

Deno.test("status() without a daemon says so, for people and for programs", async () => {
  const here = new Surroundings();
  assert.equal(await status(here.context(), false), EXIT.notRunning);
  assert.equal(await status(here.context(), true), EXIT.notRunning);
  assert.match(here.printed[0] ?? "", /^No daemon is running\. .*rekindle run/);
  assert.deepEqual(JSON.parse(here.printed[1] ?? ""), { phase: null });
});

for (const phase of PHASES) {
  Deno.test(`status() in phase ${phase} says so, with the exit code that goes with it`, async () => {
    await using daemon = new ScriptedDaemon(statusIn(phase));
    const here = new Surroundings();
    await daemon.moveIn(here.files);
    const down = phase === "stopped" || phase === "failed" ? EXIT.notRunning : EXIT.unknown;
    assert.equal(await status(here.context(), false), phase === "ready" ? EXIT.ok : down);
    assert.match(here.printed.join(""), new RegExp(`^gateway    ${phase}, generation \\d`));
    assert.equal(here.printed.join("").includes("last death"), phase === "backoff" || phase === "failed");
  });
}

/** What a person reads, as label and text. */
function read(report: Status): Readonly<Record<string, string>> {
  const lines = statusLines(report, "http://127.0.0.1:7433", new Date("2026-03-04T05:06:40Z"));
  assert.ok(lines.length <= 12 && lines.every((line) => line.length <= 100), lines.join("\n"));
  const joined = lines.join("\n").replaceAll(/\n +/g, " ").split("\n");
  return Object.fromEntries(joined.map((line) => [line.slice(0, 11).trim(), line.slice(11)]));
}

Deno.test("statusLines() say what is, since when, why, what comes next and what the user can do", () => {
  const { lastIncident } = statusIn("backoff");
  const died = "generation 1 33 s ago: clean-exit. The gateway ended by itself with exit code 0.";
  const table: readonly (readonly [Status, Readonly<Record<string, string | undefined>>])[] = [
    [statusIn("starting"), {
      gateway: "starting, generation 1, process 1001, since 05:05:00 UTC (100 s ago)",
      next: "programs wait until it is ready; given up on at 05:06:00 UTC (40 s ago)",
      "you can": "wait for it: rekindle wait --ready",
    }],
    [statusIn("ready"), {
      gateway: "ready, generation 1, process 1001, since 05:05:00 UTC (100 s ago), answered in 1.5 ms",
      next: "a program starts at once",
      "you can": "run a program: rekindle exec -- python job.py",
      "last death": undefined,
    }],
    [statusIn("ready", { lastIncident }), { next: "a program starts at once", "last death": died }],
    [statusIn("backoff"), {
      gateway: "backoff, generation 1, since 05:06:07 UTC (33 s ago)",
      "last death": died,
      next: "the next start at 05:05:00 UTC (100 s ago): death 1 since health was last proven, " +
        '"clean-exit": start again at once',
      "you can": "wait for it: rekindle wait --ready; read the whole story: rekindle incidents show last",
    }],
    [statusIn("failed"), {
      gateway: "failed, generation 1, since 05:06:07 UTC (33 s ago)",
      "last death": "generation 1 33 s ago: java-missing. Java cannot be started.",
      next: 'nothing by itself: "java-missing" will happen again until it is corrected',
      "you can": "Install Java 17, or name it with --java-home. Then: rekindle start",
    }],
    [statusIn("stopped"), {
      gateway: "stopped, generation 0",
      next: "nothing by itself: it was stopped",
      "you can": "start it: rekindle start",
    }],
    [statusIn("stopping"), {
      gateway: "stopping, generation 1, process 1001",
      why: "restart by a test",
      next: "it ends, and the next one is started",
      "you can": "wait for its end: rekindle wait",
    }],
    [statusIn("collecting"), {
      gateway: "collecting, generation 1",
      why: "it has ended by itself (exit code 0)",
      next: "its evidence is gathered, then the verdict follows",
      "you can": "wait for it: rekindle wait --ready",
    }],
  ];
  for (const [report, wanted] of table) {
    const said = read(report);
    for (const [label, text] of Object.entries(wanted)) {
      assert.equal(said[label], text, `${report.phase} ${label}`);
    }
  }
});

Deno.test("statusLines() leave out what matters least when there is much to say", () => {
  const report = statusIn("backoff");
  const long = "word ".repeat(60).trim();
  const said = read({
    ...report,
    archive: long,
    pool: {
      ...report.pool,
      warmUpRefusal: long,
      isMemoryShort: true,
      seats: [...report.pool.seats, ...report.pool.seats],
    },
  });
  for (const label of ["gateway", "last death", "memory", "next", "you can"]) assert.ok(said[label], label);
  for (const label of ["archive", "spark"]) assert.equal(said[label], undefined, label);
});

Deno.test("status() paints its first line by its exit code where it may", async () => {
  for (const [phase, paint] of [["ready", 32], ["backoff", 33], ["failed", 31]] as const) {
    await using daemon = new ScriptedDaemon(statusIn(phase));
    const here = new Surroundings();
    await daemon.moveIn(here.files);
    await status(here.context(), false, true);
    assert.match(
      here.printed.join(""),
      new RegExp(`^\\x1b\\[${paint}mgateway [^\\x1b]*\\x1b\\[0m\\n[^\\x1b]*$`),
    );
  }
});

Deno.test("status() as JSON is the whole status", async () => {
  await using daemon = new ScriptedDaemon(statusIn("backoff"));
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  assert.equal(await status(here.context(), true), EXIT.unknown);
  assert.deepEqual(JSON.parse(here.printed.join("")), daemon.status);
});

Deno.test("status() knows a gateway that is there and does not answer", async () => {
  await using daemon = new ScriptedDaemon(statusIn("ready", { ready: false }));
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  assert.equal(await status(here.context(), false), EXIT.unknown);
  assert.match(here.printed.join(""), /^gateway {4}ready, but not fit \(the daemon is busy\)/);
});

Deno.test("status() says what is wrong with a gateway that runs, and what shows it", async () => {
  const report = statusIn("ready", { ready: false });
  const condition = {
    ...{
      kind: "deadlock",
      since: "2026-03-04T05:06:40.000Z",
      reason: "2 threads wait",
      excuse: null,
    } as const,
    evidence: ["deadlocked for 12 s: a, b"],
  };
  await using daemon = new ScriptedDaemon({ ...report, gateway: { ...report.gateway, condition } });
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  assert.equal(await status(here.context(), false), EXIT.unknown);
  const text = here.printed.join("");
  assert.match(text, /^gateway {4}ready, but not fit \(deadlock\), generation 1/);
  assert.match(text, /^evidence {3}deadlocked for 12 s: a, b$/m);
});

Deno.test("status() says which heap there is and why, and warns of a size that the JVM has otherwise", async () => {
  const report = statusIn("ready");
  const flags = { MaxHeapSize: 2 ** 30, MaxMetaspaceSize: 2 ** 30 };
  await using daemon = new ScriptedDaemon({ ...report, gateway: { ...report.gateway, flags } });
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  assert.equal(await status(here.context(), false), EXIT.ok);
  const text = here.printed.join("");
  assert.match(text, /^memory {5}heap 1 GiB \(Spark's default\), of the 8 GiB of the machine$/m);
  const warning = "metaspace: the JVM has 1 GiB (MaxMetaspaceSize), the plan says 512 MiB";
  assert.deepEqual(text.split("\n").filter((line) => line.startsWith("warn")), [`warn       ${warning}`]);
});

Deno.test("stop() waits until the gateway has ended", async () => {
  await using daemon = new ScriptedDaemon();
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  let looks = 0;
  daemon.onPost = () => {
    daemon.status = statusIn("stopping");
    daemon.onLook = () => {
      if (++looks === 15) daemon.status = statusIn("stopped");
    };
  };
  assert.equal(await here.during(stop(here.context(), true, here.view)), EXIT.ok);
  assert.deepEqual(daemon.posted, [{ kind: "stop", by: "the API" }]);
  assert.equal(daemon.status.phase, "stopped");
  assert.deepEqual(here.printed, ["The gateway has ended.\n"]);
  assert.equal(here.drawn[0], "\r\x1b[Kwaiting for the gateway to end (1 s)");
  assert.equal(here.drawn.at(-1), "\r\x1b[K");
});

Deno.test("stop() waits until the daemon is gone", async () => {
  const daemon = new ScriptedDaemon();
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  let gone = Promise.resolve();
  daemon.onPost = () => void (gone = daemon[Symbol.asyncDispose]());
  assert.equal(await here.during(stop(here.context(), false, here.view)), EXIT.ok);
  assert.deepEqual(daemon.posted.map(({ kind }) => kind), ["shutdown"]);
  assert.deepEqual(here.printed, ["The daemon and its gateway have ended.\n"]);
  await gone;
});

Deno.test("stop() has nothing to end without a daemon", async () => {
  const here = new Surroundings();
  assert.equal(await stop(here.context(), false, here.view), EXIT.notRunning);
  assert.deepEqual(here.printed, ["No daemon is running.\n"]);
});

Deno.test("statusLines() say of several gateways what each is for", () => {
  const report = statusIn("ready");
  const [seat] = report.pool.seats;
  assert.ok(seat !== undefined);
  const seats = [
    { ...seat, programs: 1 },
    { ...seat, generation: 2, warmth: "underway" },
    { ...seat, generation: 3, warmth: "warm" },
    { ...seat, generation: 4, phase: "starting" },
  ] as const;
  assert.equal(
    read({ ...report, pool: { ...report.pool, seats } }).gateways,
    "1 ready (a program has it), 2 ready (warming up), 3 ready (warm), 4 starting",
  );
});
