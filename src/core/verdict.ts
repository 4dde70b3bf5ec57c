/**
 * The words of a verdict: how a process ended, what it wrote, and what is believed to have happened.
 * @module
 */

/** An exit status as the kernel reports it: `signal` is set when a signal ended the process. */
export interface ExitStatus {
  readonly code: number;
  readonly signal: string | null;
}

/** Every class of cause a verdict can name. `unknown` is an honest answer. */
export const CAUSE_CLASSES = [
  "requested",
  "clean-exit",
  "unresponsive",
  "process-stopped",
  "accept-thread-dead",
  "scheduler-dead",
  "deadlock",
  "start-timeout",
  "heap-oom",
  "gc-overhead",
  "metaspace-oom",
  "direct-memory-oom",
  "array-size-oom",
  "native-thread-oom",
  "native-memory-oom",
  "killed-by-oom-killer",
  "killed-by-signal",
  "stack-overflow",
  "jvm-crash-native-library",
  "jvm-crash-jit-or-vm",
  "invalid-jvm-option",
  "heap-exceeds-machine",
  "java-missing",
  "java-version-mismatch",
  "module-access-denied",
  "class-version-conflict",
  "class-missing",
  "bad-spark-config",
  "port-bind-failed",
  "hostname-resolution-failed",
  "disk-full",
  "permission-denied",
  "dependency-resolution-failed",
  "metastore-locked",
  "auth-failed",
  "connection-lost",
  "serialization-error",
  "python-worker-crash",
  "user-code-error",
  "unknown",
] as const;

/** One of {@linkcode CAUSE_CLASSES}. */
export type CauseClass = (typeof CAUSE_CLASSES)[number];

/** Where a piece of evidence was seen. */
export type EvidenceSource = "stdout" | "stderr" | "hs_err" | "exit" | "kernel" | "daemon";

/** One line that speaks for a verdict. `line` counts from 1 in its stream, and is `null` where there is none. */
export interface Evidence {
  readonly source: EvidenceSource;
  readonly line: number | null;
  readonly text: string;
}

/** What is believed to have happened, and how firmly. */
export interface Verdict {
  readonly class: CauseClass;
  /** Whether the gateway was lost by it. */
  readonly fatal: boolean;
  readonly confidence: "certain" | "likely" | "unsure";
  /** One sentence in plain words. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** What the reader can do, one or two sentences. */
  readonly remedy: string;
}

/** One line of captured output with its number in the stream, counted from 1. */
export interface OutputLine {
  readonly number: number;
  readonly text: string;
}
