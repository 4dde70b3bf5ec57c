/**
 * On what is memory planned here? The least of every limit, what the user asks for and has fixed, and how many tasks run
 * beside the gateway.
 * @module
 */

import type { Settings } from "../config.ts";
import type { MemoryBasis } from "../core/memory/basis.ts";
import type { GatewayCommand } from "../gateway/command.ts";
import { taskPlaceOf } from "../gateway/master.ts";
import { findPins } from "../gateway/pins.ts";
import type { SparkInstallation } from "../gateway/spark_home.ts";
import type { Files, Machine } from "../ports.ts";

/** What finding out needs. */
export interface MemoryBasisOptions {
  readonly settings: Settings;
  readonly runtime: { readonly machine: Machine; readonly files: Files };
}

/**
 * The basis. Where Spark's launcher refuses its settings, nothing is known to be fixed: the start itself will tell why.
 */
export async function memoryBasisOf(
  { settings, runtime }: MemoryBasisOptions,
  { installation, command }: {
    readonly installation: { readonly spark: Pick<SparkInstallation, "home"> };
    readonly command: Pick<GatewayCommand, "prepare">;
  },
): Promise<MemoryBasis> {
  const { machine, files } = runtime;
  const outcome = await command.prepare();
  const limit = await machine.memoryLimit();
  const asked = settings.memoryLimitBytes;
  const { processors, stackBytes } = machine.processor();
  const place = outcome.kind === "ready"
    ? await taskPlaceOf(outcome.answer, { files, sparkHome: installation.spark.home, processors })
    : { isLocal: true, parallelTasks: processors };
  return {
    limit: asked !== null && asked < limit.bytes ? { bytes: asked, source: "user" } : limit,
    heapBytes: settings.heapBytes,
    pins: outcome.kind === "ready" ? findPins(outcome.answer, settings.conf) : {},
    ...place,
    defaultStackBytes: stackBytes,
    gateways: settings.sharing === "shared" ? 1 : settings.gateways,
    standbyBytes: 0,
  };
}
