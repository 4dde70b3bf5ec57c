/**
 * What every command works with, and the few steps most of them begin with.
 * @module
 */

import type { Settings } from "../config.ts";
import type { ConfigFile } from "../config/place.ts";
import type { Configuration } from "../config/source.ts";
import type { Incident } from "../core/lifecycle.ts";
import { isDeterministic } from "../core/restart_policy.ts";
import { EXIT, UserError } from "../errors.ts";
import { resolveFolders } from "../folders.ts";
import type { Folders } from "../folders.ts";
import { findInstallation } from "../gateway/installation.ts";
import type { Installation, InstallationRequest } from "../gateway/installation.ts";
import type { Logger } from "../log.ts";
import type { Runtime } from "../runtime/deno.ts";
import { exitNow } from "../runtime/process.ts";

/** How a running daemon takes up what has changed. */
export interface Reload {
  /** Reads the settings again. @throws {UserErrors} With everything that is wrong with them. */
  readonly again: () => Promise<Configuration>;
  /** Makes the log what the settings say. */
  readonly adjustLog: (settings: Pick<Settings, "logLevel" | "logFormat">) => void;
}

/** A command's surroundings. */
export interface CommandContext {
  readonly settings: Settings;
  /** The configuration file; `null` when none is named. */
  readonly file: ConfigFile | null;
  readonly reload: Reload;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** The environment as it was at the start. */
  readonly env: Readonly<Record<string, string>>;
  /** What is known to be secret of the environment and the settings. */
  readonly secrets: readonly string[];
  readonly cwd: string;
  readonly pid: number;
  /** The folder of the project's own environment, and what fills it. */
  readonly own: Pick<InstallationRequest, "ownEnvironment" | "provision">;
  /** The folders of the system's service of the wanted name, where there is one that this user may look into. */
  readonly service: Folders | null;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
}

/** The folders of the daemon this command is about. */
export function foldersOf(context: CommandContext): Folders {
  return context.service ?? ownFoldersOf(context);
}

/** The folders of a daemon that this command begins itself. */
export function ownFoldersOf({ settings, env, cwd }: CommandContext): Folders {
  return resolveFolders({ stateDir: settings.stateDir, name: settings.name, env, cwd });
}

/** The Spark and the Java to use. */
export function installationOf({ settings, env, cwd, own, runtime }: CommandContext): Promise<Installation> {
  return findInstallation({ ...settings, ...own, env, cwd }, runtime);
}

/** The error that ends a command when the gateway never got ready and never will. */
export function hopeless({ verdict, decision }: Incident): UserError {
  const line = verdict.evidence.find(({ source }) => source !== "exit");
  const because = line === undefined ? "" : `\n  ${line.source}: ${line.text.trim()}`;
  return new UserError(`Cannot start the gateway: ${verdict.summary} (${verdict.class})${because}`, {
    hint: `${verdict.remedy} Not tried again: ${decision.reason}.`,
    exitCode: isDeterministic(verdict.class) ? EXIT.config : EXIT.unavailable,
  });
}

/** What to do about a daemon's loop that stands still: this process ends, and with it the gateway's standard input. */
export function stuck({ log }: CommandContext): (lagMs: number) => void {
  return (lagMs) => {
    log.error(`the daemon's own loop has stood still for ${Math.round(lagMs / 1000)} s: ending`);
    exitNow(EXIT.software);
  };
}
