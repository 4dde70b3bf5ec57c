/**
 * Where does a chaos run take place? A daemon with folders of its own, which may be replaced, and what is known of it.
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../../src/api/status.ts";
import { OWNER_VARIABLE } from "../../src/gateway/start.ts";
import type { Place } from "../../tests/real/rekindle.ts";
import { DaemonUnderTest } from "../daemon_under_test.ts";
import { leadsAsGateway } from "../proc.ts";

/** How many gateways the daemon may have: one that a program has, and one that stands by. */
export const GATEWAYS = 2;

/**
 * What every daemon is told besides. Little heap and metaspace are soon full: a program that fills 512 MiB with classes takes
 * seven minutes on a machine that has much else to do. A machine's memory is not for one run alone.
 */
const ARGS = [
  ...["--heap", "512m", "--conf", "spark.driver.extraJavaOptions=-XX:MaxMetaspaceSize=192m"],
  ...["--memory-limit", "4g", "--gateways", "1", "--log-level", "debug"],
];

/** In the daemon's environment, and to be found nowhere else. */
const PLANTED = { SERVICE_TOKEN: "tok-7f3Qm2Zk9Rw1Lx8V" };

/** The daemon of a run, one after the other. */
export class Site {
  readonly place: Place;
  daemon: DaemonUnderTest;
  /** What must be told to nobody. */
  readonly secrets: Set<string> = new Set(Object.values(PLANTED));
  /** Every gateway that was seen, by its pid. */
  readonly gateways: Set<number> = new Set();
  /** What earlier daemons have written. */
  #oldLogs = "";
  /** What each daemon is told besides, such as a library to load. */
  readonly #env: Readonly<Record<string, string>>;
  #expectsEnd = false;
  #readUpTo = 0;

  constructor(place: Place, env: Readonly<Record<string, string>>) {
    this.place = place;
    this.#env = { REKINDLE_SHARING: "exclusive", REKINDLE_STANDBY: "1", ...PLANTED, ...env };
    this.daemon = this.#start();
  }

  /** Whether the daemon has ended, and nobody has done that to it. */
  get hasDied(): boolean {
    return this.daemon.exit !== null && !this.#expectsEnd;
  }

  /** Ends the daemon by a signal and waits until it is gone. */
  async endDaemon(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    this.#expectsEnd = true;
    this.daemon.signal(signal);
    await this.daemon.ended;
  }

  /** A new daemon in the place of one that has ended. */
  startAgain(): void {
    if (this.daemon.exit === null) return;
    this.#oldLogs += this.daemon.log;
    this.daemon = this.#start();
    this.#expectsEnd = false;
  }

  /** What all daemons have written so far. */
  get log(): string {
    return this.#oldLogs + this.daemon.log;
  }

  /** What they have written since this was asked last. */
  newLog(): string {
    const { log } = this;
    const text = log.slice(this.#readUpTo);
    this.#readUpTo = log.length;
    return text;
  }

  /** The status, or `null` when there was no answer. */
  async status(): Promise<Status | null> {
    return await this.daemon.status();
  }

  /** Asks the API as the owner; `null` when there was no answer. */
  async ask(
    path: string,
    init: RequestInit = {},
  ): Promise<{ readonly code: number; readonly text: string } | null> {
    const way = this.#way();
    if (way === null) return null;
    const headers = { authorization: `Bearer ${way.token}`, "content-type": "application/json" };
    try {
      const response = await fetch(way.api + path, { ...init, headers, signal: AbortSignal.timeout(20_000) });
      return { code: response.status, text: await response.text() };
    } catch {
      return null;
    }
  }

  /** The ports that strangers may knock at: the relay's and the API's; those that are known. */
  ports(): readonly number[] {
    const relay = /^PYSPARK_GATEWAY_PORT=(\d+)$/m.exec(this.#read("run/gateway.env"))?.[1];
    const api = this.#way()?.api;
    return [relay, api === undefined ? undefined : new URL(api).port].flatMap((port) =>
      port === undefined ? [] : [Number(port)]
    );
  }

  /** Whether a program that comes now finds a gateway, the next one another, and nothing is left to be done. */
  async rests(): Promise<Status | null> {
    const status = await this.status();
    if (status === null || !status.ready) return null;
    const { seats, isMemoryShort } = status.pool;
    // One that is being warmed up serves as well.
    const isQuiet = (seats.length === GATEWAYS || isMemoryShort) &&
      seats.every(({ phase, programs, retirement }) =>
        phase === "ready" && programs === 0 && retirement === null
      );
    return isQuiet ? status : null;
  }

  /** The JVMs of this state folder that live, by pid, of whatever daemon. */
  gatewayPids(): readonly number[] {
    const pids = this.owned().filter(leadsAsGateway);
    pids.forEach((pid) => this.gateways.add(pid));
    return pids;
  }

  /** Every process that carries the mark of this state folder's daemons. */
  owned(): readonly number[] {
    const mark = `${OWNER_VARIABLE}=${this.place.stateDir}\0`;
    return this.place.processes().map((line) => Number(line.split(" ")[0])).filter((pid) => {
      try {
        const state = /^State:\s+(\S)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
        return state !== "Z" && state !== "X" && Deno.readTextFileSync(`/proc/${pid}/environ`).includes(mark);
      } catch {
        return false;
      }
    });
  }

  /** Remembers the secrets of this moment. */
  learnSecrets(): void {
    const lease = /^PYSPARK_GATEWAY_SECRET=(.+)$/m.exec(this.#read("run/gateway.env"))?.[1];
    for (const secret of [lease, this.#way()?.token]) if (secret !== undefined) this.secrets.add(secret);
  }

  #way(): { readonly api: string; readonly token: string } | null {
    try {
      const { pid, api, token } = JSON.parse(this.#read("run/daemon.json"));
      return pid === this.daemon.pid ? { api, token } : null;
    } catch {
      return null;
    }
  }

  #read(name: string): string {
    try {
      return Deno.readTextFileSync(join(this.place.stateDir, name));
    } catch {
      return "";
    }
  }

  #start(): DaemonUnderTest {
    return new DaemonUnderTest(this.place, { args: ARGS, env: this.#env });
  }
}
