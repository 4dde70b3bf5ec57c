import assert from "node:assert/strict";
import { status } from "../../src/cli/status.ts";
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
      if (++looks === 3) daemon.status = statusIn("stopped");
    };
  };
  assert.equal(await here.during(stop(here.context(), true)), EXIT.ok);
  assert.deepEqual(daemon.posted, [{ kind: "stop", by: "the API" }]);
  assert.equal(daemon.status.phase, "stopped");
  assert.deepEqual(here.printed, ["The gateway has ended.\n"]);
});

Deno.test("stop() waits until the daemon is gone", async () => {
  const daemon = new ScriptedDaemon();
  const here = new Surroundings();
  await daemon.moveIn(here.files);
  let gone = Promise.resolve();
  daemon.onPost = () => void (gone = daemon[Symbol.asyncDispose]());
  assert.equal(await here.during(stop(here.context(), false)), EXIT.ok);
  assert.deepEqual(daemon.posted.map(({ kind }) => kind), ["shutdown"]);
  assert.deepEqual(here.printed, ["The daemon and its gateway have ended.\n"]);
  await gone;
});

Deno.test("stop() has nothing to end without a daemon", async () => {
  const here = new Surroundings();
  assert.equal(await stop(here.context(), false), EXIT.notRunning);
  assert.deepEqual(here.printed, ["No daemon is running.\n"]);
});
