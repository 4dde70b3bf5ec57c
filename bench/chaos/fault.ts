/**
 * What is a fault of a chaos run? How it is brought about and healed, and what it may cost a program.
 * @module
 */

import type { RunningProgram } from "./program.ts";
import type { Site } from "./site.ts";

/** Whom a fault hits. */
export interface Target {
  readonly site: Site;
  /** The programs of this step, the first one first. */
  readonly programs: readonly RunningProgram[];
  /** Whatever is left to chance, from 0 up to, not including, 1. */
  readonly amount: number;
}

/** The most that a fault may cost a program: nothing; its gateway, of which it has to be told; anything but a wrong answer. */
export type Cost = "nothing" | "gateway" | "anything";

/** Takes the cause away. */
export type Heal = () => Promise<void>;

/** One fault. */
export interface Fault {
  readonly what: string;
  readonly cost: Cost;
  /** Whether the daemon is another one afterwards. */
  readonly endsDaemon?: true;
  /** Whether the records of this moment may be lost, as is promised of a full disk. */
  readonly costsRecords?: true;
  /** Why this machine or user cannot bring it about, or `null`. */
  readonly missing?: () => Promise<string | null> | string | null;
  /**
   * Brings it about.
   * @returns How it is healed when its time has come, or `null` when nothing is left to heal.
   */
  readonly inject: (target: Target) => Promise<Heal | null>;
}

/** The process of the gateway to hit: one that a program has, or else any. `null` when there is none at the moment. */
export async function gatewayOf({ site, amount }: Target): Promise<number | null> {
  const seats = (await site.status())?.pool.seats.filter(({ pid }) => pid !== null) ?? [];
  const taken = seats.filter(({ programs }) => programs > 0);
  const chosen = taken.length > 0 ? taken : seats;
  return chosen[Math.floor(amount * chosen.length)]?.pid ?? null;
}

/** Signals a process; one that is gone already is no trouble. */
export function signal(pid: number | null, name: Deno.Signal): void {
  try {
    if (pid !== null) Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
