import assert from "node:assert/strict";
import { env } from "../../src/cli/env.ts";
import { withProgress } from "../../src/cli/progress.ts";
import { readSpan } from "../../src/cli/seconds.ts";
import { start } from "../../src/cli/start.ts";
import { wait } from "../../src/cli/wait.ts";
import { PHASES } from "../../src/core/lifecycle.ts";
import type { Phase } from "../../src/core/lifecycle.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { ScriptedDaemon, statusIn, Surroundings } from "./scripted_daemon.ts";

const HOUR = { timeoutMs: 3_600_000 };

function isCode(exitCode: number, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    assert.equal(error.exitCode, exitCode);
    return true;
  };
}

/** A daemon that goes through these phases, one further at each third look. */
async function passing(here: Surroundings, phases: readonly Phase[]): Promise<ScriptedDaemon> {
  const daemon = new ScriptedDaemon(statusIn(phases[0] ?? "ready"));
  await daemon.moveIn(here.files);
  let looks = 0;
  daemon.onLook = () => {
    const phase = phases[Math.min(Math.floor(looks++ / 3), phases.length - 1)] ?? "ready";
    daemon.status = statusIn(phase, { generation: phases.length });
  };
  return daemon;
}

Deno.test("wait() ends when the gateway has come to rest, with the code of status", async () => {
  const codes: Partial<Record<Phase, number>> = {
    ready: EXIT.ok,
    stopped: EXIT.notRunning,
    failed: EXIT.notRunning,
  };
  for (const [phase, code] of Object.entries(codes)) {
    const here = new Surroundings();
    await using _daemon = await passing(here, ["starting", "warming", "backoff", phase as Phase]);
    assert.equal(await here.during(wait(here.context(), { ready: false, ...HOUR }, here.view)), code, phase);
  }
  const alone = new Surroundings();
  assert.equal(
    await alone.during(wait(alone.context(), { ready: false, ...HOUR }, alone.view)),
    EXIT.notRunning,
  );
});

Deno.test("wait({ready}) waits for a daemon that is yet to come, and no longer than it may", async () => {
  const here = new Surroundings();
  const asked = here.during(wait(here.context(), { ready: true, timeoutMs: 5_000 }, here.view));
  await assert.rejects(asked, isCode(EXIT.tempFail, /^Cannot wait any longer for the daemon: 5 s are over/));
  const waiting = wait(here.context(), { ready: true, ...HOUR }, here.view);
  await here.clock.sleeping();
  await using _daemon = await passing(here, ["starting", "ready"]);
  assert.equal(await here.during(waiting), EXIT.ok);
});

Deno.test("wait({ready}) ends early when waiting helps nobody", async () => {
  for (const phase of PHASES) {
    const here = new Surroundings();
    await using _daemon = await passing(here, [phase]);
    const asked = here.during(wait(here.context(), { ready: true, timeoutMs: 1_000 }, here.view));
    if (phase === "ready") assert.equal(await asked, EXIT.ok);
    else if (phase === "failed") {
      await assert.rejects(asked, isCode(EXIT.tempFail, /it has failed \("java-missing"/));
    } else if (phase === "stopped") await assert.rejects(asked, isCode(EXIT.unavailable, /it was stopped/));
    else {await assert.rejects(
        asked,
        isCode(EXIT.tempFail, new RegExp(`the gateway, which is ${phase}: 1 s are over`)),
      );}
  }
});

Deno.test("start() asks the daemon and waits until its gateway is ready", async () => {
  const here = new Surroundings();
  await using daemon = await passing(here, ["stopped"]);
  daemon.onPost = () => {
    daemon.onLook = () => daemon.status = statusIn("ready");
  };
  assert.equal(await here.during(start(here.context(), { action: "start", ...HOUR }, here.view)), EXIT.ok);
  assert.deepEqual(daemon.posted.map(({ kind }) => kind), ["start"]);
  assert.deepEqual(here.printed, ["The gateway is ready: generation 1, process 1001.\n"]);
});

Deno.test("start({restart}) does not take the old gateway for the new one", async () => {
  const here = new Surroundings();
  await using daemon = new ScriptedDaemon(statusIn("ready"));
  await daemon.moveIn(here.files);
  let looks = 0;
  daemon.onPost = () => {
    daemon.onLook = () => {
      // Ready all the same at the first looks: the daemon has not begun.
      if (++looks > 5) daemon.status = statusIn("ready", { generation: 2 });
    };
  };
  assert.equal(await here.during(start(here.context(), { action: "restart", ...HOUR }, here.view)), EXIT.ok);
  assert.match(here.printed.join(""), /generation 2/);
});

Deno.test("start() without waiting only asks; without a daemon it says so", async () => {
  const here = new Surroundings();
  const request = { action: "restart", timeoutMs: null } as const;
  await assert.rejects(
    start(here.context(), request, here.view),
    isCode(EXIT.unavailable, /no daemon is running/),
  );
  await using daemon = await passing(here, ["ready"]);
  assert.equal(await start(here.context(), request, here.view), EXIT.ok);
  assert.deepEqual(daemon.posted, [{ kind: "restart", by: "the API" }]);
});

Deno.test("env() prints what a shell evaluates, and the same as JSON", async () => {
  const here = new Surroundings();
  await assert.rejects(env(here.context(), false), isCode(EXIT.unavailable, /no daemon is running/));
  await using daemon = await passing(here, ["ready"]);
  await assert.rejects(
    env(here.context(), false),
    isCode(EXIT.unavailable, /gateway\.env.*\(the gateway is ready\)/),
  );
  here.files.put(daemon.status.environmentFile, "PYSPARK_GATEWAY_PORT=7434\nPYSPARK_GATEWAY_SECRET=it's\n");
  assert.equal(await env(here.context(), false), EXIT.ok);
  assert.equal(await env(here.context(), true), EXIT.ok);
  const [script = "", json = ""] = here.printed;
  const said = await new Deno.Command("sh", {
    args: ["-c", `${script} printf %s "$PYSPARK_GATEWAY_SECRET"; env`],
  })
    .output();
  assert.match(new TextDecoder().decode(said.stdout), /^it's(.|\n)*^PYSPARK_GATEWAY_PORT=7434$/m);
  assert.deepEqual(JSON.parse(json), { PYSPARK_GATEWAY_PORT: "7434", PYSPARK_GATEWAY_SECRET: "it's" });
});

Deno.test("withProgress() says nothing for a second, then what is waited for, and leaves nothing behind", async () => {
  const clock = new ManualClock();
  const written: string[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const shown = withProgress(promise, () => "waiting for \x1b[2Jit", {
    clock,
    write: (text) => written.push(text),
  });
  await clock.advance(999);
  assert.deepEqual(written, []);
  await clock.advance(1);
  assert.deepEqual(written, ["\r\x1b[Kwaiting for  [2Jit (1 s)"]);
  await clock.advance(500);
  await clock.advance(500);
  assert.equal(written.at(-1), "\r\x1b[Kwaiting for  [2Jit (2 s)");
  resolve(7);
  assert.equal(await shown, 7);
  assert.equal(written.at(-1), "\r\x1b[K");
  assert.equal(await withProgress(Promise.resolve(8), () => "", { clock, write: null }), 8);
  assert.deepEqual(clock.pendingMs, []);
});

Deno.test("readSpan() reads times as people write them, and refuses the rest", () => {
  const table: Readonly<Record<string, number>> = {
    ...{
      "0": 0,
      "90": 90_000,
      "90s": 90_000,
      "1.5m": 90_000,
      "2min": 120_000,
      "24h": 86_400_000,
      "250ms": 250,
    },
  };
  for (const [text, ms] of Object.entries(table)) assert.equal(readSpan("timeout", text), ms, text);
  for (const text of ["", "s", "-1", "1d", "25h", "1e3", "1 s", "1h30m"]) {
    assert.throws(() => readSpan("timeout", text), isCode(EXIT.usage, /^Cannot use --timeout/), text);
  }
});
