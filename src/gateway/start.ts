/**
 * With which words and variables does a generation start, and where does it keep what?
 * @module
 */

import { join } from "@std/path";
import { renderPlan } from "../core/memory/plan_flags.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import { gatewayArgv, gatewayEnv } from "./command.ts";
import type { LauncherAnswer } from "./command.ts";
import type { ProcessOptions } from "./process_options.ts";

/** By this variable the processes of a gateway are known after the daemon that started them is gone. */
export const OWNER_VARIABLE = "REKINDLE_OWNER";

/** What the words depend on. */
export interface StartRequest extends Pick<ProcessOptions, "modules" | "javaMajor" | "owner"> {
  /** Such as `g3`. */
  readonly name: string;
  readonly answer: LauncherAnswer;
  readonly plan: MemoryPlan;
  readonly folders: Pick<ProcessOptions["folders"], "runtime" | "logs">;
  /** The generation's own folder for everything temporary. */
  readonly scratch: string;
  /** Where it dumps its heap to when it runs out of memory; `null` for nowhere. */
  readonly heapDump: string | null;
  /** The `SPARK_HOME` of its workers; `null` for that of its command. */
  readonly sparkHome: string | null;
  /** How many processors somebody waits for it on; `null` when nobody waits. */
  readonly awaitedOn: number | null;
}

/** A start as it would be without a class-data archive. */
export interface Start {
  /** For the hand-shake and the log of collections. */
  readonly folder: string;
  readonly handshakePath: string;
  /** `null` when the JVM is not told to log its collections. */
  readonly gcLog: string | null;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Puts it together. */
export function startOf(request: StartRequest): Start {
  const { name, answer, plan, folders, owner, sparkHome } = request;
  const folder = join(folders.runtime, name);
  const handshakePath = join(folder, "handshake");
  const gcLog = join(folder, "gc.log");
  const planFlags = renderPlan(plan);
  const argv = gatewayArgv(answer, {
    ...request,
    planFlags,
    // `-Xlog` came with Java 9.
    gcLog: request.javaMajor >= 9 ? gcLog : null,
    errorFile: join(folders.logs, `hs_err_${name}_%p.log`),
  });
  const env = {
    ...gatewayEnv(answer, { handshakePath, planFlags, mallocArenas: plan.mallocArenas }),
    ...(sparkHome === null ? {} : { SPARK_HOME: sparkHome }),
    [OWNER_VARIABLE]: owner,
  };
  return {
    folder,
    handshakePath,
    gcLog: argv.some((word) => word.includes(gcLog)) ? gcLog : null,
    argv,
    env,
  };
}
