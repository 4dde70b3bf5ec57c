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

/** The gateways behind a relay. Several may live at a time; the newest that got ready takes new programs. */
export class Gateways {
  readonly #live = new Map<number, { readonly gateway: LiveGateway; readonly end: AbortController }>();
  #front: Front = { kind: "coming" };
  #change = Promise.withResolvers<void>();

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
    this.#become({ kind: "ready", generation: address.generation });
  }

  /** Until something else is known, another one is coming. */
  lose(generation: number): void {
    const lost = this.#live.get(generation);
    this.#live.delete(generation);
    if (this.#front.kind === "ready" && this.#front.generation === generation) this.coming();
    lost?.end.abort();
  }

  coming(): void {
    this.#become({ kind: "coming" });
  }

  hopeless(sentence: string): void {
    this.#become({ kind: "hopeless", sentence });
  }

  #become(front: Front): void {
    this.#front = front;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
