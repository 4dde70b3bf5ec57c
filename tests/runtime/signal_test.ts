import assert from "node:assert/strict";
import { clock } from "../../src/runtime/clock.ts";
import { type HandledSignal, onSignal, sendSignal } from "../../src/runtime/signal.ts";

Deno.test("onSignal() calls its handler with the signal's name until it is ended", async () => {
  const received: string[] = [];
  const end = onSignal(["SIGUSR2", "SIGHUP"], (signal) => received.push(signal));
  await raise("SIGUSR2");
  await raise("SIGHUP");
  assert.deepEqual(received, ["SIGUSR2", "SIGHUP"]);
  end();
  end();
  await raise("SIGHUP");
  assert.equal(received.length, 2);
});

Deno.test("sendSignal() reaches nobody through a number that is not one process or group", () => {
  const end = onSignal(["SIGHUP"], () => assert.fail("this process was reached"));
  for (const pid of [0, -0, 1, -1, NaN, 1.5, 2 ** 22 + 1]) {
    assert.equal(sendSignal(pid, "SIGHUP"), false, `${pid}`);
  }
  end();
});

/** Sends a signal to this process and waits for it: a listener alone does not keep a process alive. */
async function raise(signal: HandledSignal): Promise<void> {
  const come = new AbortController();
  const end = onSignal([signal], () => come.abort());
  assert.equal(sendSignal(Deno.pid, signal), true);
  await clock.sleep(3_600_000, come.signal);
  end();
}
