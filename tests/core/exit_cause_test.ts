import assert from "node:assert/strict";
import { classifyDeath, describeExit } from "../../src/core/exit_cause.ts";
import type { DeathEvidence } from "../../src/core/exit_cause.ts";
import type { ExitStatus, OutputLine, Verdict } from "../../src/core/verdict.ts";
import { code, DEATHS, SIGKILL, STARTS } from "./deaths_seen.ts";
import type { Remains } from "./deaths_seen.ts";
import { SILENT } from "./samples.ts";

function lines(texts: readonly string[] = []): readonly OutputLine[] {
  return texts.map((text, index) => ({ number: index + 1, text }));
}

function verdictOn(exit: ExitStatus, remains: Remains = {}): Verdict {
  const { out, err, wasReady = true, intent = null, oomKills = { group: 0, machine: 0 } } = remains;
  return classifyDeath({ exit, intent, wasReady, stdout: lines(out), stderr: lines(err), oomKills });
}

Deno.test("classifyDeath() names the cause of every death that was seen", () => {
  for (const [name, { exit, is, sure, ...remains }] of Object.entries(DEATHS)) {
    const verdict = verdictOn(exit, remains);
    assert.deepEqual([verdict.class, verdict.confidence], [is, sure], name);
  }
});

Deno.test("classifyDeath() names the cause of every failed start that was seen, and is certain", () => {
  for (const [name, { is, exit = code(1), ...remains }] of Object.entries(STARTS)) {
    const verdict = verdictOn(exit, { ...remains, wasReady: false });
    assert.deepEqual([verdict.class, verdict.confidence], [is, "certain"], name);
  }
});

Deno.test("classifyDeath() believes our own intent before everything else", () => {
  const heap = {
    out: [`Terminating due to java.lang.OutOfMemoryError: Java heap space`],
    oomKills: { group: 1, machine: 1 },
  };
  for (const exit of [code(3), SIGKILL, code(0)]) {
    const on = (intent: DeathEvidence["intent"]) => verdictOn(exit, { ...heap, intent });
    assert.equal(on({ kind: "stop", by: "x" }).class, "requested");
    assert.equal(on({ kind: "restart", by: "x" }).class, "requested");
    const hung = on({ kind: "unfit", condition: SILENT, survived: null });
    assert.equal(hung.class, "unresponsive");
    assert.deepEqual(hung.evidence.map(({ source, text }) => [source, text]), [
      ["daemon", "no answer for 14 s"],
      ["exit", describeExit(exit)],
    ]);
  }
});

Deno.test("classifyDeath() takes the reason of a start that took too long from its output, if that has one", () => {
  const intent = { kind: "start-timeout", reason: "no hand-shake within 60 s" } as const;
  const bare = verdictOn(SIGKILL, { intent, wasReady: false });
  assert.deepEqual([bare.class, bare.confidence], ["start-timeout", "certain"]);
  const err = ["java.io.IOException: No space left on device"];
  const told = verdictOn(SIGKILL, { intent, wasReady: false, err });
  assert.deepEqual([told.class, told.confidence], ["disk-full", "likely"]);
  assert.deepEqual(told.evidence.map(({ source }) => source), ["stderr", "daemon", "exit"]);
});

Deno.test("classifyDeath() asks the kernel's counters about a SIGKILL, and no text", () => {
  const heap = { err: [`java.lang.OutOfMemoryError: Java heap space`] };
  for (
    const [group, machine, is, sure] of [
      [1, 1, "killed-by-oom-killer", "certain"],
      [2, null, "killed-by-oom-killer", "certain"],
      [0, 1, "killed-by-oom-killer", "likely"],
      [null, 1, "killed-by-oom-killer", "likely"],
      [0, 0, "killed-by-signal", "certain"],
      [0, null, "killed-by-signal", "certain"],
      [null, 0, "killed-by-signal", "certain"],
      [null, null, "killed-by-signal", "likely"],
    ] as const
  ) {
    const verdict = verdictOn(SIGKILL, { ...heap, oomKills: { group, machine } });
    assert.deepEqual([verdict.class, verdict.confidence], [is, sure], `${group} ${machine}`);
    assert.equal(verdict.evidence[0]?.text, "signal SIGKILL");
  }
  const heapOom = verdictOn(code(3), { ...heap, oomKills: { group: 1, machine: 1 } });
  assert.equal(heapOom.class, "heap-oom", "counters explain nothing but a SIGKILL");
});

Deno.test("classifyDeath() always names its evidence, with the exit status among it, and a remedy", () => {
  for (const { exit, is: _, sure: __, ...remains } of Object.values(DEATHS)) {
    const { evidence, fatal, summary, remedy } = verdictOn(exit, remains);
    assert.ok(evidence.some(({ source, text }) => source === "exit" && text === describeExit(exit)));
    assert.ok(fatal && summary.endsWith(".") && remedy.endsWith("."));
  }
});

Deno.test("describeExit() tells a signal from a code", () => {
  assert.equal(describeExit(code(52)), "exit code 52");
  assert.equal(describeExit(SIGKILL), "signal SIGKILL");
});
