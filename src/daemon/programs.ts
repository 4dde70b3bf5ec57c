/**
 * How do programs come to a gateway, and what becomes of them when it goes? Through the relay, each by a lease of its
 * own; or, without a relay, by the gateway's own port and secret.
 * @module
 */

import type { PoolInput } from "../core/pool/step.ts";
import type { Front } from "../core/relay/admission.ts";
import type { Holder } from "../core/relay/departure.ts";
import { verdictSentence } from "../core/relay/tombstone.ts";
import { lossIn } from "../core/relay/turn.ts";
import type { Endpoint } from "../gateway/process.ts";
import { Holders } from "./holders.ts";
import type { Clock, Machine } from "../ports.ts";
import type { RelayEvent } from "../relay/events.ts";
import type { Outcome } from "../relay/leases.ts";
import type { IssuedLease, Relay } from "../relay/relay.ts";
import type { Change } from "../supervisor/supervisor.ts";

/** A program's right to the gateway, and the way in. */
export interface Lease extends IssuedLease {
  readonly port: number;
  /** The value of `PYSPARK_PIN_THREAD`: the gateway was started with it, and both sides must agree. */
  readonly pinThread: string;
}

/** Who asks for a lease. */
export interface Applicant {
  /** For people. */
  readonly by: string;
  /** The process that lives as long as the lease is wanted; `null` when that is the program itself. */
  readonly pid: number | null;
}

/** What programs need besides the relay. */
export interface ProgramsOptions {
  readonly pinThread: string;
  readonly clock: Clock;
  readonly machine: Pick<Machine, "process" | "processBehind">;
}

/** Leases of the environment file whose programs are gone: so many shells may have kept one for their next program. */
const KEPT_FILE_LEASES = 64;

/** The programs of one daemon. */
export class Programs {
  readonly #relay: Relay;
  readonly #options: ProgramsOptions;
  readonly #holders: Holders;
  readonly #closed = new AbortController();
  /** The lease that stands in the environment file. */
  #inFile: string | null = null;
  /** Those that stood there and have been taken, the oldest first. */
  #fromFile: readonly string[] = [];
  /** The process that a lease was given to, where it is not the program itself. */
  readonly #applicants = new Map<string, Holder>();
  #front: Front = { kind: "coming" };
  /** Told that the file has to have another lease: a program has come by the one in it, or none could be given before. */
  onFileTaken: () => void = () => {};
  /** Told which program has come, or is gone. */
  onInput: (input: PoolInput) => void = () => {};

  constructor(relay: Relay, options: ProgramsOptions) {
    this.#relay = relay;
    this.#options = options;
    this.#holders = new Holders({
      ...options,
      connections: (lease) => this.#leaseOf(lease)?.connections ?? 0,
      onGone: (lease) => this.#depart(lease),
      signal: this.#closed.signal,
    });
  }

  /** Tells the relay of a step, before anything is done about it. */
  follow({ before, after }: Change, endpointOf: (generation: number) => Endpoint | null): void {
    const loss = lossIn(before, after);
    if (loss !== null) this.#relay.gatewayLost(loss.generation, loss.sentence);
    const incident = after.lastIncident;
    if (incident !== null && incident !== before.lastIncident) {
      this.#relay.gatewayExplained(incident.generation, verdictSentence(incident));
    }
    const { generation, gateway: { phase } } = after;
    if (phase !== "ready" || before.generation === generation && before.gateway.phase === "ready") return;
    const endpoint = endpointOf(generation);
    if (endpoint !== null) this.#relay.gatewayReady({ ...endpoint, generation });
  }

  /** Tells the relay which gateway takes new programs, when it is another. */
  face(front: Front): void {
    if (JSON.stringify(front) === JSON.stringify(this.#front)) return;
    this.#front = front;
    this.#relay.face(front);
    // Their way in is the gateway's own secret, which the relay takes from now on.
    if (front.kind === "ready" && !this.#isPinned) this.onFileTaken();
  }

  /** A program was let in by a lease. */
  bound({ lease, generation, remotePort }: Extract<RelayEvent, { kind: "bound" }>): void {
    this.onInput({ kind: "bound", generation, lease });
    void this.#watch(lease, remotePort);
    if (lease !== this.#inFile) return;
    this.#inFile = null;
    this.#fromFile = [...this.#fromFile, lease];
    if (this.#isPinned) this.onFileTaken();
  }

  /** A new lease; `null` when it cannot be given before a gateway is ready. */
  async lease({ by, pid }: Applicant): Promise<Lease | null> {
    const { machine, pinThread } = this.#options;
    const startTicks = pid === null ? null : (await machine.process(pid))?.startTicks ?? null;
    const lease = await this.#relay.issue({ pinned: this.#isPinned, by });
    if (lease === null) return null;
    if (pid !== null && startTicks !== null) this.#applicants.set(lease.id, { pid, startTicks });
    return { ...lease, port: this.#relay.port, pinThread };
  }

  /** The way in that stands in the environment file. */
  async forFile(): Promise<Endpoint | null> {
    const lease = await this.lease({ by: "the environment file", pid: null });
    this.#inFile = lease?.id ?? null;
    return lease;
  }

  /** What became of a lease; `null` when it is not known. */
  outcome(id: string): Outcome | null {
    return this.#relay.outcome(id);
  }

  /** Its program is gone. */
  end(id: string): Outcome | null {
    this.#holders.forget(id);
    this.#applicants.delete(id);
    const outcome = this.#relay.end(id);
    this.#release(id, outcome);
    return outcome;
  }

  /** Connections of programs to a gateway. */
  connections(generation: number): number {
    return this.#relay.snapshot().leases
      .filter((lease) => lease.generation === generation)
      .reduce((sum, { connections }) => sum + connections, 0);
  }

  /** Looks after programs no more. */
  close(): void {
    this.#closed.abort();
  }

  get #isPinned(): boolean {
    return this.#options.pinThread.toLowerCase() !== "false";
  }

  #leaseOf(id: string) {
    return this.#relay.snapshot().leases.find((lease) => lease.id === id) ?? null;
  }

  /** Whoever has asked for the lease lives as long as it is wanted; otherwise it is the program itself. */
  async #watch(lease: string, remotePort: number): Promise<void> {
    const applicant = this.#applicants.get(lease);
    this.#holders.hold(lease, applicant ?? null);
    if (applicant !== undefined) return;
    const holder = await this.#options.machine.processBehind({ from: remotePort, to: this.#relay.port });
    const state = this.outcome(lease)?.state;
    if (holder !== null && (state === "bound" || state === "lost")) this.#holders.hold(lease, holder);
  }

  /**
   * A program has gone without a word. What its shell has of the environment file is good for the next one: that cannot
   * have anything of this one's gateway.
   */
  #depart(lease: string): void {
    if (!this.#fromFile.includes(lease)) return void this.end(lease);
    const outcome = this.outcome(lease);
    this.#relay.renew(lease);
    this.#release(lease, outcome);
    for (const old of this.#fromFile.slice(0, -KEPT_FILE_LEASES)) {
      if (this.outcome(old)?.state === "issued") this.end(old);
    }
    this.#fromFile = this.#fromFile.filter((id) => this.#leaseOf(id) !== null);
  }

  #release(lease: string, outcome: Outcome | null): void {
    const generation = outcome?.generation ?? null;
    if (generation !== null) this.onInput({ kind: "released", generation, lease });
  }
}
