/**
 * What is kept of earlier gateways' work, so that the next ones and their workers start sooner?
 * @module
 */

import { join } from "@std/path";
import { ArchiveFolder } from "../gateway/archive.ts";
import { Bytecode } from "../gateway/bytecode.ts";
import type { Installation } from "../gateway/installation.ts";
import { StartArchive } from "../gateway/start_archive.ts";
import type { WorkerPython } from "../gateway/warm_up_python.ts";
import { randomBytes } from "../runtime/random_bytes.ts";
import type { DaemonOptions } from "./assembly.ts";
import type { News } from "./news.ts";

/** Each is `null` when it is not wanted. */
export interface HeadStart {
  readonly archive: StartArchive | null;
  readonly bytecode: Bytecode | null;
  /** For people: what becomes of each, in words. */
  readonly states: () => { readonly archive: string; readonly bytecode: string };
}

/** What it is made from beside the options. */
export interface HeadStartParts {
  readonly installation: Installation;
  readonly scratchPrefix: string;
  readonly workerPython: () => Promise<WorkerPython | null>;
  /** Told how the making of each went. */
  readonly news: Pick<News, "archive" | "bytecode">;
}

/** Puts it together; nothing is made yet. */
export function headStartOf(
  { settings, folders, runtime, env, cwd }: Pick<
    DaemonOptions,
    "settings" | "folders" | "runtime" | "env" | "cwd"
  >,
  { installation, scratchPrefix, workerPython, news }: HeadStartParts,
): HeadStart {
  const ports = { ...runtime, workerPython };
  const archive = settings.archive
    ? new StartArchive({
      ...{ ...ports, ...installation },
      ...{ temp: folders.temp, scratchPrefix },
      archives: new ArchiveFolder(join(folders.state, "archive"), runtime.files),
      randomBytes,
      onTrained: (outcome) => news.archive(outcome),
    })
    : null;
  const bytecode = settings.bytecode
    ? new Bytecode({
      ...{ ...ports, spark: installation.spark, env, cwd },
      folder: join(folders.state, "bytecode"),
      onMade: (outcome) => news.bytecode(outcome),
    })
    : null;
  const states = () => ({
    archive: archive?.state ?? "off (--no-archive)",
    bytecode: bytecode?.state ?? "off (--no-bytecode)",
  });
  return { archive, bytecode, states };
}
