import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCount, parseKibibytes, parseNumber, parseStat } from "../../src/runtime/procfs.ts";

/** Every field has a number of its own, so that none can be taken for another. */
const AFTER_NAME = "S 104 105 4242 107 -1 109 110 111 112 113 1400 15 116 117 118 119 120 121 4711 123 124";
const STAT = { state: "S", session: 4242, cpuTicks: 1415, startTicks: 4711 };

Deno.test("parseStat() reads state, session, processor time and start", () => {
  for (
    const [text, expected] of [
      [`4711 (java) ${AFTER_NAME}\n`, STAT],
      [`4711 (java) ${AFTER_NAME.replace("S", "t")}`, { ...STAT, state: "t" }],
      [`4711 (java) ${AFTER_NAME.replace(" 123 124", "")}`, STAT],
      // A kernel thread has no session.
      [`2 (kthreadd) ${AFTER_NAME.replace("4242", "0")}`, { ...STAT, session: 0 }],
      ["", null],
      ["4711 (java", null],
      ["4711 (java)", null],
      ["4711 (java) S 1 2", null],
      [`4711 (java) ${AFTER_NAME.replace(" 4711 123 124", "")}`, null],
      [`4711 (java) ${AFTER_NAME.replace("1400", "x")}`, null],
    ] as const
  ) assert.deepEqual(parseStat(text), expected, text);
});

Deno.test("parseStat() is not misled by any command name", () => {
  const names = fc.oneof(
    fc.string({ maxLength: 15 }),
    fc.constantFrom(") R 1 1 1", "a b", "((", "))", "x\n1 (y) Z 0 0 0"),
  );
  fc.assert(fc.property(names, (name) => {
    assert.deepEqual(parseStat(`4711 (${name}) ${AFTER_NAME}\n`), STAT);
  }));
});

Deno.test("parseCount() reads exactly the named counter", () => {
  const events = "low 0\nhigh 12\nmax 40\noom 3\noom_kill 2\noom_group_kill 1\n";
  for (
    const [text, key, expected] of [
      [events, "oom_kill", 2],
      [events, "oom", 3],
      [events, "kill", null],
      ["oom_kill_disable 0\nunder_oom 0\n", "oom_kill", null],
      ["oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", "oom_kill", 1],
      ["oom_kill\n", "oom_kill", null],
      ["oom_kill many\n", "oom_kill", null],
      ["", "oom_kill", null],
    ] as const
  ) assert.equal(parseCount(text, key), expected, `${key} in ${JSON.stringify(text)}`);
});

Deno.test("parseKibibytes() reads exactly the named size, in bytes", () => {
  const status = "Name:\tVmRSS: 5 kB\nVmHWM:\t  999 kB\nVmRSS:\t   1234 kB\nThreads:\t7\n";
  for (
    const [text, key, expected] of [
      [status, "VmRSS", 1234 * 1024],
      [status, "VmHWM", 999 * 1024],
      [status, "VmSwap", null],
      [status, "Threads", null],
      ["MemTotal:       24683808 kB\nMemFree: 1 kB\n", "MemTotal", 24683808 * 1024],
      ["MemTotal: kB\n", "MemTotal", null],
    ] as const
  ) assert.equal(parseKibibytes(text, key), expected, `${key} in ${JSON.stringify(text)}`);
});

Deno.test("parseNumber() reads exactly the named number", () => {
  const status = "Name:\tTracerPid: 5\nState:\tS (sleeping)\nTracerPid:\t4711\nUid:\t0\t0\nPPid:\n";
  for (
    const [key, expected] of [
      ["TracerPid", 4711],
      ["Tracer", null],
      ["State", null],
      ["Uid", null],
      ["PPid", null],
      ["NSpid", null],
    ] as const
  ) assert.equal(parseNumber(status, key), expected, key);
});
