/**
 * A daemon as commands see it: its files, its API over the wire, and a status that the test decides.
 * @module
 */

import type { PlanDocument } from "../../src/api/plan.ts";
import { planDocumentOf } from "../../src/api/plan.ts";
import type { Route } from "../../src/api/route.ts";
import { statusOf } from "../../src/api/status.ts";
import type { Status } from "../../src/api/status.ts";
import type { CommandContext } from "../../src/cli/context.ts";
import type { ProgressView } from "../../src/cli/progress.ts";
import { resolveSettings } from "../../src/config.ts";
import type { RawSettings } from "../../src/config.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import type { Input, Phase } from "../../src/core/lifecycle.ts";
import { secretsOfVariables } from "../../src/incident/redaction/known_secrets.ts";
import { createLogger } from "../../src/log.ts";
import { dialer, loopback } from "../../src/runtime/net.ts";
import { apiOf, stateRoutes } from "../api/asking.ts";
import { FACTS } from "../api/facts.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { initialPool } from "../../src/core/pool/pool.ts";

/** What a command works with here, and what it said. */
export class Surroundings {
  readonly clock = new ManualClock();
  readonly files = new MemoryFiles();
  readonly printed: string[] = [];
  readonly logged: string[] = [];
  /** What was drawn on the terminal while something took its time. */
  readonly drawn: string[] = [];
  readonly view: ProgressView = { clock: this.clock, write: (text) => void this.drawn.push(text) };

  /** The surroundings of a command with these settings; the state folder is `/state` unless they say otherwise. */
  context(
    settings: RawSettings = { "state-dir": "/state" },
    env: Record<string, string> = {},
  ): CommandContext {
    const write = (line: string) => void this.logged.push(line);
    const configuration = { settings: resolveSettings([["flag", settings]]), file: null };
    return {
      ...configuration,
      reload: { again: () => Promise.resolve(configuration), adjustLog: () => {} },
      runtime: {
        clock: this.clock,
        files: this.files,
        children: new ScriptedLauncher(),
        dialer,
        unixDialer: dialer,
        loopback,
        machine: new ScriptedMachine(),
      },
      log: createLogger({ level: "debug", format: "text", colour: false, write, redact: (text) => text }),
      env: { PATH: Deno.env.get("PATH") ?? "", HOME: "/home/me", ...env },
      secrets: secretsOfVariables(env),
      cwd: Deno.cwd(),
      pid: 1,
      own: { ownEnvironment: "/own", provision: null },
      service: null,
      print: (text) => void this.printed.push(text),
    };
  }

  /** Lets time pass while a command is under way, but only what it sleeps through. */
  async during<T>(command: Promise<T>): Promise<T> {
    let ended = false;
    const watched = command.finally(() => ended = true);
    watched.catch(() => {});
    while (!ended) await this.clock.advance(this.clock.pendingMs[0] ?? 0);
    return await watched;
  }
}

/** The status of a daemon whose gateway is in a phase. */
export function statusIn(phase: Phase, changes: Partial<Status> = {}): Status {
  return { ...statusOf(initialPool(stateAfter(WAYS[phase])), { ...FACTS, cwd: Deno.cwd() }), ...changes };
}

/** The plan of such a daemon. */
export function planIn(phase: Phase, changes: Partial<PlanDocument> = {}): PlanDocument {
  return { ...planDocumentOf(stateAfter(WAYS[phase]), DEFAULT_SETTINGS.memory, null), ...changes };
}

/** A daemon that answers as it is told. */
export class ScriptedDaemon implements AsyncDisposable {
  readonly token = "0123456789abcdef";
  status: Status;
  plan: PlanDocument = planIn("ready");
  readonly posted: Input[] = [];
  /** Told of everything that is posted, and of every look at the status, before it is answered. */
  onPost: (input: Input) => void = () => {};
  onLook: () => void = () => {};
  readonly #closing = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param more Routes beside those that answer from the state alone. */
  constructor(status: Status = statusIn("ready"), more: readonly Route[] = []) {
    this.status = status;
    const state = stateRoutes({
      status: () => {
        this.onLook();
        return this.status;
      },
      plan: () => this.plan,
      post: (input) => {
        this.posted.push(input);
        this.onPost(input);
      },
    });
    const api = apiOf([...state, ...more], this.token);
    const arrival = { closing: this.#closing.signal, entrance: "tcp" } as const;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, signal: this.#closing.signal, onListen() {} },
      async (request) => {
        const { url, method, headers } = request;
        // As the real listener has it: no body is none, not an empty one.
        const body = await request.text();
        return await api(new Request(url, { method, headers, body: body === "" ? null : body }), arrival);
      },
    );
  }

  get address(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** Puts down what a living daemon has in its folders. */
  async moveIn(files: MemoryFiles): Promise<void> {
    files.put("/state/run/daemon.json", JSON.stringify({ pid: 77, api: this.url, token: this.token }));
    await files.tryLock("/state/lock");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }
}
