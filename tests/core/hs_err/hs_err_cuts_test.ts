import assert from "node:assert/strict";
import fc from "fast-check";
import { type HsErr, parseHsErr } from "../../../src/core/hs_err/hs_err.ts";
import { hsErrVerdict } from "../../../src/core/hs_err/hs_err_verdict.ts";
import { numbered, parsed, report, REPORTS, texts } from "./hs_err_fixtures.ts";

/** The facts of a report that have a line, by name. */
const LOCATED = [
  "failure",
  "signalInfo",
  "frame",
  "thread",
  "compiling",
  "operation",
  "java",
  "vm",
  "elapsedSeconds",
  "limits",
] as const;

/** What a report says, without the numbers of its lines. */
function said(hsErr: HsErr) {
  return JSON.parse(
    JSON.stringify(hsErr, (name, value) => name === "number" || /Line$/.test(name) ? 0 : value),
  );
}

Deno.test("parseHsErr() joins what the console shows with the file it came from", () => {
  const console = texts(numbered(
    Deno.readTextFileSync(new URL("../../fixtures/hs_err/console-native-library-17.txt", import.meta.url))
      .split(
        "\n",
      ),
  ));
  const short = parsed(numbered(console));
  assert.equal(short.savedAs?.value, "/srv/job/native-17.log");
  assert.equal(short.complete, false);
  const file = texts(report("native-library-17.log"));
  const both = parsed(numbered([...console, "rekindle: the report follows", ...file]));
  assert.equal(both.savedAs?.value, "/srv/job/native-17.log");
  assert.equal(both.complete, true);
  assert.deepEqual(both.signalInfo?.value, parsed(numbered(file)).signalInfo?.value);
  // Another death before it says nothing of this one.
  const earlier = texts(report("crash-on-oom-heap-25.log"));
  const last = parsed(numbered([...earlier, ...console]));
  assert.equal(last.failure.value.kind, "signal");
  assert.equal(last.memory, null);
});

Deno.test("parseHsErr() finds a report behind a log's prefixes and among other lines", () => {
  for (const name of REPORTS) {
    const lines = texts(report(name));
    const plain = said(parsed(numbered(lines)));
    const compose = numbered(["start", ...lines.map((text) => `gateway-1  | ${text}\r`.trimEnd()), "END"]);
    assert.deepEqual(said(parsed(compose)), plain, name);
    let time = 0;
    const dated = numbered(
      lines.map((text) => `[2026-01-0${1 + time % 9}T10:00:0${time++ % 10}Z] (77) ${text}`),
    );
    assert.deepEqual(said(parsed(dated)), plain, name);
  }
});

Deno.test("parseHsErr() reads of every part of a report what stands in it", () => {
  for (const name of REPORTS) {
    const lines = report(name);
    const whole = parsed(lines);
    for (let count = 0; count < lines.length; count++) {
      const part = parseHsErr(lines.slice(0, count));
      if (count < whole.start.number) assert.equal(part, null);
      else if (part === null) assert.fail(`${name}: nothing in ${count} lines`);
      else {
        for (const fact of LOCATED) {
          const expected = whole[fact];
          if (expected !== null && expected.line.number <= count) {
            // A fact that is told twice may be read where it stands later.
            if (fact === "failure" && part.failure.line.number !== expected.line.number) continue;
            assert.deepEqual(part[fact]?.value, expected.value, `${name}: ${fact} in ${count} lines`);
          }
        }
        assert.equal(hsErrVerdict(part).fatal, true);
      }
    }
  }
});

Deno.test("parseHsErr() reads the rest of a report that has lost its beginning", () => {
  for (const name of REPORTS) {
    const lines = report(name);
    const whole = parsed(lines);
    for (let from = 0; from < lines.length; from++) {
      const part = parseHsErr(lines.slice(from));
      if (from + 1 <= whole.failure.line.number - 1) assert.ok(part !== null, `${name} from ${from}`);
      if (part !== null) hsErrVerdict(part);
    }
  }
});

Deno.test("parseHsErr() takes lines of somebody else in between, wherever they are", () => {
  const noise = fc.constantFrom(
    "",
    "26/01/01 10:00:00 WARN TaskSetManager: Lost task 0.0",
    "# comment",
    "   ",
    "\u0000",
  );
  const strewn = fc.array(fc.tuple(fc.nat(200), noise), { maxLength: 4 });
  fc.assert(fc.property(fc.constantFrom(...REPORTS), strewn, (name, strange) => {
    const lines = [...texts(report(name))];
    for (const [at, text] of strange) lines.splice(at + 30, 0, text);
    const whole = parsed(report(name));
    const hsErr = parsed(numbered(lines));
    // The header is written at once; what comes later may be torn apart.
    assert.deepEqual(hsErr.failure.value, whole.failure.value);
    assert.deepEqual(hsErr.frame?.value, whole.frame?.value);
    assert.equal(hsErrVerdict(hsErr).fatal, true);
  }));
});

Deno.test("parseHsErr() takes any text: a report cut and mixed anyhow, or none", () => {
  const line = fc.oneof(
    fc.constantFrom(...new Set(REPORTS.flatMap((name) => texts(report(name))))),
    fc.string({ unit: "binary", maxLength: 80 }),
  );
  const cut = fc.tuple(line, fc.nat(120)).map(([text, length]) => text.slice(0, length));
  fc.assert(
    fc.property(fc.array(fc.oneof(line, cut), { maxLength: 60 }), (lines) => {
      const hsErr = parseHsErr(numbered(lines));
      if (hsErr === null) return;
      const { evidence, summary, remedy } = hsErrVerdict(hsErr);
      for (const { line } of evidence) assert.ok(line !== null && line >= 1 && line <= lines.length);
      assert.ok(summary.endsWith(".") && remedy.endsWith("."));
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (lines) => {
    assert.equal(parseHsErr(numbered(lines)), null);
  }));
});

Deno.test("parseHsErr() finds nothing in what is no report", () => {
  for (
    const lines of [
      [],
      ["A fatal error has been detected by the Java Runtime Environment"],
      // JDK 25 goes on after such a signal.
      ["[0.051s][warning][os] Non-attached thread received stray SR signal (siginfo: si_signo: 12 (SIGUSR2), si_code: 0)."],
      // VM.info has a report's sections, and comes from a JVM that lives.
      ["# JRE version: OpenJDK (17.0.1) (build 17)", "---------------  S U M M A R Y ------------", "END."],
      [
        "# java.lang.OutOfMemoryError: Java heap space",
        "Aborting due to java.lang.OutOfMemoryError: Java heap space",
      ],
    ]
  ) assert.equal(parseHsErr(numbered(lines)), null);
});
