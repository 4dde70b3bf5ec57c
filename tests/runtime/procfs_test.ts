import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCount, parseKibibytes, parseStat } from "../../src/runtime/procfs.ts";

const AFTER_NAME = "S 1 4711 4242 34816 4711 4194560 23 0 0 0 0 0 0 0 20 0 1 0 100 8 2";

Deno.test("parseStat() reads state and session", () => {
  for (
    const [text, expected] of [
      [`4711 (java) ${AFTER_NAME}\n`, { state: "S", session: 4242 }],
      ["2 (kthreadd) S 0 0 0 0 -1 2129984", { state: "S", session: 0 }],
      ["9 (sh) Z 1 9 9 0 -1", { state: "Z", session: 9 }],
      ["", null],
      ["4711 (java", null],
      ["4711 (java) S 1 2", null],
      ["4711 (java) S 1 2 x", null],
    ] as const
  ) assert.deepEqual(parseStat(text), expected, text);
});

Deno.test("parseStat() is not misled by any command name", () => {
  const names = fc.oneof(
    fc.string({ maxLength: 15 }),
    fc.constantFrom(") R 1 1 1", "a b", "((", "))", "x\n1 (y) Z 0 0 0"),
  );
  fc.assert(fc.property(names, (name) => {
    assert.deepEqual(parseStat(`4711 (${name}) ${AFTER_NAME}\n`), { state: "S", session: 4242 });
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
