import assert from "node:assert/strict";
import type { Incident } from "../../src/core/lifecycle.ts";
import { lossSentence } from "../../src/core/relay/tombstone.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { Stage, WAY_IN } from "./exec_stage.ts";
import { statusIn } from "./scripted_daemon.ts";

const DEATH = stateAfter(WAYS.backoff).lastIncident as Incident;

Deno.test("exec() gives the program the way in, and ends with its code", async () => {
  await using stage = new Stage();
  const code = await stage.exec(
    'echo "$PYSPARK_GATEWAY_PORT $PYSPARK_GATEWAY_SECRET $MINE" > "$OUT"; exit 7',
    {
      env: { MINE: "mine" },
    },
  );
  assert.equal(code, 7);
  assert.equal(stage.told, `${stage.gateway.port} ${stage.gateway.secret} mine\n`);
});

Deno.test("exec() ends with 128 and the signal's number when the program was killed", async () => {
  await using stage = new Stage();
  assert.equal(await stage.exec("kill -9 $$"), 137);
});

Deno.test("exec() does not look at the gateway after a program that succeeded", async () => {
  await using stage = new Stage();
  assert.equal(await stage.exec("exit 0"), 0);
  assert.equal(stage.log.includes("lost"), false);
});

Deno.test("exec() waits until the gateway is ready", async () => {
  await using stage = new Stage();
  const { daemon } = stage;
  let looks = 0;
  daemon.status = statusIn("starting");
  daemon.onLook = () => {
    if (++looks === 8) daemon.status = statusIn("ready");
  };
  assert.equal(await stage.exec("true"), 0);
  assert.ok(looks >= 8);
});

Deno.test("exec() waits for another gateway when the way in has gone with the one it found", async () => {
  await using stage = new Stage();
  const { daemon, here } = stage;
  await here.files.remove(WAY_IN);
  let looks = 0;
  here.files.disk = (operation, path) => {
    if (operation !== "readBytes" || path !== WAY_IN || looks++ > 0) return;
    daemon.status = statusIn("backoff");
    daemon.onLook = () => {
      stage.openTheWay();
      daemon.status = statusIn("ready", { generation: 2 });
    };
  };
  assert.equal(await stage.exec("true"), 0);
});

Deno.test("exec() does not wait for ever for a way in that it may not read", async () => {
  await using stage = new Stage();
  await stage.here.files.remove(WAY_IN);
  await assert.rejects(stage.exec("true"), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Cannot read \/run\/gateway\.env, which says how to attach: /);
    assert.equal(error.exitCode, EXIT.noPermission);
    return true;
  });
});

for (
  const [phase, why] of [["failed", /"java-missing" will happen again/], [
    "stopped",
    /it was stopped/,
  ]] as const
) {
  Deno.test(`exec() waits for no gateway that is ${phase}`, async () => {
    await using stage = new Stage();
    stage.daemon.status = statusIn(phase);
    await assert.rejects(stage.exec(`: > "$OUT"`), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, why);
      assert.equal(error.exitCode, EXIT.tempFail);
      return true;
    });
    await assert.rejects(Deno.stat(stage.out));
  });
}

/** A program that fails the first time, after its gateway was lost. */
const FAILS_ONCE = 'echo x >> "$OUT"; test "$(wc -l < "$OUT")" -gt 1';

Deno.test("exec() runs a program again whose gateway was lost", async () => {
  await using stage = new Stage();
  const { daemon } = stage;
  const lastIncident = { ...DEATH, id: null, at: null };
  // What each look at the status finds, from the first one after the program on.
  const news = [
    statusIn("ready"),
    statusIn("collecting"),
    statusIn("backoff", { lastIncident }),
    statusIn("starting", { generation: 2, lastIncident }),
    statusIn("ready", { generation: 2, lastIncident }),
  ];
  daemon.onLook = () => {
    if (stage.hasTold) daemon.status = news.shift() ?? daemon.status;
  };
  assert.equal(await stage.exec(FAILS_ONCE, { retries: 2 }), 0);
  assert.equal(stage.told, "x\nx\n");
  assert.match(stage.log, /the gateway \(generation 1\) was lost while the program ran.* exit code 1\n/);
  assert.match(stage.log, /clean-exit: The gateway ended by itself/);
  assert.match(stage.log, /running the program again \(1 of 2\)\n/);
});

for (const [retries, words] of [[0, /--retries N would/], [1, /1 of 1 retries are used up/]] as const) {
  Deno.test(`exec() runs it no more than ${retries + 1} times when it is allowed ${retries} retries`, async () => {
    await using stage = new Stage();
    stage.daemon.onLook = () => {
      if (!stage.hasTold) return;
      const runs = stage.told.split("\n").length - 1;
      const incident = { ...DEATH, generation: runs, id: null, at: null };
      stage.daemon.status = statusIn("ready", { generation: runs + 1, lastIncident: incident });
    };
    assert.equal(await stage.exec('echo x >> "$OUT"; exit 9', { retries }), 9);
    assert.equal(stage.told, "x\n".repeat(retries + 1));
    assert.match(stage.log, words);
  });
}

Deno.test("exec() runs no program again whose gateway lives, whatever became of those before", async () => {
  await using stage = new Stage();
  stage.daemon.status = statusIn("ready", { generation: 2, lastIncident: { ...DEATH, id: null, at: null } });
  assert.equal(await stage.exec('echo x >> "$OUT"; exit 9', { retries: 5 }), 9);
  assert.equal(stage.told, "x\n");
});

Deno.test("exec() runs no program again whose gateway was ended on request", async () => {
  await using stage = new Stage();
  stage.daemon.onLook = () => {
    if (stage.hasTold) stage.daemon.status = statusIn("stopped", { generation: 1 });
  };
  assert.equal(await stage.exec('echo x >> "$OUT"; exit 9', { retries: 5 }), 9);
  assert.equal(stage.told, "x\n");
});

Deno.test("exec() says who took the gateway away, when it was ended on request", async () => {
  await using stage = new Stage();
  stage.outcome = { state: "bound", generation: 1, loss: null };
  stage.daemon.onLook = () => {
    if (!stage.hasTold) return;
    const sentence = lossSentence(1, "restart by the API");
    stage.outcome = { state: "lost", generation: 1, loss: { generation: 1, sentence, atMs: 0 } };
    stage.daemon.status = statusIn("stopped", { generation: 1 });
  };
  assert.equal(await stage.exec('echo x >> "$OUT"; exit 9', { retries: 5 }), 9);
  assert.match(stage.log, /warn: gateway JVM \(generation 1\) was lost: restart by the API\. /);
});

for (
  const [what, name, code] of [
    ["is not there", "no-such-program", EXIT.notFound],
    ["may not be executed", "data", EXIT.notExecutable],
  ] as const
) {
  Deno.test(`exec() says so, as a shell does, when the program ${what}`, async () => {
    await using stage = new Stage();
    await Deno.writeTextFile(`${stage.folder}/data`, "", { mode: 0o600 });
    await assert.rejects(stage.run([`${stage.folder}/${name}`]), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, new RegExp(`^Could not start .*/${name}: .*[^.]$`));
      assert.equal(error.exitCode, code);
      return true;
    });
    assert.ok(await stage.here.files.tryLock("/run/program.lock") !== null, "the turn is not given back");
  });
}

Deno.test("exec() waits for its turn, and gives it back", async () => {
  await using stage = new Stage();
  const { files, clock } = stage.here;
  const turn = await files.tryLock("/run/program.lock");
  const executed = stage.exec('echo x > "$OUT"');
  void clock.sleeping().then(() => {
    assert.ok(!stage.hasTold);
    turn?.release();
  });
  assert.equal(await executed, 0);
  assert.match(stage.log, /another program has the gateway; waiting for its end\n/);
  assert.ok(await files.tryLock("/run/program.lock") !== null);
});

Deno.test("exec() has the program's workers run the program's own Python", async () => {
  const show = 'echo "$PYSPARK_PYTHON" > "$OUT"';
  await using own = new Stage();
  own.here.files.put("/venv/bin/python3", "");
  const env = { PATH: `/venv/bin:${Deno.env.get("PATH")}` };
  await own.exec(show, { env });
  assert.equal(own.told, "/venv/bin/python3\n");
  await own.exec(show, { env: { ...env, PYSPARK_PYTHON: "pypy3" } });
  assert.equal(own.told, "pypy3\n");
});

Deno.test("exec() puts the daemon's own Python first where a program would find none", async () => {
  await using stage = new Stage();
  stage.daemon.status = statusIn("ready", { programBin: "/own/bin" });
  await stage.exec('echo "$PATH" > "$OUT"');
  assert.match(stage.told, /^\/own\/bin:.*\/bin/);
});

Deno.test("exec() warns of a gateway that works in another folder", async () => {
  await using stage = new Stage();
  stage.daemon.status = statusIn("ready", { cwd: "/elsewhere" });
  await stage.exec("true");
  assert.match(stage.log, /the gateway works in \/elsewhere: relative paths/);
});

/** How often the gateway was told to stop its context. */
function stops({ gateway }: Stage): number {
  return gateway.requests.filter((request) => request.join(" ") === "c o912 stop").length;
}

Deno.test("exec() leaves a SparkContext alone that was there before its program", async () => {
  await using stage = new Stage({ context: true });
  assert.equal(await stage.exec("true"), 0);
  assert.match(stage.log, /was not started by exec has a SparkContext/);
  assert.equal(stops(stage), 0);
  await stage.gateway.allClosed();
});

Deno.test("exec() looks for a SparkContext before and after, and stops none where there is none", async () => {
  await using stage = new Stage();
  assert.equal(await stage.exec("true"), 0);
  const looks = stage.gateway.requests.filter((request) => request.join(" ") === "c o911 isDefined");
  assert.deepEqual([looks.length, stops(stage)], [2, 0]);
});
