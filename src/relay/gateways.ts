/**
 * Which gateways live, and which of them takes new programs?
 * @module
 */

import type { Front } from "../core/relay/admission.ts";

/** How a gateway is reached. */
export interface GatewayAddress {
  readonly generation: number;
  readonly port: number;
  readonly secret: string;
}

/** A gateway that lives. */
export interface LiveGateway extends GatewayAddress {
  /** Aborted when it is lost. */
  readonly lost: AbortSignal;
}

/** The gateways behind a relay. Several may live at a time; one of them takes new programs. */
export class Gateways {
  readonly #live = new Map<number, { readonly gateway: LiveGateway; readonly end: AbortController }>();
  readonly #exclusive: boolean;
  /** Those that are a program's own. */
  readonly #taken = new Set<number>();
  #front: Front = { kind: "coming" };
  #change = Promise.withResolvers<void>();

  /** @param exclusive Whether a gateway is one program's alone. */
  constructor(exclusive: boolean) {
    this.#exclusive = exclusive;
  }

  get front(): Front {
    return this.#front;
  }

  /** Resolves when it may be another one. */
  get changed(): Promise<void> {
    return this.#change.promise;
  }

  find(generation: number): LiveGateway | null {
    return this.#live.get(generation)?.gateway ?? null;
  }

  ready(address: GatewayAddress): void {
    const end = new AbortController();
    this.#live.set(address.generation, { gateway: { ...address, lost: end.signal }, end });
  }

  /** Until something else is known, another one is coming. */
  lose(generation: number): void {
    const lost = this.#live.get(generation);
    this.#live.delete(generation);
    this.#taken.delete(generation);
    if (this.#front.kind === "ready" && this.#front.generation === generation) this.face({ kind: "coming" });
    lost?.end.abort();
  }

  /** Says which gateway takes new programs; one that was taken since is not shown again. */
  face(front: Front): void {
    const isTaken = front.kind === "ready" && this.#taken.has(front.generation);
    this.#front = isTaken ? { kind: "busy" } : front;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  /** Gives a gateway to a new program. @returns Whether it could be had. */
  claim(generation: number): boolean {
    if (this.#front.kind !== "ready" || this.#front.generation !== generation) return false;
    if (!this.#exclusive) return true;
    this.#taken.add(generation);
    this.face({ kind: "busy" });
    return true;
  }

  /** No program has it any more. */
  release(generation: number): void {
    this.#taken.delete(generation);
  }
}
