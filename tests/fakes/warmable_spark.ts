/**
 * A Spark for the warm-up: answers every call as if it had done it, keeps books of its objects, serves results on a
 * port of its own, and can be told to fail in one way.
 * @module
 */

import { ManagedHeap } from "./managed_heap.ts";
import { FakePy4jServer } from "./py4j_server.ts";

/** Methods that answer with a plain value, and the part that says so. */
const PLAIN: Readonly<Record<string, string>> = {
  add: "btrue",
  addHandler: "v",
  clearActiveSession: "v",
  clearDefaultSession: "v",
  clearLocalRootDirs: "v",
  closeAll: "v",
  setActiveSession: "v",
  setDefaultSession: "v",
  showString: "s+--+",
  size: "i2",
  stop: "v",
};

/** A gateway in which every class and method is there. */
export class WarmableSpark implements AsyncDisposable {
  /** Whether it is a Spark of 4.0 or later. */
  classic = true;
  /** Which commands Java refuses. */
  refuse: (command: string) => boolean = () => false;
  /** What Java says then. */
  refusal = "java.lang.Error: refused for the test";
  /** Which command is never answered. */
  hangAt: (command: string) => boolean = () => false;
  /** What `getActive` and its kind still find at the end. */
  readonly left = new Set<string>();
  /** The settings of a new context, before and after. */
  settings: readonly [string, string] = ["spark.a=1", "spark.a=1"];
  /** The log level, before and after. */
  levels: readonly [string, string] = ["WARN", "WARN"];
  /** Port and secret that results are offered with; those of what is served when `null`. */
  offer: readonly [string, string] | null = null;
  acceptsSecret = true;
  /** Whether the end of results never comes. */
  servesForEver = false;
  /** Done when the session is stopped. */
  atStop: () => void = () => {};
  readonly heap = new ManagedHeap();
  /** The commands so far, their parts joined by spaces. */
  readonly commands: string[] = [];
  readonly #objects = new Map<string, string>();
  readonly #hung = Promise.withResolvers<void>();
  readonly #results = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();
  readonly #serving: Promise<void>;
  readonly #server: FakePy4jServer;
  #made = 0;
  #stopped = false;

  constructor() {
    this.#server = new FakePy4jServer({
      deliver: (line, request) => {
        const command = request.join(" ");
        if (request[0] === "A") return { pieces: [`${line}\n`] };
        this.commands.push(command);
        if (this.hangAt(command)) {
          this.#hung.resolve();
          return { pieces: [] };
        }
        if (this.refuse(command)) return { pieces: [`!xs${this.refusal}\n`] };
        return { pieces: [`!y${this.#answer(request)}\n`] };
      },
    });
    this.#serving = this.#serve();
  }

  get port(): number {
    return this.#server.port;
  }

  get secret(): string {
    return this.#server.secret;
  }

  /** Objects made and not released. */
  get objectCount(): number {
    return this.#objects.size;
  }

  /** Resolves when it hangs. */
  get hung(): Promise<void> {
    return this.#hung.promise;
  }

  async allClosed(): Promise<void> {
    await this.#server.allClosed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    this.#results.close();
    for (const conn of this.#open) conn.close();
    await this.#serving;
  }

  #put(what: string): string {
    const id = `o${this.#made++}`;
    this.#objects.set(id, what);
    return `ro${id.slice(1)}`;
  }

  #answer(request: readonly string[]): string {
    const [letter, first = "", second = "", third = ""] = request;
    switch (letter) {
      case "r":
        if (first !== "u") return this.#put(second);
        return this.classic && second.includes("classic") ? `c${second}` : "p";
      case "m":
        this.#objects.delete(second);
        return "v";
      case "i":
        return this.#put(first);
      default:
        return this.#call(first, second, request.slice(3), third);
    }
  }

  #call(target: string, method: string, args: readonly string[], first: string): string {
    const ofHeap = this.heap.answer(this.#objects.get(target) ?? target, method, args);
    if (ofHeap !== null) return "plain" in ofHeap ? ofHeap.plain : this.#put(ofHeap.object);
    // A setting, and `java.lang.reflect.Array` on what was offered.
    if (method === "get" && first.startsWith("s")) return args[1] ?? "n";
    if (method === "get") return this.#offered(Number(args[1]?.slice(1)));
    if (method === "isDefined") return `b${this.left.has(this.#objects.get(target) ?? "")}`;
    if (method === "toString") return `s${this.levels[this.#stopped ? 1 : 0]}`;
    if (method === "toDebugString") return `s${this.settings[this.#stopped ? 1 : 0]}`;
    if (method === "stop" && /SparkSession$/.test(this.#objects.get(target) ?? "")) {
      this.#stopped = true;
      this.atStop();
    }
    // The writer's answers nothing, the reader's is a frame.
    if (method === "parquet" && first.startsWith("s")) return "v";
    return PLAIN[method] ?? this.#put(method);
  }

  #offered(index: number): string {
    const { port } = this.#results.addr as Deno.NetAddr;
    return [...this.offer ?? [`i${port}`, "ssesame"], null][index] ?? this.#put("server");
  }

  async #serve(): Promise<void> {
    for await (const conn of this.#results) {
      this.#open.add(conn);
      const presented = new Uint8Array(64);
      const length = await conn.read(presented) ?? 0;
      const right = new TextDecoder().decode(presented.subarray(4, length)) === "sesame";
      const reply = right && this.acceptsSecret ? "ok" : "err";
      await conn.write(new Uint8Array([0, 0, 0, reply.length, ...new TextEncoder().encode(reply)]));
      if (this.servesForEver) {
        this.#hung.resolve();
        continue;
      }
      await conn.write(new TextEncoder().encode("results"));
      this.#open.delete(conn);
      conn.close();
    }
  }
}
