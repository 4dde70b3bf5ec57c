/**
 * HotSpot's side of the attach mechanism, as a test scripts it.
 * @module
 */

import { join } from "@std/path";
import { AttachClient, type AttachContext } from "../../src/incident/attach.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { ManualClock } from "../fakes/manual_clock.ts";

const PID = 4711;
const NEVER = new AbortController().signal;
const decoder = new TextDecoder();
/** Signals 1, 2, 3 and more are handled. */
export const STATUS =
  "Name:\tjava\nState:\tS (sleeping)\nUid:\t1000\t1000\t1000\t1000\nSigCgt:\t0000000181005ccf\n";

/** What the fake JVM does with a connection: answers, or does something else with it. */
export type Answer = string | Uint8Array | ((conn: Deno.Conn) => void | Promise<void>);

/** A JVM in name only, of a user 1000: a folder instead of /tmp, a table of processes, and a server behind the socket. */
export class FakeAttachJvm implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly requests: string[] = [];
  quits = 0;
  /** What `/proc/<pid>/status` holds; `null` when it has ended. */
  status: string | null = STATUS;
  /** What a SIGQUIT does; `false` for nobody there. */
  onQuit: () => boolean = () => {
    if (this.triggered()) this.serve();
    return true;
  };
  answer: Answer = "0\n";
  readonly context: AttachContext;
  readonly folder = Deno.makeTempDirSync({ prefix: "rekindle-test-" });
  #listener: Deno.UnixListener | null = null;
  readonly #serving: Promise<void>[] = [];
  readonly #open = new Set<Deno.Conn>();

  constructor() {
    this.context = {
      clock: this.clock,
      dialer,
      folder: this.folder,
      files: {
        ...files,
        readText: (path) => {
          if (path === "/proc/self/status") return Promise.resolve(STATUS);
          if (path !== `/proc/${PID}/status`) return files.readText(path);
          return this.status === null
            ? Promise.reject(new Error("No such file"))
            : Promise.resolve(this.status);
        },
      },
      quit: () => {
        this.quits++;
        return this.onQuit();
      },
    };
  }

  get socket(): string {
    return join(this.folder, `.java_pid${PID}`);
  }

  /** The names in the folder. */
  get left(): readonly string[] {
    return Array.from(Deno.readDirSync(this.folder), ({ name }) => name).sort();
  }

  triggered(): boolean {
    return this.left.includes(`.attach_pid${PID}`);
  }

  open(signal = NEVER, startedMs = -1e6, runsJava = false): Promise<AttachClient> {
    return AttachClient.open({ pid: PID, startedMs, runsJava }, this.context, signal);
  }

  /** Ends the server, and leaves its file as a JVM does that is killed. */
  die(): void {
    this.#listener?.close();
    this.#listener = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.die();
    for (const conn of this.#open) conn.close();
    this.#open.clear();
    await Promise.all(this.#serving);
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Begins to listen, in the place of whatever lies there. */
  serve(): void {
    // As HotSpot does it: made under another name. Deno removes what stands under that when it closes.
    const made = `${this.socket}.tmp`;
    const listener = Deno.listen({ transport: "unix", path: made });
    Deno.renameSync(made, this.socket);
    this.#listener = listener;
    this.#serving.push(this.#accept(listener));
  }

  async #accept(listener: Deno.UnixListener): Promise<void> {
    try {
      for await (const conn of listener) this.#serving.push(this.#serve(conn));
    } catch {
      // It was closed.
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    this.#open.add(conn);
    try {
      let request = "";
      // Version, command and three arguments.
      while (request.split("\0").length < 6) {
        const buffer = new Uint8Array(5000);
        const count = await conn.read(buffer);
        // Whoever only looks whether somebody listens says nothing.
        if (count === null) return;
        request += decoder.decode(buffer.subarray(0, count));
      }
      this.requests.push(request);
      if (typeof this.answer === "function") return await this.answer(conn);
      const bytes = typeof this.answer === "string" ? new TextEncoder().encode(this.answer) : this.answer;
      for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    } catch {
      // The client hung up.
    } finally {
      if (this.#open.delete(conn)) conn.close();
    }
  }
}
