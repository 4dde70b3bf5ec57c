/**
 * A kernel that counts and kills as a test says.
 * @module
 */

import type { ContainerReading, OwnReading } from "../../src/core/metrics/readings.ts";
import type { MemoryLeft } from "../../src/core/pool/pressure.ts";
import type { Holder } from "../../src/core/relay/departure.ts";
import type { ProcessVitals } from "../../src/core/watch/vitals.ts";
import type { Machine, MemoryLimit, OomKills } from "../../src/ports.ts";

/** A machine of 8 GiB on which nothing happens unless the test makes it happen. */
export class ScriptedMachine implements Machine {
  limit: MemoryLimit = { bytes: 8 * 2 ** 30, source: "machine" };
  memory: MemoryLeft | null = null;
  kills: OomKills = { group: 0, machine: 0 };
  reading: ContainerReading = { cpu: null, memoryUsedBytes: null, pressure: [] };
  own: OwnReading | null = null;
  /** Processes that a session leader left, by its pid. */
  readonly left = new Map<number, Set<number>>();
  /** Processes that survive being killed. */
  readonly undying = new Set<number>();
  /** What was killed, and preferred as a victim, in order. */
  readonly killed: number[] = [];
  readonly victims: number[] = [];

  /** What the kernel tells of each process; of others it knows nothing. */
  readonly vitals = new Map<number, ProcessVitals>();
  readonly open = new Map<number, readonly string[]>();
  readonly inDiskSleep = new Map<number, number>();
  /** The environment of each living process, as `NAME=value`. */
  readonly environments = new Map<number, readonly string[]>();
  connections: number | null = 0;
  /** The user of every connection. */
  caller: number | null = null;
  /** The process behind every connection. */
  holder: Holder | null = null;
  boot: string | null = "one boot";

  processor(): ReturnType<Machine["processor"]> {
    return { processors: 2, stackBytes: 2 ** 20 };
  }

  memoryLimit(): Promise<MemoryLimit> {
    return Promise.resolve(this.limit);
  }

  memoryLeft(): Promise<MemoryLeft | null> {
    return Promise.resolve(this.memory);
  }

  oomKills(): Promise<OomKills> {
    return Promise.resolve(this.kills);
  }

  container(): Promise<ContainerReading> {
    return Promise.resolve(this.reading);
  }

  ownProcess(): Promise<OwnReading | null> {
    return Promise.resolve(this.own);
  }

  memoryGroupReport(): Promise<string | null> {
    return Promise.resolve(null);
  }

  residentBytes(pid: number): Promise<number | null> {
    return Promise.resolve(this.vitals.get(pid)?.residentBytes ?? null);
  }

  sessionMembers(session: number): Promise<readonly number[]> {
    return Promise.resolve([...this.left.get(session) ?? []]);
  }

  preferAsVictim(pid: number): Promise<void> {
    this.victims.push(pid);
    return Promise.resolve();
  }

  quit(): boolean {
    return false;
  }

  kill(pid: number): void {
    this.killed.push(pid);
    if (this.undying.has(pid)) return;
    for (const session of this.left.values()) session.delete(pid);
    this.vitals.delete(pid);
    this.environments.delete(pid);
  }

  process(pid: number): Promise<ProcessVitals | null> {
    return Promise.resolve(this.vitals.get(pid) ?? null);
  }

  bootId(): Promise<string | null> {
    return Promise.resolve(this.boot);
  }

  openFiles(pid: number): Promise<readonly string[]> {
    return Promise.resolve(this.open.get(pid) ?? []);
  }

  threadsInDiskSleep(pid: number): Promise<number> {
    return Promise.resolve(this.inDiskSleep.get(pid) ?? 0);
  }

  connectionsTo(): Promise<number | null> {
    return Promise.resolve(this.connections);
  }

  callerOf(): Promise<number | null> {
    return Promise.resolve(this.caller);
  }

  processBehind(): Promise<Holder | null> {
    return Promise.resolve(this.holder);
  }

  processesWith(name: string, value: string): Promise<readonly number[]> {
    const wanted = `${name}=${value}`;
    return Promise.resolve(
      [...this.environments].filter(([, variables]) => variables.includes(wanted)).map(([pid]) => pid),
    );
  }
}
