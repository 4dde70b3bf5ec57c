/**
 * How is a fault brought upon a gateway that runs, at a known moment?
 * @module
 */

import { basename, join } from "@std/path";
import type { Status } from "../src/api/status.ts";
import { fillDisk, mountSmallDisk } from "../src/drill/small_disk.ts";
import { type Place, program, ROOT } from "../tests/real/rekindle.ts";
import { type DaemonUnderTest, runtime } from "./daemon_under_test.ts";
import { pause } from "./figures.ts";
import { cleaned } from "./lifetime.ts";
import { isAlive } from "./proc.ts";

/** How often the JVM is looked at while a program brings it into trouble. */
const LOOK_MS = 5;
/** What a program has not brought about by then, it will not. */
const PROVOKED_MS = 180_000;

/** A PySpark program that brings its gateway into trouble. */
export interface Trouble {
  /** On `performance.now()`: when it said that the fault is there, or its JVM ended, whichever came first. */
  readonly atMs: number;
  /** Lets the program end: it stays until its standard input does. */
  readonly leave: () => Promise<void>;
}

/** A healthy daemon, and the means to harm its gateway. */
export class Scene {
  readonly place: Place;
  readonly daemon: DaemonUnderTest;
  /** Before the fault. */
  readonly before: Status;
  readonly gatewayPid: number;

  constructor(place: Place, daemon: DaemonUnderTest, before: Status) {
    if (before.gateway.pid === null) throw new Error("There is no gateway to harm");
    this.place = place;
    this.daemon = daemon;
    this.before = before;
    this.gatewayPid = before.gateway.pid;
  }

  /** Signals the JVM alone; returns the moment. */
  signal(signal: Deno.Signal): number {
    const atMs = performance.now();
    Deno.kill(this.gatewayPid, signal);
    return atMs;
  }

  /**
   * Runs `faults.py KIND` by `rekindle exec` until the fault is there.
   * @throws {Error} When the program ends before.
   */
  async provoke(kind: string): Promise<Trouble> {
    const child = this.#run(kind);
    const stdin = child.stdin;
    const words = new Response(child.stderr).text();
    let ended = false;
    void child.status.then(() => ended = true);
    let saidMs: number | null = null;
    const said = (async () => {
      let text = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (saidMs === null && text.includes(`done ${kind}`)) saidMs = performance.now();
      }
    })();
    const leave = async () => {
      await stdin.close().catch(() => {});
      await Promise.all([child.status, said, words]);
    };
    const giveUpMs = performance.now() + PROVOKED_MS;
    while (performance.now() < giveUpMs) {
      if (saidMs !== null) return { atMs: saidMs, leave };
      if (!isAlive(this.gatewayPid)) return { atMs: performance.now(), leave };
      if (ended) throw new Error(`faults.py ${kind} ended first: ${lastLine(await words)}`);
      await pause(LOOK_MS);
    }
    throw new Error(`faults.py ${kind} brought nothing about in ${PROVOKED_MS / 1000} s`);
  }

  /**
   * Runs `faults.py` by `rekindle exec` to its end, which is a failure; returns the moment.
   * @throws {Error} When it succeeds.
   */
  async fail(...args: readonly string[]): Promise<number> {
    const { success } = await this.#run(...args).output();
    if (success) throw new Error(`faults.py ${args.join(" ")} did not fail`);
    return performance.now();
  }

  #run(...args: readonly string[]): Deno.ChildProcess {
    return new Deno.Command(join(ROOT, "rekindle"), {
      args: ["exec", "--state-dir", this.place.stateDir, "--", "python", program("faults.py"), ...args],
      cwd: this.place.folder,
      env: this.place.env,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** Does the work with a small file system of its own at `folder`; it is gone afterwards. */
export async function onSmallDisk<T>(folder: string, size: string, work: () => Promise<T>): Promise<T> {
  return await cleaned(await mountSmallDisk(folder, size, runtime), work);
}

/** Leaves no room in a folder's file system; returns what gives it back. */
export async function fill(folder: string): Promise<() => Promise<void>> {
  return await fillDisk(folder, runtime);
}

const FREEZER = "/sys/fs/cgroup/freezer";

/** Whether this machine lets us freeze processes by a control group of version 1. */
export function canFreeze(): boolean {
  try {
    const probe = Deno.makeTempDirSync({ dir: FREEZER, prefix: "rekindle-bench-" });
    Deno.removeSync(probe);
    return true;
  } catch {
    return false;
  }
}

/** The control group that can freeze the gateway of a place, while {@linkcode withFreezer} has made it. */
export class Freezer {
  readonly folder: string;

  constructor(place: Place) {
    this.folder = join(FREEZER, `rekindle-bench-${basename(place.folder)}`);
  }

  /** Freezes a process; returns the moment. */
  freeze(pid: number): number {
    this.#write("cgroup.procs", String(pid));
    const atMs = performance.now();
    this.#write("freezer.state", "FROZEN");
    return atMs;
  }

  /** Lets it go on; returns the moment. */
  thaw(): number {
    this.#write("freezer.state", "THAWED");
    return performance.now();
  }

  #write(file: string, text: string): void {
    Deno.writeTextFileSync(join(this.folder, file), text);
  }
}

/** Does the work with a {@linkcode Freezer} for the place; all is thawed and gone afterwards. */
export async function withFreezer<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const freezer = new Freezer(place);
  await Deno.mkdir(freezer.folder);
  const clean = async () => {
    freezer.thaw();
    for (const pid of Deno.readTextFileSync(join(freezer.folder, "cgroup.procs")).split("\n")) {
      try {
        if (pid !== "") Deno.writeTextFileSync(join(FREEZER, "cgroup.procs"), pid);
      } catch {
        // Ended meanwhile.
      }
    }
    await Deno.remove(freezer.folder);
  };
  return await cleaned(clean, work);
}
