import assert from "node:assert/strict";
import { initialPool } from "../../src/core/pool/pool.ts";
import { createLogger } from "../../src/log.ts";
import { serviceManagerOf } from "../../src/daemon/service_manager.ts";
import type { ServiceManager } from "../../src/daemon/service_manager.ts";
import { SAMPLES } from "../core/samples.ts";
import { ManualClock } from "../fakes/manual_clock.ts";

const PID = 4242;

/** A service manager as this environment names it, and what it was told. */
function manage(env: Record<string, string>, isOpen = true) {
  const sent: string[][] = [];
  const addresses: string[] = [];
  const log: string[] = [];
  const write = (line: string) => void log.push(line);
  const manager: ServiceManager | null = serviceManagerOf({
    env,
    pid: PID,
    log: createLogger({ level: "debug", format: "text", colour: false, write, redact: (text) => text }),
    runtime: { clock: new ManualClock() },
    open: (address) => {
      addresses.push(address);
      return isOpen ? { send: (lines) => void sent.push([...lines]), close: () => {} } : null;
    },
  });
  return { manager, sent, addresses, log };
}

Deno.test("serviceManagerOf() is nothing where nobody wants to be told", () => {
  assert.equal(manage({ WATCHDOG_USEC: "1000000" }).manager, null);
});

Deno.test("serviceManagerOf() warns when it cannot tell", () => {
  const { manager, log } = manage({ NOTIFY_SOCKET: "/run/x" }, false);
  assert.equal(manager, null);
  assert.match(log.join(""), /warn: .*\/run\/x.*--unstable-net/);
});

Deno.test("serviceManagerOf() turns at half of what the watchdog waits for, and every ten seconds without one", () => {
  const period = (env: Record<string, string>) => manage({ NOTIFY_SOCKET: "@x", ...env }).manager?.periodMs;
  assert.equal(period({}), 10_000);
  assert.equal(period({ WATCHDOG_USEC: "3000000" }), 1_500);
  assert.equal(period({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: String(PID) }), 1_500);
  assert.equal(period({ WATCHDOG_USEC: "60000000" }), 10_000);
  for (const WATCHDOG_USEC of ["0", "", "x", "-1", "Infinity"]) {
    assert.equal(period({ WATCHDOG_USEC }), 10_000);
  }
});

Deno.test("serviceManagerOf() leaves alone a watchdog of another process", () => {
  const { manager, sent } = manage({ NOTIFY_SOCKET: "@x", WATCHDOG_USEC: "3000000", WATCHDOG_PID: "1" });
  manager?.onTurn(initialPool(SAMPLES.ready));
  assert.equal(manager?.periodMs, 10_000);
  assert.equal(sent.flat().includes("WATCHDOG=1"), false);
});

Deno.test("onTurn() sends one message a turn, and none without news", () => {
  const { manager, sent, addresses } = manage({ NOTIFY_SOCKET: "@x" });
  for (const life of [SAMPLES.starting, SAMPLES.starting, SAMPLES.ready]) manager?.onTurn(initialPool(life));
  assert.deepEqual(addresses, ["@x"]);
  assert.deepEqual(sent, [["READY=1", "STATUS=generation 7 is starting"], [
    "STATUS=generation 7 is ready, process 42",
  ]]);
});
