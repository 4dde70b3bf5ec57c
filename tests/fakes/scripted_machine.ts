/**
 * A kernel that counts and kills as a test says.
 * @module
 */

import type { Machine, MemoryLimit, OomKills } from "../../src/ports.ts";

/** A machine of 8 GiB on which nothing happens unless the test makes it happen. */
export class ScriptedMachine implements Machine {
  limit: MemoryLimit = { bytes: 8 * 2 ** 30, source: "machine" };
  kills: OomKills = { group: 0, machine: 0 };
  /** Processes that a session leader left, by its pid. */
  readonly left = new Map<number, Set<number>>();
  /** Processes that survive being killed. */
  readonly undying = new Set<number>();
  /** What was killed, and preferred as a victim, in order. */
  readonly killed: number[] = [];
  readonly victims: number[] = [];

  memoryLimit(): Promise<MemoryLimit> {
    return Promise.resolve(this.limit);
  }

  oomKills(): Promise<OomKills> {
    return Promise.resolve(this.kills);
  }

  residentBytes(): Promise<number | null> {
    return Promise.resolve(null);
  }

  sessionMembers(session: number): Promise<readonly number[]> {
    return Promise.resolve([...this.left.get(session) ?? []]);
  }

  preferAsVictim(pid: number): Promise<void> {
    this.victims.push(pid);
    return Promise.resolve();
  }

  kill(pid: number): void {
    this.killed.push(pid);
    if (!this.undying.has(pid)) { for (const session of this.left.values()) session.delete(pid); }
  }
}
