/**
 * How does a bench start a real daemon, ask it often without waiting for ever, and prove that its gateway works?
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../src/api/status.ts";
import { readEnvironment } from "../src/cli/attachment.ts";
import { Py4jClient } from "../src/gateway/py4j.ts";
import { dialer } from "../src/runtime/net.ts";
import { type Place, ROOT } from "../tests/real/rekindle.ts";
import { pause } from "./figures.ts";

/** How often the daemon is asked: the resolution of every duration measured. */
export const POLL_MS = 20;
/** What is longer than this counts as no answer. */
const ANSWER_MS = 3_000;

/** How to start it. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A `rekindle run` that may be in any state, dead too. */
export class DaemonUnderTest {
  readonly pid: number;
  /** On `performance.now()`: when the command was started. */
  readonly spawnedAtMs: number;
  readonly place: Place;
  readonly ended: Promise<Deno.CommandStatus>;
  /** How it ended, once it has. */
  exit: Deno.CommandStatus | null = null;
  readonly #child: Deno.ChildProcess;
  #log = "";
  #way: { readonly api: string; readonly token: string } | null = null;

  constructor(place: Place, { args = [], env = {} }: StartOptions = {}) {
    this.place = place;
    this.spawnedAtMs = performance.now();
    this.#child = new Deno.Command(join(ROOT, "rekindle"), {
      args: ["run", ...place.flags, ...args],
      cwd: place.folder,
      env: { ...place.env, ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    // The wrapper becomes the daemon by exec(2): the pid stays.
    this.pid = this.#child.pid;
    const read = this.#read();
    this.ended = this.#child.status.then(async (exit) => {
      await read;
      this.exit = exit;
      return exit;
    });
  }

  /** Starts one and waits until its gateway works; a daemon that does not get there is an error. */
  static async ready(place: Place, options: StartOptions = {}): Promise<DaemonUnderTest> {
    const daemon = new DaemonUnderTest(place, options);
    const status = await daemon.until((status) => status.ready && provesUsable(status), 120_000);
    if (status === null) throw new Error(`The daemon did not get ready:\n${daemon.log}`);
    return daemon;
  }

  /** What it has written to standard error so far. */
  get log(): string {
    return this.#log;
  }

  /** The API's address, once the daemon has told it. */
  get url(): string | null {
    return this.#findWay()?.api ?? null;
  }

  /** The status, or `null` when there was no answer. */
  async status(): Promise<Status | null> {
    const answer = await this.get("/v1/status");
    return answer === null || answer.code !== 200 ? null : JSON.parse(answer.text);
  }

  /** One answer, or `null` when there was none. */
  async get(path: string): Promise<{ readonly code: number; readonly text: string } | null> {
    return await this.#ask(path, {});
  }

  /** Asks for an action, such as `restart`. */
  async post(action: "start" | "stop" | "restart"): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.#findWay()?.token}` };
    return (await this.#ask(`/v1/${action}`, { method: "POST", headers }))?.code === 202;
  }

  /** Looks until the status is as wanted; `null` when it did not come so far, or the daemon ended. */
  async until(
    wanted: (status: Status) => boolean | Promise<boolean>,
    boundMs: number,
  ): Promise<Status | null> {
    const giveUpMs = performance.now() + boundMs;
    while (this.exit === null && performance.now() < giveUpMs) {
      const status = await this.status();
      if (status !== null && await wanted(status)) return status;
      await pause(POLL_MS);
    }
    return null;
  }

  /** Signals the daemon alone. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Ends it in an orderly way, or at once when that takes more than half a minute. */
  async end(): Promise<Deno.CommandStatus> {
    if (this.exit === null) {
      this.signal("SIGTERM");
      const late = setTimeout(() => this.signal("SIGKILL"), 30_000);
      await this.ended;
      clearTimeout(late);
    }
    return await this.ended;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stderr) this.#log += decoder.decode(bytes, { stream: true });
  }

  async #ask(path: string, init: RequestInit): Promise<{ code: number; text: string } | null> {
    const way = this.#findWay();
    if (way === null) return null;
    try {
      const response = await fetch(way.api + path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
      return { code: response.status, text: await response.text() };
    } catch {
      return null;
    }
  }

  #findWay(): { readonly api: string; readonly token: string } | null {
    if (this.#way !== null) return this.#way;
    try {
      const file = JSON.parse(Deno.readTextFileSync(join(this.place.stateDir, "run/daemon.json")));
      // Not the file of a daemon before.
      if (file.pid === this.pid) this.#way = file;
    } catch {
      // Not there yet.
    }
    return this.#way;
  }
}

/** Whether a program could attach by the environment file now: one authenticated call is answered. */
export async function provesUsable(status: Status): Promise<boolean> {
  try {
    const way = readEnvironment(await Deno.readTextFile(status.environmentFile));
    if (Number(way.REKINDLE_GENERATION) !== status.generation) return false;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const port = Number(way.PYSPARK_GATEWAY_PORT);
    const secret = way.PYSPARK_GATEWAY_SECRET ?? "";
    using client = await Py4jClient.connect({ dialer, port, secret, signal });
    return await client.call("java.lang.System", "currentTimeMillis", { signal }) !== null;
  } catch {
    return false;
  }
}
