/**
 * What the JVM behind a fake gateway knows: as many classes as the tests use, in parts of the Py4J protocol.
 * @module
 */

/** A method: argument parts in, result part out. */
type Method = (args: readonly string[]) => string | Promise<string>;
type Methods = Readonly<Record<string, Method>>;

interface FakeObject {
  readonly shape: "r" | "l" | "a";
  readonly methods: Methods;
  readonly fields?: Readonly<Record<string, string>>;
  /** Set on a Throwable. */
  readonly trace?: string;
}

/** What Java code throws; answered by reference. */
class Thrown extends Error {}
/** What py4j itself cannot do; answered by text. */
class Refused extends Error {}

/** An answer, and whether the gateway closes the connection after it; `halted` when there is none any more. */
export type Answer = { readonly line: string; readonly close?: boolean } | "halted";

const FRAME = "\n\tat java.base/java.lang.Fake(Fake.java:1)\n";
const CLASSES = new Set([
  "java.lang.Integer",
  "java.util.ArrayList",
  "com.sun.management.HotSpotDiagnosticMXBean",
]);

/** Objects and classes, addressed as py4j does. */
export class FakeJvm {
  readonly #objects = new Map<string, FakeObject>();
  readonly #wakeAtEnd = new Set<() => void>();
  #made = 0;
  #halted = false;

  /** Number of objects a client could still address, apart from the gateway's own. */
  get objectCount(): number {
    return this.#objects.size;
  }

  /** Executes a command, given line by line without its end mark. */
  async execute(lines: readonly string[]): Promise<Answer> {
    try {
      const line = await this.#answer(lines);
      return this.#halted ? "halted" : { line };
    } catch (error) {
      if (error instanceof Thrown) return { line: `!x${this.#put(throwable(error.message))}` };
      if (error instanceof Refused) return { line: `!xs${escaped(error.message + FRAME)}` };
      return { line: fatal(`java.lang.NullPointerException: ${error}`), close: true };
    }
  }

  /** Ends what waits inside a call. */
  shutDown(): void {
    this.#halted = true;
    for (const wake of this.#wakeAtEnd) wake();
  }

  async #answer(lines: readonly string[]): Promise<string> {
    const [command, first = "", second = "", third = ""] = lines;
    switch (command) {
      case "c":
        return `!y${await this.#call(first, second, lines.slice(3))}`;
      case "i":
        return `!y${this.#put(this.#construct(first, lines.slice(2)))}`;
      case "f":
        return `!y${this.#object(second).fields?.[third] ?? "o"}`;
      case "m":
        this.#objects.delete(second);
        return "!yv";
      case "p":
        return `!ys${escaped(this.#object(first.slice(1)).trace ?? "")}`;
      default:
        return this.#reflect(first, second, third);
    }
  }

  #reflect(kind: string, name: string, member: string): string {
    if (kind === "u") return CLASSES.has(name) ? `!yc${name}` : "!yp";
    if (kind === "m") return { MAX_VALUE: "!yi2147483647", parseInt: "!ym" }[member] ?? "!x";
    if (CLASSES.has(name)) return `!y${this.#put({ shape: "r", methods: {} })}`;
    return `!xs${escaped(`The class ${name} does not exist.`)}`;
  }

  #call(target: string, method: string, args: readonly string[]): string | Promise<string> {
    const methods = target.startsWith("z:") ? this.#statics(target.slice(2)) : this.#target(target).methods;
    const found = methods[method];
    if (found === undefined) throw new Refused(`py4j.Py4JException: Method ${method}([]) does not exist`);
    return found(args);
  }

  #target(id: string): FakeObject {
    if (id === "GATEWAY_SERVER") return this.#gatewayServer();
    const object = this.#objects.get(id);
    if (object !== undefined) return object;
    throw new Refused(`py4j.Py4JException: Target Object ID does not exist for this gateway :${id}`);
  }

  #object(id: string): FakeObject {
    const object = this.#objects.get(id);
    if (object === undefined) throw new Error("there is no such object");
    return object;
  }

  #put(object: FakeObject): string {
    const id = `o${this.#made++}`;
    this.#objects.set(id, object);
    return object.shape + id;
  }

  #plain(methods: Methods): string {
    return this.#put({ shape: "r", methods });
  }

  #gatewayServer(): FakeObject {
    const bindings = () => this.#put({ shape: "a", methods: { size: () => `i${this.objectCount}` } });
    return { shape: "r", methods: { getGateway: () => this.#plain({ getBindings: bindings }) } };
  }

  #statics(name: string): Methods {
    switch (name) {
      case "java.lang.System":
        return { currentTimeMillis: () => "L1795160416294", getProperty: () => "n" };
      case "java.lang.Integer":
        return { parseInt: ([text = ""]) => parseInt(text) };
      case "java.lang.Runtime":
        return { getRuntime: () => this.#plain(this.#runtime()) };
      case "java.lang.management.ManagementFactory":
        return { getPlatformMXBean: () => this.#plain({ getVMOption: () => this.#plain(OPTION) }) };
      default:
        throw new Refused(`java.lang.ClassNotFoundException: ${name}`);
    }
  }

  #runtime(): Methods {
    const halt = () => {
      this.shutDown();
      return "v";
    };
    return { totalMemory: () => "L406847488", availableProcessors: () => "i2", halt };
  }

  #construct(name: string, args: readonly string[]): FakeObject {
    switch (name) {
      case "java.util.ArrayList":
        return { shape: "l", methods: list() };
      case "java.util.concurrent.Semaphore":
        return { shape: "r", methods: this.#semaphore() };
      case "java.io.StringReader":
        return { shape: "r", methods: {} };
      case "java.io.StreamTokenizer":
        return { shape: "r", methods: {}, fields: { ttype: "i-4" } };
      case "java.lang.RuntimeException":
        return throwable(`${name}: ${args[0]?.slice(1).replaceAll("\\n", "\n")}`);
      default:
        throw new Refused(`java.lang.ClassNotFoundException: ${name}`);
    }
  }

  #semaphore(): Methods {
    const waiting: (() => void)[] = [];
    return {
      hasQueuedThreads: () => `b${waiting.length > 0}`,
      acquire: async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        this.#wakeAtEnd.add(resolve);
        await promise;
        return "v";
      },
      release: () => {
        waiting.shift()?.();
        return "v";
      },
    };
  }
}

const OPTION: Methods = { getValue: () => "s1073741824" };

function list(): Methods {
  const items: string[] = [];
  const at = (part = "") => {
    const index = Number(part.slice(1));
    if (index < items.length) return index;
    const where = `Index ${index} out of bounds for length ${items.length}`;
    throw new Thrown(`java.lang.IndexOutOfBoundsException: ${where}`);
  };
  return {
    add: ([part = ""]) => {
      items.push(part);
      return "btrue";
    },
    set: ([index, part = ""]) => items.splice(at(index), 1, part)[0] ?? "n",
    get: ([index]) => items[at(index)] ?? "n",
    size: () => `i${items.length}`,
    clear: () => {
      items.length = 0;
      return "v";
    },
  };
}

function parseInt(part: string): string {
  const text = part.slice(1);
  if (/^-?\d+$/.test(text)) return `i${text}`;
  throw new Thrown(`java.lang.NumberFormatException: For input string: "${text}"`);
}

function throwable(trace: string): FakeObject {
  return { shape: "r", methods: {}, trace: trace + FRAME };
}

/** The last line of a connection whose client said what py4j does not understand. */
export function fatal(reason: string): string {
  return `!zs${escaped(reason + FRAME)}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}
