/**
 * Which leases are there, and whose secret is that? No secret of a lease is kept, only what it hashes to.
 * @module
 */

import { bind, end, explain, generationOf, ISSUED, lose, lossOf, renew } from "../core/relay/lease.ts";
import type { LeaseState, Loss } from "../core/relay/lease.ts";
import type { RelayLimits } from "../core/relay/limits.ts";
import type { Clock } from "../ports.ts";

/** A connection of a lease's program that has passed the door. */
export interface Visit {
  /** The port of the program's end. */
  readonly remotePort: number;
  /** The port of the relay's end of the connection to the gateway; `null` when there is none. */
  readonly upstreamPort: number | null;
  close(): void;
}

/** One lease. */
export interface Lease {
  readonly id: string;
  /** Who asked for it, for people. */
  readonly by: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly issuedMs: number;
  readonly state: LeaseState;
  readonly visits: Set<Visit>;
}

interface Entry extends Lease {
  state: LeaseState;
  readonly digest: string;
  /** Since when it is lost or over. */
  overMs: number | null;
}

/** What became of a lease. */
export interface Outcome {
  readonly state: LeaseState["kind"];
  /** The gateway it belongs or belonged to. */
  readonly generation: number | null;
  /** Whether, why and when its gateway was lost while the lease lived. */
  readonly loss: Loss | null;
}

/** All leases of a relay. */
export class Leases {
  readonly #limits: RelayLimits;
  readonly #clock: Clock;
  readonly #all = new Map<string, Entry>();
  #issued = 0;

  constructor({ limits, clock }: { readonly limits: RelayLimits; readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Makes a lease for who presents the secret. @param generation The gateway it belongs to from the beginning. */
  async issue(secret: string, { by, generation }: { by: string; generation: number | null }): Promise<Lease> {
    const digest = await digestOf(secret);
    this.#forget();
    const lease: Entry = {
      id: String(++this.#issued),
      by,
      issuedMs: this.#clock.date().getTime(),
      state: generation === null ? ISSUED : bind(ISSUED, generation),
      visits: new Set(),
      digest,
      overMs: null,
    };
    this.#all.set(lease.id, lease);
    return lease;
  }

  /** The lease a secret gives a right to. Of several that share one, in pass-through mode, it is the newest. */
  async find(secret: string): Promise<Lease | null> {
    const digest = await digestOf(secret);
    return this.#sharing(digest).at(-1) ?? null;
  }

  get(id: string): Lease | null {
    return this.#all.get(id) ?? null;
  }

  /** Those that have not ended, the oldest first. */
  living(): readonly Lease[] {
    return [...this.#all.values()].filter(({ state }) => state.kind !== "ended");
  }

  /** @returns Whether the lease belongs to this gateway now. */
  bind({ id }: Lease, generation: number): boolean {
    const lease = this.#all.get(id);
    if (lease === undefined) return false;
    lease.state = bind(lease.state, generation);
    return lease.state.kind === "bound" && lease.state.generation === generation;
  }

  /** Notes the loss of a gateway in its leases; which these were. */
  lose(loss: Loss): readonly Lease[] {
    return [...this.#all.values()].filter((lease) => {
      const before = lease.state;
      lease.state = lose(before, loss);
      if (lease.state === before) return false;
      lease.overMs = this.#clock.nowMs();
      return true;
    });
  }

  /** Ends a lease; the connections that are to be closed for it. Those of a shared secret may be another's. */
  end(id: string): readonly Visit[] {
    const lease = this.#all.get(id);
    if (lease === undefined || lease.state.kind === "ended") return [];
    lease.state = end(lease.state);
    lease.overMs = this.#clock.nowMs();
    if (this.#sharing(lease.digest).length > 0) return [];
    return [...this.#all.values()].flatMap(({ digest, visits }) =>
      digest === lease.digest ? [...visits] : []
    );
  }

  /** Tells more of the loss of a gateway. */
  explain(generation: number, sentence: string): void {
    for (const lease of this.#all.values()) lease.state = explain(lease.state, generation, sentence);
  }

  /** Makes a lease as good as new whose program is gone. */
  renew(id: string): void {
    const lease = this.#all.get(id);
    if (lease === undefined) return;
    lease.state = renew(lease.state);
    if (lease.state === ISSUED) lease.overMs = null;
  }

  /** `null` when there never was such a lease, or it has been forgotten. */
  outcome(id: string): Outcome | null {
    const state = this.#all.get(id)?.state;
    return state === undefined
      ? null
      : { state: state.kind, generation: generationOf(state), loss: lossOf(state) };
  }

  #sharing(digest: string): readonly Entry[] {
    return [...this.#all.values()].filter((lease) => lease.digest === digest && lease.state.kind !== "ended");
  }

  /** Drops what is over: the oldest first, and never one that still has connections. */
  #forget(): void {
    const over = [...this.#all.values()].filter(({ overMs, visits }) => overMs !== null && visits.size === 0);
    const beforeMs = this.#clock.nowMs() - this.#limits.memoryMs;
    over.sort((a, b) => (a.overMs ?? 0) - (b.overMs ?? 0)).forEach(({ id, overMs }, index) => {
      const surplus = over.length - index > this.#limits.remembered;
      if (surplus || (overMs ?? 0) < beforeMs) this.#all.delete(id);
    });
  }
}

/** Looked up by hash, so that the time of a comparison tells nothing of a secret. */
async function digestOf(secret: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return new Uint8Array(hash).toHex();
}
