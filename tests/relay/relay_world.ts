/**
 * A relay for tests: real sockets, a clock that a test moves, and everything it says.
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { RelayLimits } from "../../src/core/relay/limits.ts";
import type { RelayEvent } from "../../src/relay/events.ts";
import { type IssuedLease, Relay } from "../../src/relay/relay.ts";
import { loopback } from "../../src/runtime/net.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { RawConnection } from "../fakes/raw_connection.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";

/** The user of the relay. */
export const USER = 1000;
/** What a gateway's loss is called. */
export const SENTENCE = "rekindle: it was lost";
/** How a program hears it. */
export const ANSWER = `!xs${SENTENCE}`;
/** A call, and what the fake gateway answers to it. */
export const CALL = "c\nz:java.lang.System\ncurrentTimeMillis\ne\n";

/** What is behind the relay. */
export interface Reachable {
  readonly port: number;
  readonly secret: string;
}

/** A relay and what is around it. */
export class RelayWorld implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly machine = new ScriptedMachine();
  readonly events: RelayEvent[] = [];
  readonly relay: Relay;
  #drawn = 0;

  /** @param exclusive Whether a gateway is one program's alone. */
  constructor(limits: Partial<RelayLimits> = {}, exclusive = false) {
    this.relay = new Relay({
      port: 0,
      clock: this.clock,
      loopback,
      machine: this.machine,
      userId: USER,
      randomBytes: (count) => new Uint8Array(count).fill(++this.#drawn),
      onEvent: (event) => this.events.push(event),
      ...{ limits, exclusive },
    });
  }

  /** Puts a gateway behind the relay. */
  ready(gateway: Reachable, generation = 1): void {
    this.relay.gatewayReady({ generation, port: gateway.port, secret: gateway.secret });
    this.relay.face({ kind: "ready", generation });
  }

  /** A lease for a program like most. */
  async lease(): Promise<IssuedLease> {
    const lease = await this.relay.issue({ pinned: true, by: "a test" });
    if (lease === null) throw new Error("no lease");
    return lease;
  }

  /** Connects to the relay and says nothing. */
  async connect(): Promise<RawConnection> {
    return await RawConnection.open(this.relay.port);
  }

  /** Connects and presents a secret; what comes back is for the test to read. */
  async knock(secret: string): Promise<RawConnection> {
    const program = await this.connect();
    await program.send(`A\n${secret}\n`);
    return program;
  }

  /** A program that has been let in. */
  async program(secret: string): Promise<RawConnection> {
    const program = await this.knock(secret);
    const answer = await program.line();
    if (answer !== "!yv") throw new Error(`not let in: ${answer}`);
    return program;
  }

  /** Waits for a state that comes by itself. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await setImmediate();
  }

  /** Why connections were refused so far. */
  get refusals(): readonly string[] {
    return this.events.flatMap((event) => event.kind === "refused" ? [event.reason] : []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.relay.close();
  }
}
