/**
 * How much memory may the JVM have, when others have to live of the same?
 * @module
 */

import { formatSize, GIB, MIB } from "../jvm_flags.ts";

/** The least of every limit, and whose it is. */
export interface MemoryLimit {
  readonly bytes: number;
  readonly source: "container" | "machine" | "user";
}

/** Whose a limit is, as it follows its size. */
export const LIMIT_OF: Readonly<Record<MemoryLimit["source"], string>> = {
  container: "of the container",
  machine: "of the machine",
  user: "set by --memory-limit",
};

/** Somebody else who lives of the same memory. */
export interface Reserve {
  readonly for: "daemon" | "python" | "standby" | "system" | "gateways";
  readonly bytes: number;
  /** Why as much, in words. */
  readonly why: string;
}

/** What a limit leaves for one JVM. */
export interface MemoryBudget extends MemoryLimit {
  readonly reserves: readonly Reserve[];
  /** The limit without the reserves, in bytes; never below 0. */
  readonly jvmBytes: number;
}

/** Who else lives of the memory. */
export interface Residents {
  /** Tasks that run at once: each may have a Python worker. */
  readonly parallelTasks: number;
  /** Whether the tasks run in the gateway itself, and their workers beside it. */
  readonly isLocal: boolean;
  /** The most that the workers were seen to use, in bytes; 0 when they were not seen. */
  readonly pythonPeakBytes: number;
  /** How many gateways share it, each with a program of its own; at least 1. */
  readonly gateways: number;
  /** What another gateway takes that waits, in bytes. */
  readonly standbyBytes: number;
}

/** The daemon holds 55 to 88 MiB (measured over hours and hundreds of restarts). */
const DAEMON_BYTES = 96 * MIB;
/** A program without pandas holds 110 MiB; workers are forked, so that a plain one adds few pages of its own. */
const PROGRAM_BYTES = 128 * MIB;
const WORKER_BYTES = 32 * MIB;
/** What Python is left at least of a large limit: its workers hold the rows they work on. */
const PYTHON_SHARE = 0.15;
/** More than was seen, because the next program is another one. */
const PYTHON_MARGIN = 1.1;
/** What a machine needs beside us. */
const SYSTEM_SHARE = 0.1;
const MOST_SYSTEM_BYTES = 2 * GIB;

/** Divides a limit among those who live of it. */
export function budgetOf(limit: MemoryLimit, residents: Residents): MemoryBudget {
  const reserves = [
    { for: "daemon", bytes: DAEMON_BYTES, why: "what the daemon was measured to hold" } as const,
    pythonReserve(limit, residents),
    ...(residents.standbyBytes > 0
      ? [{ for: "standby", bytes: residents.standbyBytes, why: "a second gateway waits" } as const]
      : []),
    ...(limit.source === "machine"
      ? [
        {
          for: "system",
          bytes: Math.min(MOST_SYSTEM_BYTES, SYSTEM_SHARE * limit.bytes),
          why: "a tenth of the machine, at most 2 GiB",
        } as const,
      ]
      : []),
  ];
  const left = Math.max(0, limit.bytes - reserves.reduce((sum, { bytes }) => sum + bytes, 0));
  const { gateways } = residents;
  if (gateways === 1) return { ...limit, reserves, jvmBytes: left };
  const others = {
    for: "gateways",
    bytes: Math.ceil(left * (1 - 1 / gateways)),
    why: `${gateways} programs may run at a time`,
  } as const;
  return { ...limit, reserves: [...reserves, others], jvmBytes: left - others.bytes };
}

function pythonReserve(limit: MemoryLimit, residents: Residents): Reserve {
  const { parallelTasks, isLocal, pythonPeakBytes } = residents;
  const learned = PROGRAM_BYTES + pythonPeakBytes * PYTHON_MARGIN;
  const usual = isLocal
    ? Math.max(PROGRAM_BYTES + parallelTasks * WORKER_BYTES, PYTHON_SHARE * limit.bytes)
    : PROGRAM_BYTES;
  if (learned > usual) {
    return {
      for: "python",
      bytes: learned,
      why: `a program, and workers that used ${formatSize(pythonPeakBytes)}`,
    };
  }
  const why = isLocal
    ? `a program and ${parallelTasks} workers, at least 15 % of the limit`
    : "a program; its workers live on the cluster";
  return { for: "python", bytes: usual, why };
}
