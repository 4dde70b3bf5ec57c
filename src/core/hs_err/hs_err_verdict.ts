/**
 * What does an error report of HotSpot say about the cause, and what can its reader do?
 * @module
 */

import { memoryErrors } from "./exception_counts.ts";
import type { HsErr } from "./hs_err.ts";
import { compilerAdvice, jvmAdvice, memoryAdvice, nativeAdvice } from "./hs_err_advice.ts";
import type { CauseClass, Evidence, EvidenceSource, OutputLine, Verdict } from "../verdict.ts";

/** A cause without the lines that speak for it. */
type Cause = Pick<Verdict, "class" | "confidence" | "summary" | "remedy">;

/** The reasons of an OutOfMemoryError, in HotSpot's words. */
const REASONS: readonly (readonly [RegExp, CauseClass, string, string])[] = [
  [
    /^GC overhead limit exceeded/,
    "gc-overhead",
    "The JVM spent nearly all its time collecting garbage",
    "A larger heap, fewer parallel tasks or less collected data helps.",
  ],
  [
    /^(?:Metaspace|Compressed class space)/,
    "metaspace-oom",
    "The JVM ran out of room for classes",
    "Raise or remove -XX:MaxMetaspaceSize (or -XX:CompressedClassSpaceSize) in the driver's Java options.",
  ],
  [
    /direct buffer memory/i,
    "direct-memory-oom",
    "The JVM ran out of direct (off-heap) buffer memory",
    "Raise -XX:MaxDirectMemorySize, or read fewer and smaller blocks at once.",
  ],
  [
    /^Requested array size exceeds VM limit/,
    "array-size-oom",
    "The program asked for one array of more than two billion elements",
    "More memory does not help: split the value, or collect less at once.",
  ],
  [
    /native thread/,
    "native-thread-oom",
    "The JVM could not start another thread",
    "Raise the limit on processes (ulimit -u, pids.max, TasksMax=): memory settings do not help.",
  ],
  [
    /^Unable to allocate|Out of swap space/,
    "native-memory-oom",
    "The JVM could not get native memory from the operating system",
    "The machine or container is short of memory outside the heap: a smaller heap leaves more for it.",
  ],
];

const ENDED = "the JVM ended itself at this error, as it was told to";

/** Internal errors that are a lack of memory, such as `guarantee(… != MAP_FAILED) failed: mmap Failed for …`. */
const MEMORY_REFUSED =
  /mmap failed|MAP_FAILED|out of memory|(?:could not|cannot|failed to|unable to) (?:allocate|commit|reserve|map)\b/i;

/**
 * The cause of a fatal error. All are fatal: HotSpot never goes on after such a report.
 * @param source Where the report stood. HotSpot's own place for it, other than its file, is standard output.
 */
export function hsErrVerdict(hsErr: HsErr, source: EvidenceSource = "stdout"): Verdict {
  const cause = causeOf(hsErr);
  return {
    ...cause,
    fatal: true,
    evidence: linesOf(hsErr, cause.class).map((line) => asEvidence(line, source)),
  };
}

function causeOf(hsErr: HsErr): Cause {
  const failure = hsErr.failure.value;
  switch (failure.kind) {
    case "insufficient-memory":
      return noMemory(hsErr, failure.bytes, failure.purpose);
    case "java-out-of-memory":
      return javaMemory(failure.reason);
    case "internal-error":
      return internalError(hsErr, failure.message);
    case "signal":
      return signal(hsErr, failure.name, failure.sentByKill);
    case "unread":
      return hsErr.frame === null
        ? {
          class: "jvm-crash-jit-or-vm",
          confidence: "unsure",
          summary: "The JVM crashed; its error report is cut off before it says of what.",
          remedy: seeWholeReport(hsErr),
        }
        : crash(hsErr, "a fatal error");
  }
}

function noMemory(hsErr: HsErr, bytes: number | null, purpose: string | null): Cause {
  if (purpose !== null && /\bthread\b/i.test(purpose)) {
    return {
      class: "native-thread-oom",
      confidence: "certain",
      summary: `The JVM could not start one of its own threads (${purpose}).`,
      remedy: "Raise the limit on processes (ulimit -u, pids.max, TasksMax=): memory settings do not help.",
    };
  }
  return { class: "native-memory-oom", confidence: "certain", ...memoryAdvice(hsErr, bytes, purpose) };
}

function javaMemory(reason: string): Cause {
  for (const [pattern, cause, summary, remedy] of REASONS) {
    if (pattern.test(reason)) {
      return {
        class: cause,
        confidence: "certain",
        summary: `${summary}; ${ENDED}.`,
        remedy,
      };
    }
  }
  const known = /^Java heap space/.test(reason);
  return {
    class: "heap-oom",
    confidence: known ? "certain" : "likely",
    summary: `The JVM ran out of ${known ? "heap" : "memory, most likely heap"}; ${ENDED}.`,
    remedy: "A larger heap, fewer parallel tasks or less collected data helps.",
  };
}

function internalError(hsErr: HsErr, message: string | null): Cause {
  const text = message ?? "";
  if (MEMORY_REFUSED.test(text) && hsErr.compiling === null) {
    return { class: "native-memory-oom", confidence: "likely", ...memoryAdvice(hsErr, null, text) };
  }
  if (/Saw java\.lang\.StackOverflowError/.test(text)) return stackOverflow(hsErr);
  // An exception that the JVM was told to end itself for: the program's fault, not the JVM's.
  const thrown = /fatal error: Saw (\S+?)(?::.*)?, aborting/.exec(text)?.[1];
  if (thrown !== undefined) {
    return {
      class: "jvm-crash-jit-or-vm",
      confidence: "certain",
      summary: `The JVM ended itself because ${thrown} was thrown, as -XX:AbortVMOnException told it to.`,
      remedy: "Take -XX:AbortVMOnException out of the driver's Java options.",
    };
  }
  return crash(hsErr, message === null ? "an error in itself" : `an error in itself (${message})`);
}

function signal(hsErr: HsErr, name: string, sentByKill: boolean): Cause {
  const info = hsErr.signalInfo?.value ?? null;
  const sent = sentByKill || info?.senderPid !== undefined && info.senderPid !== null;
  // A library may raise a signal itself, and so does the JVM for AbortVMOnSafepointTimeout: then the frame counts.
  if (sent && !info?.fromSelf) {
    const sender = info?.senderPid === null || info === null
      ? "another process"
      : `process ${info.senderPid}${info.senderUid === null ? "" : ` of user ${info.senderUid}`}`;
    return {
      class: "killed-by-signal",
      // Without the line that names the sender, it may have been the JVM itself.
      confidence: info === null ? "likely" : "certain",
      summary: `The JVM was ended by ${name}, sent by ${sender}.`,
      remedy:
        "Find out what that process was and why it sends such a signal: nothing was wrong with the JVM.",
    };
  }
  if (/^SR_handler\b/.test(hsErr.frame?.value.symbol ?? "")) {
    return {
      class: "killed-by-signal",
      confidence: "likely",
      summary: "Another process sent the JVM SIGUSR2, a signal that HotSpot keeps for itself.",
      remedy:
        "Find out who sends SIGUSR2 to the JVM, or set _JAVA_SR_SIGNUM to the number of another signal.",
    };
  }
  if (hsErr.stackOverflow !== null) return stackOverflow(hsErr);
  return crash(hsErr, info?.fromSelf ? `${name}, which it sent itself` : name);
}

function stackOverflow(hsErr: HsErr): Cause {
  const name = hsErr.thread?.value.name ?? null;
  return {
    class: "stack-overflow",
    confidence: "likely",
    summary: `${
      name === null ? "A thread" : `The thread "${name}"`
    } ran out of stack: something recurses too deeply.`,
    remedy: "Raise -Xss in spark.driver.extraJavaOptions, or nest less: a checkpoint cuts a long lineage.",
  };
}

/** A fault in code: whose code? */
function crash(hsErr: HsErr, what: string): Cause {
  const frame = hsErr.frame?.value ?? null;
  if (frame?.kind === "native" && hsErr.failure.value.kind !== "internal-error") {
    return { class: "jvm-crash-native-library", confidence: "certain", ...nativeAdvice(hsErr, frame, what) };
  }
  const cause = "jvm-crash-jit-or-vm";
  // Without the frame it may have been a library's code.
  const confidence = frame === null && hsErr.failure.value.kind === "signal" ? "likely" : "certain";
  return {
    class: cause,
    confidence,
    ...(compilerAdvice(hsErr, frame, what) ?? jvmAdvice(hsErr, frame, what)),
  };
}

function seeWholeReport({ savedAs }: HsErr): string {
  return savedAs === null
    ? "Look for the whole report, hs_err_pid<pid>.log, in the gateway's working folder or /tmp."
    : `Look at the whole report, ${savedAs.value}.`;
}

/** The lines that name the cause, in the report's order; never those that hold command lines. */
function linesOf(hsErr: HsErr, cause: CauseClass): readonly OutputLine[] {
  const { failure, signalInfo, frame, thread, compiling, operation, stackOverflow, memory, container } =
    hsErr;
  const lines: (OutputLine | undefined)[] = [failure.line];
  switch (cause) {
    case "native-memory-oom":
      lines.push(container?.limitBytes ? container.line : memory?.line);
      break;
    case "stack-overflow":
      lines.push(signalInfo?.line, stackOverflow?.line, thread?.line);
      break;
    case "killed-by-signal":
      lines.push(frame?.line, signalInfo?.line);
      break;
    case "jvm-crash-native-library":
    case "jvm-crash-jit-or-vm":
      lines.push(frame?.line, thread?.line, compiling?.line, operation?.line, signalInfo?.line);
      if (hsErr.exceptions !== null && memoryErrors(hsErr.exceptions) > 0) {
        lines.push(...hsErr.exceptions.lines);
      }
      break;
    default:
      break;
  }
  const seen = new Map(lines.flatMap((line) => line === undefined ? [] : [[line.number, line]]));
  return [...seen.values()].sort((a, b) => a.number - b.number);
}

function asEvidence({ number, text }: OutputLine, source: EvidenceSource): Evidence {
  return { source, line: number, text };
}
