import assert from "node:assert/strict";
import { describeExit } from "../../../src/core/diagnosis/ending.ts";
import { classifyDeath } from "../../../src/core/diagnosis/exit_cause.ts";
import type { DeathEvidence } from "../../../src/core/diagnosis/exit_cause.ts";
import type { ExitStatus, OutputLine, Verdict } from "../../../src/core/verdict.ts";
import { code, DEATHS, SIGKILL } from "./deaths_seen.ts";
import type { Remains } from "./deaths_seen.ts";
import { report } from "../hs_err/hs_err_fixtures.ts";
import { SILENT } from "../samples.ts";
import { STARTS } from "./starts_seen.ts";

const ABORTED: ExitStatus = { code: 134, signal: "SIGABRT" };

function lines(texts: readonly string[] = []): readonly OutputLine[] {
  return texts.map((text, index) => ({ number: index + 1, text }));
}

function verdictOn(
  exit: ExitStatus,
  remains: Remains & { readonly hsErr?: readonly OutputLine[] } = {},
): Verdict {
  const { out, err, wasReady = true, intent = null, oomKills = { group: 0, machine: 0 } } = remains;
  const { hsErr = [] } = remains;
  return classifyDeath({
    exit,
    intent,
    wasReady,
    stdout: lines(out),
    stderr: lines(err),
    hsErr,
    oomKills,
  });
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
      [0, 1, "killed-by-signal", "likely"],
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
  const heapOom = verdictOn(code(52), { ...heap, oomKills: { group: 1, machine: 1 } });
  assert.equal(heapOom.class, "heap-oom", "counters explain nothing but a SIGKILL");
});

Deno.test("classifyDeath() believes an error report before the outputs, and names its lines", () => {
  const out = ["Terminating due to java.lang.OutOfMemoryError: Java heap space"];
  for (
    const [name, is] of [
      ["native-library-17.log", "jvm-crash-native-library"],
      ["crash-on-oom-metaspace-25.log", "metaspace-oom"],
      ["malloc-limit-25.log", "native-memory-oom"],
      ["sent-by-kill-17.log", "killed-by-signal"],
    ] as const
  ) {
    const verdict = verdictOn(ABORTED, { out, hsErr: report(name) });
    assert.equal(verdict.class, is);
    const sources = verdict.evidence.map(({ source }) => source);
    assert.deepEqual([sources[0], sources.at(-1)], ["hs_err", "exit"]);
    assert.ok(sources.slice(0, -1).every((source) => source === "hs_err"), name);
  }
  const noReport = [{ number: 1, text: "" }, { number: 2, text: "# a comment" }];
  assert.equal(verdictOn(ABORTED, { out, hsErr: noReport }).class, "heap-oom");
});

Deno.test("classifyDeath() believes an error report less than our own intent and a SIGKILL", () => {
  const hsErr = report("native-library-17.log");
  const on = (intent: DeathEvidence["intent"]) => verdictOn(ABORTED, { hsErr, intent }).class;
  assert.equal(on({ kind: "restart", by: "x" }), "requested");
  assert.equal(on({ kind: "unfit", condition: SILENT, survived: null }), "unresponsive");
  assert.equal(on({ kind: "start-timeout", reason: "no hand-shake within 60 s" }), "start-timeout");
  assert.equal(verdictOn(SIGKILL, { hsErr }).class, "killed-by-signal");
  const oomKills = { group: 1, machine: 1 };
  assert.equal(verdictOn(SIGKILL, { hsErr, oomKills }).class, "killed-by-oom-killer");
});

Deno.test("classifyDeath() takes a crash without a word for one of native code, and is not sure", () => {
  for (
    const [number, signal] of [[139, "SIGSEGV"], [135, "SIGBUS"], [132, "SIGILL"], [136, "SIGFPE"]] as const
  ) {
    const exit = { code: number, signal };
    const { class: is, confidence, evidence, summary } = verdictOn(exit);
    assert.deepEqual([is, confidence], ["jvm-crash-native-library", "unsure"]);
    assert.deepEqual(evidence, [{ source: "exit", line: null, text: `signal ${signal}` }]);
    assert.match(summary, new RegExp(`by ${signal} and could not even write an error report`));
    assert.equal(
      verdictOn(exit, { hsErr: report("unsafe-after-errors-17.log") }).class,
      "jvm-crash-jit-or-vm",
    );
  }
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

Deno.test("classifyDeath() knows native code's own abort by its last words, and says how little a bare one tells", () => {
  const exit = { code: 134, signal: "SIGABRT" };
  for (
    const word of [
      "free(): invalid pointer",
      "double free or corruption (out)",
      "*** stack smashing detected ***: terminated",
      "terminate called after throwing an instance of 'std::bad_alloc'",
      "java: foo.c:12: bar: Assertion `x > 0' failed.",
    ]
  ) {
    const verdict = verdictOn(exit, { err: ["before", word] });
    assert.deepEqual([verdict.class, verdict.confidence], ["jvm-crash-native-library", "likely"], word);
    assert.deepEqual(verdict.evidence[0], { source: "stderr", line: 2, text: word });
  }
  const bare = verdictOn(exit, { err: ["a worker said: free lunch"] });
  assert.deepEqual([bare.class, bare.confidence], ["killed-by-signal", "unsure"]);
  assert.notEqual(verdictOn(code(1), { err: ["free(): invalid pointer"] }).class, "jvm-crash-native-library");
});

Deno.test("classifyDeath() takes exit code 3 for a memory death only by HotSpot's own last words", () => {
  const text = "java.lang.OutOfMemoryError: Java heap space";
  assert.equal(verdictOn(code(3), { out: [`Terminating due to ${text}`] }).confidence, "certain");
  for (const wasReady of [true, false]) {
    const chosen = verdictOn(code(3), { err: [text], out: [`# a remark on ${text}`], wasReady });
    assert.deepEqual([chosen.class, chosen.confidence], ["unknown", "unsure"]);
  }
  assert.equal(verdictOn(code(1), { err: [text] }).confidence, "likely");
  assert.equal(verdictOn(code(52), { err: [text] }).confidence, "certain");
});

Deno.test("classifyDeath() names the option by which nothing was started", () => {
  const java = ["/opt/jdk/bin/java", "-cp", "x", "-Xmx1g"];
  const spark = ["org.apache.spark.deploy.SparkSubmit", "--conf", "spark.driver.extraJavaOptions=-version"];
  const on = (argv: readonly string[], exit = code(0), wasReady = false) =>
    classifyDeath({
      ...{ argv, exit, wasReady, intent: null, stdout: [], stderr: [], hsErr: [] },
      oomKills: { group: 0, machine: 0 },
    });
  for (
    const option of [
      ...[
        "-version",
        "--version",
        "-fullversion",
        "-help",
        "--help",
        "-X",
        "--help-extra",
        "--dry-run",
        "-?",
      ],
      ...["--list-modules", "--describe-module=java.base", "-Xlog:help", "-agentlib:jdwp=help"],
    ]
  ) {
    const verdict = on([...java, option, ...spark, "pyspark-shell"]);
    assert.deepEqual([verdict.class, verdict.confidence], ["invalid-jvm-option", "certain"], option);
    assert.ok(verdict.remedy.startsWith(`Take ${option} out of `), verdict.remedy);
    assert.deepEqual(verdict.evidence.map(({ text }) => text), [
      `it was started with ${option}`,
      "exit code 0",
    ]);
  }
  assert.equal(on([...java, ...spark, "--version", "pyspark-shell"]).class, "bad-spark-config");
  // These go on, and what only looks like one is somebody's value.
  for (const harmless of ["-showversion", "-XshowSettings", "-Xlog:gc", "-Dx=-version", "--versions"]) {
    assert.equal(on([...java, harmless, ...spark]).class, "unknown", harmless);
  }
  assert.equal(on([...java, "-version", ...spark], code(1)).class, "unknown");
  assert.equal(on([...java, "-version", ...spark], code(0), true).class, "clean-exit");
});
