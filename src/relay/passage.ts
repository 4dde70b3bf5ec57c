/**
 * What becomes of a connection that has presented a lease's secret? It is held, joined with its gateway, or answered in
 * a lost gateway's stead.
 * @module
 */

import { type Admission, admit } from "../core/relay/admission.ts";
import { BAD_SECRET } from "../core/relay/credentials.ts";
import type { RelayLimits } from "../core/relay/limits.ts";
import { ACCEPTED } from "../core/relay/tombstone.ts";
import type { Clock, Loopback, TcpConnection } from "../ports.ts";
import type { RelayEvent } from "./events.ts";
import type { Gateways, LiveGateway } from "./gateways.ts";
import { Inbox } from "./inbox.ts";
import type { Lease, Leases, Visit } from "./leases.ts";
import { Pipe } from "./pipe.ts";
import { Tombstone } from "./tombstone.ts";
import { callOn } from "./upstream.ts";

const UTF8 = new TextEncoder();

/** What all passages of a relay share. */
export interface PassageWorld {
  readonly clock: Clock;
  readonly loopback: Loopback;
  readonly limits: RelayLimits;
  readonly gateways: Gateways;
  readonly leases: Leases;
  /** The connections that wait for a gateway. */
  readonly held: Set<Passage>;
  readonly note: (event: RelayEvent) => void;
  readonly count: (direction: "up" | "down", bytes: number) => void;
}

/** One connection of a program. */
export class Passage implements Visit {
  readonly #world: PassageWorld;
  readonly #lease: Lease;
  readonly #client: TcpConnection;
  readonly #inbox: Inbox;
  /** Aborted when the program has hung up, or is hung up on. */
  readonly #over = new AbortController();
  #holdUntilMs: number | null = null;
  #generation: number | null = null;
  #upstreamPort: number | null = null;
  #pipe: Pipe | null = null;
  /** What its program is told instead of an answer. */
  #epitaph: { readonly generation: number | null; readonly sentence: string } | null = null;

  /** @param rest What came with the secret and behind it. */
  constructor(
    world: PassageWorld,
    { lease, client, rest }: { lease: Lease; client: TcpConnection; rest: Uint8Array },
  ) {
    this.#world = world;
    this.#lease = lease;
    this.#client = client;
    this.#inbox = new Inbox(client, rest);
  }

  /** The gateway it is joined with. */
  get generation(): number | null {
    return this.#generation;
  }

  get remotePort(): number {
    return this.#client.remotePort;
  }

  get upstreamPort(): number | null {
    return this.#upstreamPort;
  }

  /** Runs until the connection has ended; never rejects. */
  async run(): Promise<void> {
    const { limits, gateways } = this.#world;
    this.#lease.visits.add(this);
    try {
      if (this.#lease.visits.size > limits.connectionsPerLease) {
        return await this.#entomb(
          `rekindle: this program has more than ${limits.connectionsPerLease} connections; close some.`,
        );
      }
      while (!this.#over.signal.aborted) {
        await this.#follow(admit(this.#lease.state, gateways.front));
      }
    } finally {
      this.close();
      this.#lease.visits.delete(this);
    }
  }

  /** Hangs up; harmless when that is done. */
  close(): void {
    this.#over.abort();
    this.#pipe?.close();
    this.#client.close();
  }

  /** Its gateway is lost. Returns at once; a passage that is not joined yet finds out by itself. */
  bury(sentence: string): void {
    if (this.#pipe === null) return;
    this.#epitaph = { generation: this.#generation, sentence };
    this.#generation = null;
    this.#pipe.bury(() => this.#epitaph?.sentence ?? sentence);
    this.#world.note({ kind: "entombed", lease: this.#lease.id, sentence });
  }

  /** Tells its program more of the loss of a gateway, with the next call. */
  explain(generation: number, sentence: string): void {
    if (this.#epitaph?.generation === generation) this.#epitaph = { generation, sentence };
  }

  /** Goes one step; the decision is due again after it unless the connection is over. */
  async #follow(admission: Admission): Promise<void> {
    switch (admission.kind) {
      case "refuse":
        await this.#say(BAD_SECRET);
        return this.close();
      case "tombstone":
        return await this.#entomb(admission.sentence);
      case "hold":
        return await this.#hold();
      case "dial": {
        const gateway = this.#world.gateways.find(admission.generation);
        return gateway === null ? await this.#giveUp(admission.generation) : await this.#call(gateway);
      }
    }
  }

  async #hold(): Promise<void> {
    const { clock, limits, gateways, held, note } = this.#world;
    if (this.#holdUntilMs === null) {
      if (held.size >= limits.held) {
        return await this.#entomb(
          "rekindle: too many programs wait for a gateway; start this one again later.",
        );
      }
      this.#holdUntilMs = clock.nowMs() + limits.holdMs;
      note({ kind: "held", lease: this.#lease.id });
      this.#watchForEnd();
    }
    const isInLine = gateways.front.kind === "busy";
    const leftMs = isInLine ? Infinity : this.#holdUntilMs - clock.nowMs();
    if (leftMs <= 0) {
      const waitedSeconds = Math.round(limits.holdMs / 1000);
      return await this.#entomb(
        `rekindle: no gateway became ready within ${waitedSeconds} s; \`rekindle status\` says why.`,
      );
    }
    held.add(this);
    await this.#until(gateways.changed, leftMs);
    held.delete(this);
    // Who was in line has waited for other programs, which may take hours, and not for a gateway.
    if (isInLine) this.#holdUntilMs = clock.nowMs() + limits.holdMs;
  }

  async #call(gateway: LiveGateway): Promise<void> {
    const { clock, limits, loopback, gateways, leases, note } = this.#world;
    this.#watchForEnd();
    const tooLate = new AbortController();
    const answered = new AbortController();
    void clock.sleep(limits.dialMs, answered.signal).then(() => tooLate.abort());
    const signal = AbortSignal.any([gateway.lost, this.#over.signal, tooLate.signal]);
    const upstream = await callOn(gateway, { loopback, signal });
    answered.abort();
    if (upstream === null) return await this.#doubt(gateway);
    const isNew = this.#lease.state.kind === "issued";
    const isLost = this.#over.signal.aborted || gateway.lost.aborted;
    const isHad = !isLost && (!isNew || gateways.claim(gateway.generation)) &&
      leases.bind(this.#lease, gateway.generation);
    // Another program may have taken it meanwhile, or another connection of this one have met another gateway.
    if (!isHad) return upstream.close();
    if (isNew) {
      const { remotePort } = this;
      note({ kind: "bound", lease: this.#lease.id, generation: gateway.generation, remotePort });
    }
    await this.#join(upstream, gateway.generation);
  }

  /** Nothing may be read between the decision and the pipe: from here on, a loss finds the pipe. */
  async #join(upstream: TcpConnection, generation: number): Promise<void> {
    const { clock, limits, note, count } = this.#world;
    this.#upstreamPort = upstream.localPort;
    this.#generation = generation;
    this.#pipe = new Pipe({
      client: this.#client,
      inbox: this.#inbox,
      upstream,
      clock,
      limits,
      count,
      onCancel: (port) => {
        const target = [...this.#lease.visits].find(({ remotePort }) => remotePort === port);
        const upstreamPort = target?.upstreamPort ?? null;
        note({ kind: "cancel", lease: this.#lease.id, passedOn: upstreamPort !== null });
        return upstreamPort;
      },
      onShutdown: () => note({ kind: "shutdown-blocked", lease: this.#lease.id }),
    });
    // Nothing else is written before: py4j says nothing until it is let in.
    await this.#say(ACCEPTED);
    await this.#pipe.run();
    this.#over.abort();
  }

  /** The gateway did not take the call: its death may be known in a moment, or it is out of its mind. */
  async #doubt({ generation, lost }: LiveGateway): Promise<void> {
    const report = Promise.withResolvers<void>();
    const tell = () => report.resolve();
    lost.addEventListener("abort", tell);
    if (!lost.aborted) await this.#until(report.promise, this.#world.limits.exitReportMs);
    lost.removeEventListener("abort", tell);
    if (!lost.aborted && !this.#over.signal.aborted) await this.#giveUp(generation);
  }

  async #giveUp(generation: number): Promise<void> {
    await this.#entomb(
      `rekindle: gateway JVM (generation ${generation}) takes no new connection; \`rekindle status\` says more.`,
    );
  }

  /** Lets the program in, to be told why it gets nothing. */
  async #entomb(sentence: string): Promise<void> {
    this.#world.note({ kind: "entombed", lease: this.#lease.id, sentence });
    const generation = this.#lease.state.kind === "lost" ? this.#lease.state.loss.generation : null;
    this.#epitaph = { generation, sentence };
    await this.#say(ACCEPTED);
    await new Tombstone(this.#client, () => this.#epitaph?.sentence ?? sentence).serve(this.#inbox);
    this.#over.abort();
  }

  /** Waits for something, for the program to hang up, and no longer than so; for ever when that is infinite. */
  async #until(happened: Promise<void>, ms: number): Promise<void> {
    const done = new AbortController();
    const stop = () => done.abort();
    this.#over.signal.addEventListener("abort", stop);
    if (this.#over.signal.aborted) stop();
    const left = Promise.withResolvers<void>();
    done.signal.addEventListener("abort", () => left.resolve());
    const late = ms === Infinity ? left.promise : this.#world.clock.sleep(ms, done.signal);
    if (!done.signal.aborted) await Promise.race([happened, late]);
    stop();
    this.#over.signal.removeEventListener("abort", stop);
  }

  #watchForEnd(): void {
    this.#inbox.left(() => this.#over.abort());
  }

  async #say(text: string): Promise<void> {
    // A program that is gone is noticed by whoever reads next.
    await this.#client.write(UTF8.encode(text)).catch(() => {});
  }
}
