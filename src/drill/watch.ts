/**
 * When does a fault show in a daemon's status, when is it named, and when can a program attach again?
 * @module
 */

import type { Status } from "../api/status.ts";
import { readEnvironment } from "../cli/attachment.ts";
import type { Incident } from "../core/lifecycle.ts";
import { Py4jClient } from "../gateway/py4j.ts";
import type { Clock, Dialer, Files } from "../ports.ts";
import { POLL_MS } from "./daemon_process.ts";

/** Whom is watched. */
export interface Watched {
  status(): Promise<Status | null>;
  /** How it ended, once it has. */
  readonly exit: unknown;
}

/** What watching needs. */
export interface WatchPorts {
  readonly clock: Clock;
  readonly dialer: Dialer;
  readonly files: Files;
}

/** One authenticated call of a usable gateway takes milliseconds. */
const CALL_MS = 3_000;

/** Looks at a daemon all the time and remembers when each thing showed first, by the clock. */
export class Watch<D extends Watched = Watched> {
  readonly daemon: D;
  /** The first status that is not ready and healthy. */
  noticedAtMs: number | null = null;
  namedAtMs: number | null = null;
  /** A newer gateway took a call. */
  usableAtMs: number | null = null;
  /** The first one after the beginning. */
  incident: Status["lastIncident"] | Incident | null = null;
  /** The last status there was. */
  last: Status;
  readonly #before: Status;
  readonly #ports: WatchPorts;
  #ended = false;

  /** @param before The status of a healthy daemon, before the fault. */
  constructor(daemon: D, before: Status, ports: WatchPorts) {
    this.daemon = daemon;
    this.last = before;
    this.#before = before;
    this.#ports = ports;
  }

  get daemonEnded(): boolean {
    return this.daemon.exit !== null;
  }

  /** Looks no more. */
  end(): void {
    this.#ended = true;
  }

  /** Looks until a newer gateway is usable, the daemon has ended, or it is told to end. */
  async run(): Promise<void> {
    while (!this.#ended && !this.daemonEnded && this.usableAtMs === null) {
      const status = await this.daemon.status();
      if (status !== null) await this.#see(status);
      await this.#ports.clock.sleep(POLL_MS);
    }
  }

  async #see(status: Status): Promise<void> {
    const { clock } = this.#ports;
    const { generation, ready, health, lastIncident } = status;
    this.last = status;
    const newer = generation > this.#before.generation;
    if (!ready || health.status !== "pass" || newer) this.noticedAtMs ??= clock.nowMs();
    if (lastIncident !== null && this.incident === null) {
      this.incident = lastIncident;
      this.namedAtMs = clock.nowMs();
    }
    if (newer && ready && await provesUsable(status, this.#ports)) this.usableAtMs ??= clock.nowMs();
  }
}

/** Whether a program could attach by the environment file now: one authenticated call is answered. */
export async function provesUsable(
  status: Status,
  { dialer, files }: Pick<WatchPorts, "dialer" | "files">,
): Promise<boolean> {
  try {
    const way = readEnvironment(await files.readText(status.environmentFile));
    if (Number(way.REKINDLE_GENERATION) !== status.generation) return false;
    const [port, secret] = [Number(way.PYSPARK_GATEWAY_PORT), way.PYSPARK_GATEWAY_SECRET ?? ""];
    return await answersAt({ port, secret }, { dialer, withinMs: CALL_MS });
  } catch {
    return false;
  }
}

/** Whether an authenticated call of Java code is answered there. */
export async function answersAt(
  { port, secret }: { readonly port: number; readonly secret: string },
  { dialer, withinMs }: { readonly dialer: Dialer; readonly withinMs: number },
): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(withinMs);
    using client = await Py4jClient.connect({ dialer, port, secret, signal });
    return await client.call("java.lang.System", "currentTimeMillis", { signal }) !== null;
  } catch {
    return false;
  }
}
