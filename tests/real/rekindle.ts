/**
 * The real command line as a user calls it, on a real PySpark, with a state folder of its own.
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";
import type { Status } from "../../src/api/status.ts";
import type { SparkInstallation } from "./spark_installations.ts";

/** The checkout. */
export const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const PROGRAMS = fromFileUrl(new URL("./programs", import.meta.url));

/** The path of a PySpark program of the tests. */
export function program(name: string): string {
  return join(PROGRAMS, name);
}

/** The path of a program of the examples. */
export function example(name: string): string {
  return join(ROOT, "examples", name);
}

/** How a command ended, and what it printed. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home for one test: a PySpark, a fresh state folder and a fresh temporary folder. */
export class Place implements AsyncDisposable {
  readonly folder: string;
  readonly spark: SparkInstallation;

  private constructor(folder: string, spark: SparkInstallation) {
    this.folder = folder;
    this.spark = spark;
  }

  static async make(spark: SparkInstallation): Promise<Place> {
    const folder = await Deno.makeTempDir({ prefix: "place-" });
    await Deno.mkdir(join(folder, "tmp"));
    return new Place(folder, spark);
  }

  /** The environment of a user who has this PySpark active and nothing else of note. */
  get env(): Record<string, string> {
    const { PATH = "", LANG = "C.UTF-8", TEST_SPARK_SUBMIT_OPTS } = Deno.env.toObject();
    return {
      PATH: `${dirname(this.spark.python)}:${PATH}`,
      LANG,
      HOME: this.folder,
      TMPDIR: join(this.folder, "tmp"),
      JAVA_HOME: this.spark.javaHome,
      // One gateway after the other, for whoever comes: what most tests are about shows best so.
      REKINDLE_SHARING: "shared",
      REKINDLE_STANDBY: "0",
      REKINDLE_NO_ARCHIVE: "true",
      REKINDLE_NO_BYTECODE: "true",
      VIRTUAL_ENV: dirname(dirname(this.spark.python)),
      // Of a run of all tests alone (tools/test.ts); a benchmark's JVMs are as everybody's.
      ...TEST_SPARK_SUBMIT_OPTS === undefined
        ? {}
        : { SPARK_SUBMIT_OPTS: TEST_SPARK_SUBMIT_OPTS.replaceAll("{version}", this.spark.version) },
    };
  }

  get stateDir(): string {
    return join(this.folder, "state");
  }

  /** What tells every command of this place from those of others. */
  get flags(): string[] {
    return ["--state-dir", this.stateDir, "--api", "127.0.0.1:0", "--relay", "0"];
  }

  /** Runs a program of the machine, such as plain PySpark. */
  async plain(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
    const child = new Deno.Command(command, {
      args: [...args],
      cwd: this.folder,
      env: { ...this.env, ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs a command line of rekindle to its end. */
  async rekindle(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
    return await this.plain(join(ROOT, "rekindle"), args, env);
  }

  /** Starts a command line of rekindle whose output nobody wants. */
  start(args: readonly string[]): Deno.ChildProcess {
    return new Deno.Command(join(ROOT, "rekindle"), {
      args: [...args],
      cwd: this.folder,
      env: this.env,
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Runs `rekindle exec` with this place's flags. */
  async exec(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
    return await this.rekindle(["exec", ...this.flags, ...args], env);
  }

  /** What lies in the temporary folder. */
  temporary(): string[] {
    return [...Deno.readDirSync(join(this.folder, "tmp"))].map(({ name }) => name);
  }

  /** Every process started from this place, as its command line: they all carry its folder in their environment. */
  processes(): string[] {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const environ = Deno.readTextFileSync(`/proc/${name}/environ`);
        if (!environ.includes(`HOME=${this.folder}`)) return [];
        return [`${name} ${Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ")}`];
      } catch {
        // Gone meanwhile, or a kernel thread.
        return [];
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const line of this.processes()) {
      try {
        Deno.kill(Number(line.split(" ")[0]), "SIGKILL");
      } catch {
        // Gone meanwhile.
      }
    }
    await until(() => this.processes().length === 0);
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A running `rekindle run`. */
export class RunningDaemon {
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  readonly url: string;
  readonly token: string;

  private constructor(
    child: Deno.ChildProcess,
    stderr: Promise<string>,
    { api, token }: { api: string; token: string },
  ) {
    this.#child = child;
    this.#stderr = stderr;
    this.url = api;
    this.token = token;
  }

  /** Starts it and waits until its gateway is ready. */
  static async start(
    place: Place,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunningDaemon> {
    const child = new Deno.Command(join(ROOT, "rekindle"), {
      args: ["run", ...place.flags, ...args],
      cwd: place.folder,
      env: { ...place.env, ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    let ended = false;
    void child.status.then(() => ended = true);
    const file = join(place.stateDir, "run/daemon.json");
    const found = await until(async () => {
      if (ended) throw new Error(`The daemon ended: ${await stderr}`);
      const text = await Deno.readTextFile(file).catch(() => "{}");
      // Not the file of a daemon before; the wrapper has become the daemon, so the pid is the child's.
      return JSON.parse(text).pid === child.pid ? JSON.parse(text) : null;
    });
    const daemon = new RunningDaemon(child, stderr, found);
    await daemon.untilStatus(({ ready }) => ready);
    return daemon;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The answer of one path: its status code and text. */
  async get(path: string, init: RequestInit = {}): Promise<{ code: number; text: string }> {
    const response = await fetch(this.url + path, init);
    return { code: response.status, text: await response.text() };
  }

  async status(): Promise<Status> {
    return JSON.parse((await this.get("/v1/status")).text);
  }

  /** Waits until the status is as wanted. */
  async untilStatus(wanted: (status: Status) => boolean): Promise<Status> {
    return await until(async () => {
      const status = await this.status();
      return wanted(status) ? status : null;
    });
  }

  /** Sends a signal; resolves with how the daemon ended. */
  async end(signal: Deno.Signal): Promise<Deno.CommandStatus & { stderr: string }> {
    this.#child.kill(signal);
    return await this.ended();
  }

  async ended(): Promise<Deno.CommandStatus & { stderr: string }> {
    return { ...await this.#child.status, stderr: await this.#stderr };
  }
}

/** So many looks are minutes on the slowest machine: what has not come by then will not. */
const LOOKS = 3000;

/**
 * Looks again and again until there is an answer.
 * @throws {Error} When there is none after minutes.
 */
export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  for (let looks = 0; looks < LOOKS; looks++) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) {
      return found as NonNullable<Exclude<T, false>>;
    }
    // A real wait for a real process: nothing is asserted on how long it takes.
    await new Deno.Command("sleep", { args: ["0.05"] }).output();
  }
  throw new Error(`Nothing came of looking: ${look}`);
}
