/**
 * Where does a drill take place? In a folder, on ports and with temporary files of its own, with the user's settings; what
 * is left of it is taken away, whatever became of the daemon.
 * @module
 */

import { join } from "@std/path";
import type { RawSettings } from "../config.ts";
import { OWNER_VARIABLE } from "../gateway/start.ts";
import type { Runtime } from "../runtime/deno.ts";
import { removeJvmTraces } from "../supervisor/leftovers.ts";
import { DaemonProcess } from "./daemon_process.ts";

/** Whose installation is drilled. */
export interface ScratchOptions {
  readonly runtime: Runtime;
  /** The command line that this program is started by. */
  readonly program: readonly string[];
  /** What the user has said on the command line. */
  readonly flags: RawSettings;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What of the user's settings would lead out of the scratch instance, or hide the fault from the drill. */
const OWN_SETTINGS = [
  "api",
  "gateways",
  "heap",
  "memory-limit",
  "memory-mode",
  "name",
  "no-archive",
  "no-bytecode",
  "no-relay",
  "quiet",
  "recycle",
  "relay",
  "restart",
  "sharing",
  "standby",
  "state-dir",
  "warm-up",
] as const;

/**
 * One gateway after the other, for whoever comes, brought back whatever it died of. 512 MiB is the least heap that works,
 * and the soonest full.
 */
const DRILL_FLAGS: readonly string[] = [
  ...["--api", "127.0.0.1:0", "--relay", "0", "--sharing", "shared", "--standby", "0", "--no-archive"],
  "--no-bytecode",
  ...["--restart", "always", "--memory-mode", "adjust"],
];

/** How long a daemon's processes may take to go, in milliseconds. */
const GONE_MS = 20_000;
const LOOK_MS = 50;

/** The place of one drill. */
export class Scratch {
  readonly folder: string;
  readonly runtime: Runtime;
  readonly #options: ScratchOptions;
  readonly #daemons: DaemonProcess[] = [];
  readonly #gateways = new Set<number>();
  readonly #undo: (() => Promise<void>)[] = [];

  private constructor(folder: string, options: ScratchOptions) {
    this.folder = folder;
    this.runtime = options.runtime;
    this.#options = options;
  }

  /** Makes the folder. */
  static async make(options: ScratchOptions): Promise<Scratch> {
    const { runtime: { files }, env } = options;
    const folder = await files.makeTempDir(env.TMPDIR || "/tmp", "rekindle-drill-");
    await files.makeDir(join(folder, "tmp"));
    return new Scratch(folder, options);
  }

  /** The daemon's state folder, with its runtime and log folders below it. */
  get stateDir(): string {
    return join(this.folder, "state");
  }

  /** Has something undone at the end, before the folder goes; the last one first. */
  owe(undo: () => Promise<void>): void {
    this.#undo.push(undo);
  }

  /** A JVM of this place, whose traces elsewhere are to go. */
  note(pid: number | null): void {
    if (pid !== null) this.#gateways.add(pid);
  }

  /**
   * Starts a daemon.
   * @param args What it is told besides.
   * @param place The memory control group it is to belong to, and what its JVMs are told besides.
   */
  start(
    args: readonly string[],
    { group = null, javaOptions = "" }: {
      readonly group?: string | null;
      readonly javaOptions?: string | undefined;
    } = {},
  ): DaemonProcess {
    const { program, flags, env, cwd, runtime } = this.#options;
    // No core files: the user's folder is not the place for them.
    const script = 'ulimit -c 0; [ -z "$0" ] || echo $$ > "$0/cgroup.procs" || exit 1; exec "$@"';
    const words = [
      ...program,
      "run",
      ...asWords(flags),
      "--state-dir",
      this.stateDir,
      ...DRILL_FLAGS,
      ...args,
    ];
    const toolOptions = `${env.JAVA_TOOL_OPTIONS ?? ""} ${javaOptions}`.trim();
    const daemon = new DaemonProcess({
      program: "sh",
      args: ["-c", script, group ?? "", ...words],
      env: {
        ...withoutOwn(env),
        TMPDIR: join(this.folder, "tmp"),
        ...(toolOptions === "" ? {} : { JAVA_TOOL_OPTIONS: toolOptions }),
      },
      cwd,
    }, { stateDir: this.stateDir, runtime });
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Ends every process of this place and removes everything. @returns What is left, in words; empty when nothing is. */
  async clear(): Promise<readonly string[]> {
    const { clock, files, machine } = this.runtime;
    for (const daemon of this.#daemons) {
      if (daemon.exit === null) daemon.signal("SIGKILL");
      await daemon.ended;
    }
    const untilMs = clock.nowMs() + GONE_MS;
    let living = await machine.processesWith(OWNER_VARIABLE, this.stateDir);
    while (living.length > 0 && clock.nowMs() < untilMs) {
      // One that stands still does not see the end of its input.
      for (const pid of living) machine.kill(pid);
      await clock.sleep(LOOK_MS);
      living = await machine.processesWith(OWNER_VARIABLE, this.stateDir);
    }
    for (const undo of this.#undo.toReversed()) await undo().catch(() => {});
    await files.remove(this.folder).catch(() => {});
    await removeJvmTraces({ files, machine, gone: [...this.#gateways] });
    const left = living.map((pid) => `process ${pid}`);
    return await files.stat(this.folder) === null ? left : [...left, this.folder];
  }
}

function withoutOwn(env: Readonly<Record<string, string>>): Record<string, string> {
  const names = OWN_SETTINGS.map((name) => `REKINDLE_${name.toUpperCase().replaceAll("-", "_")}`);
  const ofManager = [
    "STATE_DIRECTORY",
    "RUNTIME_DIRECTORY",
    "LOGS_DIRECTORY",
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
  ];
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !names.includes(name) && !ofManager.includes(name)),
  );
}

/** The settings as words of a command line again. */
function asWords(flags: RawSettings): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false || OWN_SETTINGS.some((own) => own === name)) return [];
    return value === true ? [`--${name}`] : [value].flat().flatMap((text) => [`--${name}`, String(text)]);
  });
}
