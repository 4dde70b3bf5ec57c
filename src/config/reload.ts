/**
 * Which of the settings that were read again does a running daemon take up?
 * @module
 */

import type { Settings } from "../config.ts";
import { optionNames } from "../options.ts";
import type { OptionName } from "../options.ts";
import { effectiveValue } from "./effective.ts";

/** The settings that a running daemon takes up; every other one needs a restart. */
export const RELOADABLE: readonly OptionName[] = [
  "memory-mode",
  "heap-dump",
  "restart",
  "log-level",
  "log-format",
  "quiet",
];

/** What reading again comes to. */
export interface Reloaded {
  /** With what is taken up, and otherwise as before. */
  readonly settings: Settings;
  /** What is taken up, such as `restart: always → never`. */
  readonly changes: readonly string[];
  /** What has changed and waits for a restart. */
  readonly pending: readonly OptionName[];
}

/** Compares. `running` is what the daemon goes by, `read` what was read again. */
export function reloaded(running: Settings, read: Settings): Reloaded {
  const changed = optionNames().filter((name) =>
    name !== "config" &&
    JSON.stringify(effectiveValue(name, running)) !== JSON.stringify(effectiveValue(name, read))
  );
  const { memoryMode, heapDump, restart, logLevel, logFormat, quiet } = read;
  const origins = { ...running.origins };
  for (const name of RELOADABLE) {
    const origin = read.origins[name];
    if (origin === undefined) delete origins[name];
    else origins[name] = origin;
  }
  return {
    settings: { ...running, memoryMode, heapDump, restart, logLevel, logFormat, quiet, origins },
    changes: changed.flatMap((name) =>
      RELOADABLE.includes(name) && name !== "config"
        ? `${name}: ${effectiveValue(name, running)} → ${effectiveValue(name, read)}`
        : []
    ),
    pending: changed.filter((name) => !RELOADABLE.includes(name)),
  };
}
