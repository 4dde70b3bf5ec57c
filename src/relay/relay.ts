/**
 * The one address that programs know, in front of gateways that come and go. It reads of Py4J what it must: who
 * calls, and whose turn it is.
 * @module
 */

import { BAD_SECRET } from "../core/relay/credentials.ts";
import type { Front } from "../core/relay/admission.ts";
import { RELAY_LIMITS, type RelayLimits } from "../core/relay/limits.ts";
import { reasonOf } from "../errors.ts";
import type { Clock, Listener, Loopback, Machine, TcpConnection } from "../ports.ts";
import { Door, type Knock } from "./door.ts";
import { type EventCounts, NO_EVENTS, type Refusal, type RelayEvent } from "./events.ts";
import { type GatewayAddress, Gateways } from "./gateways.ts";
import { Leases, type Outcome } from "./leases.ts";
import { Passage, type PassageWorld } from "./passage.ts";

/** Bytes of chance in a secret, as in Spark's own. */
const SECRET_BYTES = 32;
/** Before listening again when this process has no descriptor left. */
const DEAF_MS = 100;

/** What a relay needs. */
export interface RelayOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly clock: Clock;
  readonly loopback: Loopback;
  readonly machine: Pick<Machine, "callerOf">;
  /** The user whose programs are let in, besides root; `null` where there are no such numbers. */
  readonly userId: number | null;
  /** Unpredictable bytes. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Told of everything; it must not throw. */
  readonly onEvent: (event: RelayEvent) => void;
  /** Whether a gateway is one program's alone. @default {false} */
  readonly exclusive?: boolean;
  readonly limits?: Partial<RelayLimits>;
}

/** A new lease, with what its program presents. */
export interface IssuedLease {
  readonly id: string;
  readonly secret: string;
}

/** A relay at a moment, without secrets. */
export interface RelaySnapshot {
  readonly port: number;
  readonly front: Front;
  readonly connections: number;
  /** Of these: those that have presented nothing yet, and those that wait for a gateway. */
  readonly unauthenticated: number;
  readonly held: number;
  readonly leases: readonly (Outcome & {
    readonly id: string;
    readonly by: string;
    readonly issuedMs: number;
    readonly connections: number;
  })[];
  readonly events: EventCounts;
  readonly bytes: { readonly up: number; readonly down: number };
}

/** Listens until it is closed. */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #listener: Listener;
  readonly #limits: RelayLimits;
  readonly #leases: Leases;
  readonly #door: Door;
  readonly #gateways: Gateways;
  readonly #world: PassageWorld;
  readonly #connections = new Map<TcpConnection, Promise<void>>();
  readonly #passages = new Set<Passage>();
  readonly #events = { ...NO_EVENTS };
  readonly #bytes = { up: 0, down: 0 };
  readonly #closed = new AbortController();
  readonly #accepting: Promise<void>;

  /** @throws {Error} When the port cannot be had. */
  constructor(options: RelayOptions) {
    const { clock, loopback } = options;
    this.#options = options;
    this.#limits = { ...RELAY_LIMITS, ...options.limits };
    this.#gateways = new Gateways(options.exclusive ?? false);
    this.#leases = new Leases({ limits: this.#limits, clock });
    this.#door = new Door({ limits: this.#limits, clock });
    this.#world = {
      clock,
      loopback,
      limits: this.#limits,
      gateways: this.#gateways,
      leases: this.#leases,
      held: new Set(),
      note: (event) => this.#note(event),
      count: (direction, bytes) => {
        this.#bytes[direction] += bytes;
      },
    };
    this.#listener = loopback.listen(options.port);
    this.#accepting = this.#accept();
  }

  /** Where programs connect. */
  get port(): number {
    return this.#listener.port;
  }

  /**
   * Gives a program a right to the gateway.
   *
   * With threads that are not pinned, Java calls back with the gateway's own secret, and Python expects the one it was
   * given: they must be the same, so that a lease of such a program belongs to the gateway that is ready now.
   * @returns `null` when `pinned` is false and no gateway is ready.
   */
  async issue({ pinned, by }: { pinned: boolean; by: string }): Promise<IssuedLease | null> {
    if (pinned) {
      const secret = this.#options.randomBytes(SECRET_BYTES).toHex();
      return { id: (await this.#leases.issue(secret, { by, generation: null })).id, secret };
    }
    const { front } = this.#gateways;
    const gateway = front.kind === "ready" ? this.#gateways.find(front.generation) : null;
    if (gateway === null) return null;
    const { secret, generation } = gateway;
    const { id } = await this.#leases.issue(secret, { by, generation });
    // It may have been lost while the secret was hashed.
    return gateway.lost.aborted ? (this.end(id), null) : { id, secret };
  }

  /** Takes a right back: its program is gone, and whatever still holds its connections loses them. */
  end(id: string): Outcome | null {
    const generation = this.outcome(id)?.generation ?? null;
    for (const visit of this.#leases.end(id)) visit.close();
    this.#free(generation);
    return this.outcome(id);
  }

  /** Makes a right as good as new whose program is gone: another program may come by it. */
  renew(id: string): void {
    const generation = this.outcome(id)?.generation ?? null;
    this.#leases.renew(id);
    this.#free(generation);
  }

  #free(generation: number | null): void {
    if (generation === null) return;
    const isHad = this.#leases.living().some(({ id }) => this.outcome(id)?.generation === generation);
    if (!isHad) this.#gateways.release(generation);
  }

  /** What became of a lease; `null` when there is none of that id, or it was forgotten. */
  outcome(id: string): Outcome | null {
    return this.#leases.outcome(id);
  }

  /** A gateway lives, and can be called. */
  gatewayReady(address: GatewayAddress): void {
    this.#gateways.ready(address);
  }

  /** Says which gateway takes new programs, or what they wait for. Those that have one keep it. */
  face(front: Front): void {
    this.#gateways.face(front);
  }

  /**
   * A gateway is dead, or about to be ended. To be called **before** it is ended: its programs are answered with the
   * sentence from here on, and none can reach it, or another, when it closes their sockets.
   */
  gatewayLost(generation: number, sentence: string): void {
    const atMs = this.#options.clock.date().getTime();
    const loss = { generation, sentence, atMs };
    for (const { id, visits } of this.#leases.lose(loss)) {
      this.#note({ kind: "lost", lease: id, loss, connections: visits.size });
    }
    for (const passage of this.#passages) {
      if (passage.generation === generation) passage.bury(sentence);
    }
    this.#gateways.lose(generation);
  }

  /** It is known why a gateway was lost: its programs are told so from here on. */
  gatewayExplained(generation: number, sentence: string): void {
    this.#leases.explain(generation, sentence);
    for (const passage of this.#passages) passage.explain(generation, sentence);
  }

  /** The relay as it is. */
  snapshot(): RelaySnapshot {
    return {
      port: this.port,
      front: this.#gateways.front,
      connections: this.#connections.size,
      unauthenticated: this.#door.waiting,
      held: this.#world.held.size,
      leases: this.#leases.living().flatMap(({ id, by, issuedMs, visits }) => {
        const outcome = this.#leases.outcome(id);
        return outcome === null ? [] : [{ id, by, issuedMs, connections: visits.size, ...outcome }];
      }),
      events: { ...this.#events },
      bytes: { ...this.#bytes },
    };
  }

  /** Hangs up on everybody. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#listener.close();
    await this.#accepting;
    for (const passage of this.#passages) passage.close();
    for (const connection of this.#connections.keys()) connection.close();
    await Promise.all(this.#connections.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #note(event: RelayEvent): void {
    this.#events[event.kind]++;
    this.#options.onEvent(event);
  }

  async #accept(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        const connection = await this.#listener.accept();
        if (connection === null) return;
        const served = this.#serve(connection).finally(() => {
          connection.close();
          this.#connections.delete(connection);
        });
        this.#connections.set(connection, served);
      } catch (error) {
        this.#note({ kind: "deaf", reason: reasonOf(error) });
        await this.#options.clock.sleep(DEAF_MS, this.#closed.signal);
      }
    }
  }

  async #serve(connection: TcpConnection): Promise<void> {
    if (this.#connections.size >= this.#limits.connections) return this.#refuse("full");
    const knock = await this.#door.hear(connection);
    switch (knock.kind) {
      case "left":
        return;
      case "late":
      case "shed":
        return this.#refuse(knock.kind);
      case "refused":
        return await this.#turnAway(connection, "stranger", knock.answer);
      case "secret":
        return await this.#letIn(connection, knock);
    }
  }

  async #letIn(
    connection: TcpConnection,
    { secret, rest }: Extract<Knock, { kind: "secret" }>,
  ): Promise<void> {
    const lease = await this.#leases.find(secret);
    if (lease === null) return await this.#turnAway(connection, "secret", BAD_SECRET);
    if (!await this.#isOurs(connection)) return await this.#turnAway(connection, "user", BAD_SECRET);
    if (this.#closed.signal.aborted) return;
    await this.#pass(new Passage(this.#world, { lease, client: connection, rest }));
  }

  async #pass(passage: Passage): Promise<void> {
    this.#passages.add(passage);
    try {
      await passage.run();
    } finally {
      this.#passages.delete(passage);
    }
  }

  /** Whether it is our user who calls, or root. Looked up for right secrets only: the others cost nothing more. */
  async #isOurs({ remotePort, localPort }: TcpConnection): Promise<boolean> {
    const { userId, machine } = this.#options;
    if (userId === null) return true;
    const caller = await machine.callerOf({ from: remotePort, to: localPort });
    return caller === null || caller === userId || caller === 0;
  }

  async #turnAway(connection: TcpConnection, reason: Refusal, answer: string | null): Promise<void> {
    this.#refuse(reason);
    if (answer !== null) await connection.write(new TextEncoder().encode(answer)).catch(() => {});
  }

  #refuse(reason: Refusal): void {
    this.#note({ kind: "refused", reason });
  }
}
