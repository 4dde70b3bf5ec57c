/**
 * `rekindle run`: the daemon in the foreground.
 * @module
 */

import { startDaemon } from "../daemon/daemon.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import type { Settings } from "../config.ts";
import { watchTerminal } from "../runtime/hang_up.ts";
import { onSignal, sendSignal } from "../runtime/signal.ts";
import { serviceManagerOf } from "../daemon/service_manager.ts";
import { hopeless, installationOf, ownFoldersOf, stuck } from "./context.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { reloader } from "./reload.ts";

/** The command line's way to {@linkcode run}. */
export const command: Command = async ({ context, own, warn }) => {
  const opened = await context();
  if (own.verbose === true) {
    // A daemon that says nothing of its launch need not hold what tells it.
    const { check } = await import("./check.ts");
    await check({ ...opened, print: warn }, false);
  }
  return await run(opened);
};

/**
 * Runs until it is told to end; a second signal skips the gateway's own shutdown. SIGHUP reads the configuration again,
 * unless it says that the terminal has gone.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { log } = context;
  const hasHungUp = watchTerminal();
  const early = hangUpsBefore(hasHungUp, context);
  const folders = ownFoldersOf(context);
  const install = () => installationOf(context);
  const manager = serviceManagerOf(context);
  const daemon = await startDaemon({
    ...context,
    folders,
    install,
    embedded: false,
    onStuck: stuck(context),
    pulse: manager,
  });
  log.info(`health: ${daemon.apiUrl}/health`, { url: daemon.apiUrl });
  log.info(
    `to attach: rekindle exec ${
      finderOf(context.settings, folders.state)
    }-- python job.py, or the variables in ` +
      daemon.status().environmentFile,
  );
  const reload = reloader(context, daemon);
  let reloading = Promise.resolve();
  let interrupted = false;
  let asked = false;
  const unsubscribe = onSignal(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    if (signal === "SIGHUP" && !hasHungUp()) {
      reloading = reload();
      return;
    }
    interrupted ||= signal === "SIGINT";
    if (asked) daemon.post({ kind: "kill" });
    else {
      log.info(`${signal}: ending; once more to end at once`);
      daemon.post({ kind: "shutdown", by: signal });
    }
    asked = true;
  });
  if (early.end()) reloading = reload();
  const cause = await daemon.finished;
  await reloading;
  unsubscribe();
  manager?.close();
  if (cause !== null) throw hopeless(cause);
  return interrupted ? EXIT.interrupted : EXIT.ok;
}

/** The option by which other commands find this daemon, and a space; nothing where it is found without. */
function finderOf({ name, stateDir }: Pick<Settings, "name" | "stateDir">, state: string): string {
  if (stateDir !== null) return `--state-dir ${state} `;
  return name === null ? "" : `--name ${name} `;
}

/**
 * Keeps a SIGHUP from ending a process that is not a daemon yet: whoever sends one wants what it says later than the
 * settings that were read. SIGINT and SIGTERM may end it as they are.
 * @returns `end` gives that up, and says whether one has come.
 */
function hangUpsBefore(hasHungUp: () => boolean, { pid }: CommandContext): { end: () => boolean } {
  let hasCome = false;
  const unsubscribe = onSignal(["SIGHUP"], () => {
    hasCome = true;
    if (!hasHungUp()) return;
    unsubscribe();
    sendSignal(pid, "SIGHUP");
  });
  const end = () => {
    unsubscribe();
    return hasCome;
  };
  return { end };
}
