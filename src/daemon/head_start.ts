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
import type { DaemonOptions, Mark } from "./assembly.ts";
import type { News } from "./news.ts";

/** Each is `null` when it is not wanted. */
export interface HeadStart {
  readonly archive: StartArchive | null;
  readonly bytecode: Bytecode | null;
}

/** What it is made from beside the options. */
export interface HeadStartParts {
  readonly installation: Installation;
  readonly mark: Mark;
  readonly workerPython: () => Promise<WorkerPython | null>;
  readonly news: News;
}

/** Puts it together; nothing is made yet. */
export function headStartOf(
  { settings, folders, runtime, env, cwd }: DaemonOptions,
  { installation, mark, workerPython, news }: HeadStartParts,
): HeadStart {
  const ports = { ...runtime, workerPython };
  const archive = settings.archive
    ? new StartArchive({
      ...{ ...ports, ...installation },
      ...{ temp: folders.temp, scratchPrefix: mark.scratchPrefix },
      archives: new ArchiveFolder(join(folders.state, "archive"), runtime.files),
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
  return { archive, bytecode };
}
