/**
 * Does the next gateway start from a class-data archive, and is one to be made? Whatever goes wrong here, a gateway
 * starts without one.
 * @module
 */

import { join } from "@std/path";
import type { ArchiveDecision } from "../core/archive.ts";
import { splitOptions } from "../core/jvm_flags.ts";
import { reasonOf } from "../errors.ts";
import type { ExitStatus } from "../core/verdict.ts";
import type { ChildLauncher, Clock, Dialer, Files } from "../ports.ts";
import type { ArchiveFolder } from "./archive.ts";
import { trainArchive, type TrainingOutcome } from "./archive_training.ts";
import { jvmWordsOf, sparkWordsOf } from "./command.ts";
import type { Installation } from "./installation.ts";
import type { WorkerPython } from "./warm_up_python.ts";

/** A gateway's command as it would be without an archive. */
export interface PlainStart {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What it needs. */
export interface StartArchiveOptions extends Installation {
  readonly archives: ArchiveFolder;
  readonly clock: Clock;
  readonly files: Files;
  readonly children: ChildLauncher;
  readonly dialer: Dialer;
  /** The Python of Spark's workers, if there is one. */
  readonly workerPython: () => Promise<WorkerPython | null>;
  /** Where a training's own temporary folder goes, and how its name begins. */
  readonly temp: string;
  readonly scratchPrefix: string;
  /** Random ones. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Told how a training went. */
  readonly onTrained: (outcome: TrainingOutcome) => void;
}

/** By these variables a JVM is given words besides its command. */
const WORD_VARIABLES = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"];
/** Words with folders of one gateway's own, which a training has of its own. */
const OWN_FOLDERS =
  /^-(?:Djava\.io\.tmpdir=|XX:ErrorFile=|XX:HeapDumpPath=|XX:\+HeapDumpOnOutOfMemoryError|Xlog:gc)/;
/** What a JVM ends with that cannot read its archive: aborted, or hurt by what it mapped. */
const CRASHES: readonly number[] = [134, 135, 139];

/** The archive that gateways start from. */
export class StartArchive {
  readonly #options: StartArchiveOptions;
  readonly #end = new AbortController();
  #decision: ArchiveDecision = { kind: "none", reason: "not decided before the first start" };
  #start: PlainStart | null = null;
  #training: Promise<void> | null = null;
  /** The archives that living gateways have started from. */
  readonly #used = new Map<number, string>();

  constructor(options: StartArchiveOptions) {
    this.#options = options;
  }

  /** For people: what becomes of the archive, in words. */
  get state(): string {
    return this.#training === null ? this.#decision.reason : "being made";
  }

  /** The words to start a gateway with. Never rejects. */
  async apply(generation: number, start: PlainStart): Promise<readonly string[]> {
    const { archives, spark, java } = this.#options;
    const { argv, env } = this.#start = start;
    try {
      this.#decision = await archives.decide({
        ...{ spark, java, words: jvmWordsOf({ argv, env }) },
        variableWords: WORD_VARIABLES.flatMap((name) => splitOptions(env[name] ?? "")),
      });
    } catch (error) {
      this.#decision = { kind: "none", reason: `none, because it cannot be looked for: ${reasonOf(error)}` };
    }
    if (this.#decision.kind !== "use") return argv;
    this.#used.set(generation, this.#decision.key);
    return [...jvmWordsOf({ argv, env }), ...this.#decision.flags, ...sparkWordsOf({ argv, env })];
  }

  /** A gateway has ended. An archive with which one crashed before it served is given up. */
  async ended(generation: number, { exit, served }: { exit: ExitStatus; served: boolean }): Promise<void> {
    const key = this.#used.get(generation);
    this.#used.delete(generation);
    if (key === undefined || served || !CRASHES.includes(exit.code)) return;
    await this.#options.archives.drop(key, "a JVM that started from it crashed before it served");
  }

  /** Makes one in the background, when that is worth it and not under way. */
  train(): void {
    if (this.#decision.kind !== "train" || this.#training !== null || this.#end.signal.aborted) return;
    const { key } = this.#decision;
    this.#training = this.#make(key).then((outcome) => {
      // The next start decides anew.
      this.#decision = { kind: "none", reason: "decided at the next start" };
      this.#options.onTrained(outcome);
    }).catch(() => {}).finally(() => this.#training = null);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#end.abort(new Error("the daemon ends"));
    await this.#training;
  }

  async #make(key: string): Promise<TrainingOutcome> {
    const { files, temp, scratchPrefix } = this.#options;
    const { argv, env } = this.#start ?? { argv: [], env: {} };
    const scratch = await files.makeTempDir(temp, scratchPrefix);
    try {
      const [program = "", ...jvm] = jvmWordsOf({ argv, env }).filter((word) => !OWN_FOLDERS.test(word));
      const own = [`-Djava.io.tmpdir=${scratch}`, `-XX:ErrorFile=${join(scratch, "hs_err_%p.log")}`];
      const command = { program, jvm: [...jvm, ...own], spark: sparkWordsOf({ argv, env }) };
      return await trainArchive({ ...this.#options, key, command, env, scratch, signal: this.#end.signal });
    } finally {
      await files.remove(scratch);
    }
  }
}
