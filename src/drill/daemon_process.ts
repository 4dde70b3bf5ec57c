/**
 * How is a real daemon started as a process of its own, asked often without waiting for ever, and ended?
 * @module
 */

import { join } from "@std/path";
import { DAEMON_FILE } from "../daemon/address.ts";
import type { Status } from "../api/status.ts";
import type { ExitStatus } from "../core/verdict.ts";
import type { ChildHandle, ChildSpec, Signal } from "../ports.ts";
import type { Runtime } from "../runtime/deno.ts";

/** How often the daemon is asked, in milliseconds: the resolution of every duration measured. */
export const POLL_MS = 20;
/** What takes longer than this, in milliseconds, counts as no answer. */
const ANSWER_MS = 3_000;
/** An orderly end that takes longer than this, in milliseconds, is made a hard one. */
const END_MS = 30_000;

/** A `rekindle run` that may be in any state, dead too. */
export class DaemonProcess {
  readonly pid: number;
  /** When the command was started, by the clock. */
  readonly spawnedAtMs: number;
  readonly stateDir: string;
  readonly ended: Promise<ExitStatus>;
  /** How it ended, once it has. */
  exit: ExitStatus | null = null;
  readonly #runtime: Pick<Runtime, "children" | "clock" | "files">;
  readonly #child: ChildHandle;
  #log = "";
  #way: { readonly api: string; readonly token: string } | null = null;

  /**
   * Starts it.
   * @param spec The command, whose process becomes the daemon by exec(2): the pid stays.
   */
  constructor(
    spec: ChildSpec,
    { stateDir, runtime }: {
      readonly stateDir: string;
      readonly runtime: Pick<Runtime, "children" | "clock" | "files">;
    },
  ) {
    this.stateDir = stateDir;
    this.#runtime = runtime;
    this.spawnedAtMs = runtime.clock.nowMs();
    this.#child = runtime.children.spawn(spec);
    this.pid = this.#child.pid;
    void this.#child.closeStdin();
    const read = Promise.all([this.#read(this.#child.stderr), this.#drain(this.#child.stdout)]);
    this.ended = this.#child.exited.then(async (exit) => {
      await read;
      this.exit = exit;
      return exit;
    });
  }

  /** What it has written to standard error so far. */
  get log(): string {
    return this.#log;
  }

  /** The API's address, once the daemon has been asked anything. */
  get url(): string | null {
    return this.#way?.api ?? null;
  }

  /** Whether it has told where its API is. */
  async hasApi(): Promise<boolean> {
    return await this.#findWay() !== null;
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
    const headers = { authorization: `Bearer ${(await this.#findWay())?.token}` };
    return (await this.#ask(`/v1/${action}`, { method: "POST", headers }))?.code === 202;
  }

  /** Looks until the status is as wanted; `null` when it did not come so far, or the daemon ended. */
  async until(
    wanted: (status: Status) => boolean | Promise<boolean>,
    boundMs: number,
  ): Promise<Status | null> {
    const { clock } = this.#runtime;
    const giveUpMs = clock.nowMs() + boundMs;
    while (this.exit === null && clock.nowMs() < giveUpMs) {
      const status = await this.status();
      if (status !== null && await wanted(status)) return status;
      await clock.sleep(POLL_MS);
    }
    return null;
  }

  /** Signals the daemon alone: its gateways have sessions of their own. */
  signal(signal: Signal): void {
    this.#child.signal(signal);
  }

  /** Ends it in an orderly way, or at once when that takes more than half a minute. */
  async end(): Promise<ExitStatus> {
    if (this.exit !== null) return this.exit;
    this.signal("SIGTERM");
    const done = new AbortController();
    void this.#runtime.clock.sleep(END_MS, done.signal).then(() => {
      if (!done.signal.aborted) this.signal("SIGKILL");
    });
    const exit = await this.ended;
    done.abort();
    return exit;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) this.#log += decoder.decode(bytes, { stream: true });
  }

  async #drain(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const _ of stream);
  }

  async #ask(path: string, init: RequestInit): Promise<{ code: number; text: string } | null> {
    const way = await this.#findWay();
    if (way === null) return null;
    try {
      const response = await fetch(way.api + path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
      return { code: response.status, text: await response.text() };
    } catch {
      return null;
    }
  }

  async #findWay(): Promise<{ readonly api: string; readonly token: string } | null> {
    if (this.#way !== null) return this.#way;
    try {
      const file = JSON.parse(await this.#runtime.files.readText(join(this.stateDir, "run", DAEMON_FILE)));
      // Not the file of a daemon before.
      if (file.pid === this.pid) this.#way = file;
    } catch {
      // Not there yet.
    }
    return this.#way;
  }
}
