/**
 * A gateway's command as the daemon would execute it, with a folder of its own, to be started with and without an
 * archive.
 * @module
 */

import { join } from "@std/path";
import { GIB } from "../../src/core/jvm_flags.ts";
import type { ArchiveFolder, ArchiveRequest } from "../../src/gateway/archive.ts";
import type { TrainingOptions } from "../../src/gateway/archive_training.ts";
import {
  gatewayArgv,
  GatewayCommand,
  gatewayEnv,
  jvmWordsOf,
  type LauncherAnswer,
  sparkWordsOf,
} from "../../src/gateway/command.ts";
import { awaitHandshake, type Handshake } from "../../src/gateway/handshake.ts";
import { findJava } from "../../src/gateway/java_home.ts";
import type { JavaInstallation } from "../../src/gateway/java_home.ts";
import { findSpark } from "../../src/gateway/spark_home.ts";
import type { SparkInstallation as Found } from "../../src/gateway/spark_home.ts";
import { findWorkerPython } from "../../src/gateway/warm_up_python.ts";
import type { ChildHandle } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import { clock } from "../../src/runtime/clock.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { parseKibibytes } from "../../src/runtime/procfs.ts";
import { randomBytes } from "../../src/runtime/random_bytes.ts";
import type { SparkInstallation } from "./spark_installations.ts";

/** A command, and where it works. */
export class ArchiveScene implements AsyncDisposable {
  readonly folder: string;
  /** The JVM's words. */
  readonly words: readonly string[];
  readonly #program: string;
  readonly #answer: LauncherAnswer;
  readonly #spark: Found;
  readonly #java: JavaInstallation;

  private constructor(
    folder: string,
    found: { spark: Found; java: JavaInstallation },
    answer: LauncherAnswer,
  ) {
    this.folder = folder;
    this.#spark = found.spark;
    this.#java = found.java;
    const argv = gatewayArgv(answer, {
      planFlags: ["-Xmx1g"],
      modules: found.java.modules,
      errorFile: join(folder, "hs_err.log"),
      scratch: folder,
      gcLog: join(folder, "gc.log"),
      heapDump: null,
      javaMajor: found.java.major,
      awaitedOn: null,
    });
    this.#answer = { ...answer, argv };
    [this.#program = "", ...this.words] = jvmWordsOf(this.#answer);
  }

  /** @throws {Error} When there is no such Spark or Java. */
  static async make({ home, javaHome }: SparkInstallation): Promise<ArchiveScene> {
    const folder = await Deno.makeTempDir({ prefix: "archive-" });
    const env = { PATH: Deno.env.get("PATH") ?? "", HOME: folder };
    const place = { env, cwd: folder };
    const ports = { files, children };
    const spark = await findSpark({ ...place, sparkHome: home, python: null, ownPython: null }, ports);
    if (spark === null) throw new Error(`There is no Spark in ${home}`);
    const java = await findJava({ ...place, javaHome, sparkVersion: spark.version, ownHomes: [] }, ports);
    if (java === null) throw new Error(`There is no Java in ${javaHome}`);
    const outcome = await new GatewayCommand(
      { ...place, spark, java, conf: [], packages: null, jars: null },
      ports,
    )
      .prepare();
    if (outcome.kind === "failed") throw new Error(outcome.stderr);
    return new ArchiveScene(folder, { spark, java }, outcome.answer);
  }

  request(): ArchiveRequest {
    return { spark: this.#spark, java: this.#java, words: this.words, variableWords: [] };
  }

  /** What training takes. */
  training(archives: ArchiveFolder, key: string): TrainingOptions {
    const command = { program: this.#program, jvm: this.words, spark: sparkWordsOf(this.#answer) };
    const signal = new AbortController().signal;
    const ports = { clock, files, children, dialer };
    const env = this.#env("");
    const workerPython = () => findWorkerPython(this.#spark, { env, cwd: this.folder, children });
    const own = { scratch: this.folder, signal, workerPython, randomBytes };
    return { archives, key, command, env, ...own, ...ports };
  }

  /** A jar of this Spark. */
  anyJar(): string {
    const jars = join(this.#spark.home, "jars");
    return join(jars, [...Deno.readDirSync(jars)].find(({ name }) => name.endsWith(".jar"))?.name ?? "");
  }

  /** Starts a gateway with these flags and waits for its hand-shake. @param how With other words, or a log of classes. */
  async start(
    flags: readonly string[],
    { words = this.words, logsClasses = false }: {
      readonly words?: readonly string[];
      readonly logsClasses?: boolean;
    } = {},
  ): Promise<StartedGateway> {
    const own = await Deno.makeTempDir({ dir: this.folder });
    const startMs = performance.now();
    const log = logsClasses ? [`-Xlog:class+load:file=${join(own, "classes.log")}`] : [];
    const child = children.spawn({
      program: this.#program,
      args: [...words, ...log, ...flags, ...sparkWordsOf(this.#answer)],
      env: this.#env(join(own, "handshake")),
      cwd: own,
    });
    const outputs = Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()));
    const ended = new AbortController();
    void child.exited.then(() => ended.abort());
    const handshake = await awaitHandshake(join(own, "handshake"), { files, clock }, ended.signal);
    if (handshake === null) throw new Error(`The gateway ended:\n${(await outputs).join("")}`);
    return new StartedGateway(child, outputs, {
      handshake,
      folder: own,
      handshakeMs: performance.now() - startMs,
    });
  }

  #env(handshakePath: string): Record<string, string> {
    return gatewayEnv(this.#answer, { handshakePath, planFlags: [], mallocArenas: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A gateway that runs; disposing of it kills it. */
export class StartedGateway implements AsyncDisposable {
  readonly #child: ChildHandle;
  readonly #outputs: Promise<string[]>;
  readonly handshake: Handshake;
  readonly folder: string;
  readonly handshakeMs: number;

  constructor(
    child: ChildHandle,
    outputs: Promise<string[]>,
    made: { handshake: Handshake; folder: string; handshakeMs: number },
  ) {
    this.#child = child;
    this.#outputs = outputs;
    this.handshake = made.handshake;
    this.folder = made.folder;
    this.handshakeMs = made.handshakeMs;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** How many classes it has had from an archive of an application's; only when it logs its classes. */
  sharedClasses(): number {
    const log = Deno.readTextFileSync(join(this.folder, "classes.log"));
    return log.match(/shared objects file \(top\)/g)?.length ?? 0;
  }

  /** Where what the JDK's own classes come from is mapped; `null` when that is nowhere. */
  archiveAddress(): number | null {
    const map = Deno.readTextFileSync(`/proc/${this.pid}/maps`);
    const parts = [...map.matchAll(/^([0-9a-f]+)-.*\.(?:base|jsa)$/gm)].map(([, at = ""]) =>
      parseInt(at, 16)
    );
    // Its objects lie in the heap, which is below.
    return parts.find((address) => address >= 64 * GIB) ?? null;
  }

  /** Memory that no file has. */
  ownBytes(): number {
    return parseKibibytes(Deno.readTextFileSync(`/proc/${this.pid}/smaps_rollup`), "Anonymous") ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.signal("SIGKILL");
    await Promise.all([this.#child.exited, this.#outputs]);
  }
}
