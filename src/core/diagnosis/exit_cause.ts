/**
 * Why did the gateway end? Evidence in, verdict out. Reads no clock and no file: whoever collects the evidence
 * hands it over as values.
 * @module
 */

import { answerVerdict } from "./answering_option.ts";
import type { Condition } from "../watch/condition.ts";
import { describeExit } from "./ending.ts";
import { parseHsErr } from "../hs_err/hs_err.ts";
import { hsErrVerdict } from "../hs_err/hs_err_verdict.ts";
import { matchSignature } from "./signature_match.ts";
import type { SignatureMatch } from "./signature_match.ts";
import { unfitVerdict } from "./unfit.ts";
import type { Evidence, ExitStatus, OutputLine, Verdict } from "../verdict.ts";

/** Why the daemon itself ended a gateway, recorded before the first signal. */
export type Intent =
  | { readonly kind: "stop"; readonly by: string }
  | { readonly kind: "restart"; readonly by: string }
  /** It has served; the clause says why it is not used again. */
  | { readonly kind: "retire"; readonly why: string }
  | { readonly kind: "unfit"; readonly condition: Condition; readonly survived: Evidence | null }
  | { readonly kind: "start-timeout"; readonly reason: string };

/** What is left of a gateway when it has ended. */
export interface DeathEvidence {
  readonly exit: ExitStatus;
  readonly intent: Intent | null;
  readonly wasReady: boolean;
  /** The words it was started with, where they are known. */
  readonly argv?: readonly string[];
  readonly stdout: readonly OutputLine[];
  readonly stderr: readonly OutputLine[];
  /** HotSpot's error report; empty when there is none. */
  readonly hsErr: readonly OutputLine[];
  /** Out-of-memory kills by the kernel during this generation; `null` where no counter could be read. */
  readonly oomKills: { readonly group: number | null; readonly machine: number | null };
}

/**
 * Names the cause of a death. Order of evidence: our own intent, then a SIGKILL and the kernel's counters (such
 * a death leaves no text), then HotSpot's error report, then what the JVM and Spark wrote, then the bare exit status.
 */
export function classifyDeath(evidence: DeathEvidence): Verdict {
  const exit: Evidence = { source: "exit", line: null, text: describeExit(evidence.exit) };
  if (evidence.intent?.kind === "start-timeout") return failedStart(evidence, evidence.intent.reason, exit);
  if (evidence.intent !== null) return intended(evidence.intent, exit);
  if (evidence.exit.signal === "SIGKILL") return killed(evidence, exit);
  const report = parseHsErr(evidence.hsErr);
  if (report !== null) {
    const verdict = hsErrVerdict(report, "hs_err");
    return { ...verdict, evidence: [...verdict.evidence, exit] };
  }
  const aborted = abortOf(evidence, exit);
  if (aborted !== null) return aborted;
  const answered = evidence.exit.code === 0 && !evidence.wasReady
    ? answerVerdict(evidence.argv ?? [], exit)
    : null;
  if (answered !== null) return answered;
  const match = matchSignature({
    exit: evidence.exit,
    wasReady: evidence.wasReady,
    stdout: evidence.stdout,
    stderr: evidence.stderr,
  });
  return match === null ? bareExit(evidence, exit) : fromSignature(match, exit);
}

/** A start that came to nothing has often said why, and lived on: a full disk for its hand-shake, a port taken. */
function failedStart(evidence: DeathEvidence, reason: string, exit: Evidence): Verdict {
  const { stdout, stderr } = evidence;
  const match = matchSignature({ exit: { code: 1, signal: null }, wasReady: false, stdout, stderr });
  const waited: Evidence = { source: "daemon", line: null, text: reason };
  if (match !== null) {
    const verdict = fromSignature(match, exit);
    // The daemon ended it, so the text need not be what would have.
    return { ...verdict, confidence: "likely", evidence: [...match.evidence, waited, exit] };
  }
  return {
    class: "start-timeout",
    fatal: true,
    confidence: "certain",
    summary: `The gateway did not become usable in time and was ended: ${reason}.`,
    evidence: [waited, exit],
    remedy: "Look at the last lines of the gateway's output. Slow package downloads need " +
      "a longer --start-timeout.",
  };
}

function intended(intent: Exclude<Intent, { kind: "start-timeout" }>, exit: Evidence): Verdict {
  const fatal = true, confidence = "certain";
  switch (intent.kind) {
    case "stop":
    case "restart":
      return {
        class: "requested",
        fatal,
        confidence,
        summary: `The gateway was ended on request (${intent.kind} by ${intent.by}).`,
        evidence: [exit],
        remedy: "Nothing to do.",
      };
    case "retire":
      return {
        class: "requested",
        fatal,
        confidence,
        summary: `The gateway was retired: ${intent.why}.`,
        evidence: [exit],
        remedy: "Nothing to do.",
      };
    case "unfit":
      return unfitVerdict(intent.condition, intent.survived, exit);
  }
}

function killed(evidence: DeathEvidence, exit: Evidence): Verdict {
  const { group, machine } = evidence.oomKills;
  const remedy = "Heap, native memory and the Python workers together were more than the limit: a smaller " +
    "heap, fewer parallel tasks or a larger limit helps.";
  if (group !== null && group > 0) {
    return {
      class: "killed-by-oom-killer",
      fatal: true,
      confidence: "certain",
      summary: "The kernel killed the gateway because its container or control group was out of memory.",
      evidence: [exit, {
        source: "kernel",
        line: null,
        text: `the control group's oom_kill counter grew by ${group}`,
      }],
      remedy,
    };
  }
  // A group's counter has its own processes, killed by any kind of OOM killer (the kernel's cgroup-v2.rst); the machine's
  // has those of every container on it.
  const onMachine = machine ?? 0;
  if (group === null && onMachine > 0) {
    return {
      class: "killed-by-oom-killer",
      fatal: true,
      confidence: "likely",
      summary: "The kernel killed the gateway because the machine was out of memory.",
      evidence: [exit, {
        source: "kernel",
        line: null,
        text: `the machine's oom_kill counter grew by ${onMachine} while the gateway ran`,
      }],
      remedy,
    };
  }
  const counted = group !== null || machine !== null;
  const text = onMachine > 0
    ? `the machine's oom_kill counter grew by ${onMachine}, the control group's did not: that was another's process`
    : "no out-of-memory kill was counted";
  return {
    class: "killed-by-signal",
    fatal: true,
    confidence: counted && onMachine === 0 ? "certain" : "likely",
    summary: "The gateway was killed from outside (SIGKILL)" +
      (counted ? ", not by the kernel for want of memory." : "; no kernel counter could be read."),
    evidence: counted ? [exit, { source: "kernel", line: null, text }] : [exit],
    remedy: "Somebody or something sent kill -9, or a container was stopped. No memory setting was changed.",
  };
}

function fromSignature(match: SignatureMatch, exit: Evidence): Verdict {
  return {
    class: match.class,
    fatal: true,
    confidence: match.confidence,
    summary: match.summary,
    evidence: [...match.evidence, exit],
    remedy: match.remedy,
  };
}

/** The last words of the C and C++ libraries before abort(3). HotSpot does not handle SIGABRT and reports nothing. */
const ABORT_WORDS =
  /^(?:free|malloc|realloc|munmap_chunk|malloc_consolidate)\(\): |double free or corruption|corrupted size vs\. prev_size|\*\*\* (?:stack smashing|buffer overflow) detected \*\*\*|^terminate called (?:after throwing|without an active exception)|: Assertion `.*' failed\.$|^pure virtual method called/;

function abortOf({ exit, stderr }: DeathEvidence, evidence: Evidence): Verdict | null {
  if (exit.signal !== "SIGABRT") return null;
  const line = stderr.findLast(({ text }) => ABORT_WORDS.test(text));
  if (line === undefined) return null;
  return {
    class: "jvm-crash-native-library",
    fatal: true,
    confidence: "likely",
    summary: "Native code called by the JVM found its own memory damaged and aborted.",
    evidence: [{ source: "stderr", line: line.number, text: line.text }, evidence],
    remedy: "Update the native library that the program loads, or take it off the class path.",
  };
}

function bareExit({ exit, wasReady }: DeathEvidence, evidence: Evidence): Verdict {
  const fatal = true;
  // A handled SIGTERM, SIGINT or SIGHUP is an exit code of 128 + its number, not a signal death.
  const handled = ({ 129: "SIGHUP", 130: "SIGINT", 143: "SIGTERM" } as Record<number, string>)[exit.code];
  const signal = exit.signal ?? handled;
  if (["SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE"].includes(signal ?? "")) {
    return {
      class: "jvm-crash-native-library",
      fatal,
      confidence: "unsure",
      summary: `The JVM crashed by ${signal} and could not even write an error report.`,
      evidence: [evidence],
      // Sent from outside, these end in a report and SIGABRT; with a stack used up by native code, in silence (17, 25).
      remedy: "Native code has most likely used up its stack: look for deep recursion in a native library.",
    };
  }
  if (signal !== undefined) {
    return {
      class: "killed-by-signal",
      fatal,
      // SIGABRT may also be native code's own abort(3), of which nothing tells.
      confidence: signal === "SIGABRT" ? "unsure" : exit.signal === null ? "likely" : "certain",
      summary: `The gateway was ended from outside by ${signal}.`,
      evidence: [evidence],
      remedy: "Somebody or something sent the signal. No memory setting was changed.",
    };
  }
  if (exit.code === 0 && wasReady) {
    return {
      class: "clean-exit",
      fatal,
      confidence: "certain",
      summary: "The gateway ended by itself with exit code 0.",
      evidence: [evidence],
      remedy: "The program probably called System.exit, or the gateway's standard input was closed.",
    };
  }
  return {
    class: "unknown",
    fatal,
    confidence: "unsure",
    summary: `The gateway ended with ${describeExit(exit)}, and nothing it left behind says why.`,
    evidence: [evidence],
    remedy: "Look at the last lines of both outputs in the incident folder.",
  };
}
