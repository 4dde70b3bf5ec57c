/**
 * How do programs come to a gateway, and what becomes of them when it goes? Through the relay, each by a lease of its
 * own; or, without a relay, by the gateway's own port and secret.
 * @module
 */

import { turnsOf } from "./core/relay/turn.ts";
import type { Endpoint } from "./gateway/process.ts";
import type { Outcome } from "./relay/leases.ts";
import type { IssuedLease, Relay } from "./relay/relay.ts";
import type { Change } from "./supervisor/supervisor.ts";

/** A program's right to the gateway, and the way in. */
export interface Lease extends IssuedLease {
  readonly port: number;
  /** The value of `PYSPARK_PIN_THREAD`: the gateway was started with it, and both sides must agree. */
  readonly pinThread: string;
}

/** The programs of one daemon. */
export class Programs {
  readonly #relay: Relay;
  readonly #pinThread: string;
  /** The lease that stands in the environment file. */
  #inFile: string | null = null;
  /** Told that the file has to have another lease: a program has come by the one in it, or none could be given before. */
  onFileTaken: () => void = () => {};

  constructor(relay: Relay, pinThread: string) {
    this.#relay = relay;
    this.#pinThread = pinThread;
  }

  /** Tells the relay of a step, before anything is done about it. */
  follow({ before, after }: Change, endpoint: Endpoint | null): void {
    for (const turn of turnsOf(before, after)) {
      switch (turn.kind) {
        case "lost":
          this.#relay.gatewayLost(turn.generation, turn.sentence);
          break;
        case "ready":
          if (endpoint === null) break;
          this.#relay.gatewayReady({ ...endpoint, generation: turn.generation });
          // Their way in is the gateway's own secret, which the relay takes from now on.
          if (!this.#isPinned) this.onFileTaken();
          break;
        case "coming":
          this.#relay.gatewayComing();
          break;
        case "hopeless":
          this.#relay.gatewayHopeless(turn.sentence);
          break;
      }
    }
  }

  /** A program was let in by a lease. */
  bound(lease: string): void {
    if (lease !== this.#inFile) return;
    this.#inFile = null;
    this.onFileTaken();
  }

  /** A new lease; `null` when it cannot be given before a gateway is ready. */
  async lease(by: string): Promise<Lease | null> {
    const lease = await this.#relay.issue({ pinned: this.#isPinned, by });
    return lease && { ...lease, port: this.#relay.port, pinThread: this.#pinThread };
  }

  /** The way in that stands in the environment file. */
  async forFile(): Promise<Endpoint | null> {
    const lease = await this.lease("the environment file");
    this.#inFile = lease?.id ?? null;
    return lease;
  }

  get #isPinned(): boolean {
    return this.#pinThread.toLowerCase() !== "false";
  }

  /** What became of a lease; `null` when it is not known. */
  outcome(id: string): Outcome | null {
    return this.#relay.outcome(id);
  }

  /** Its program is gone. */
  end(id: string): Outcome | null {
    return this.#relay.end(id);
  }

  /** Connections of programs to a gateway. */
  connections(generation: number): number {
    return this.#relay.snapshot().leases
      .filter((lease) => lease.generation === generation)
      .reduce((sum, { connections }) => sum + connections, 0);
  }
}
