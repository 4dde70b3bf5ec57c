/**
 * Is the wanted name that of a service of the system, and may this user do with it what is asked?
 * @module
 */

import { join } from "@std/path";
import { LOCK_FILE } from "../daemon/address.ts";
import type { Settings } from "../config.ts";
import { EXIT, UserError } from "../errors.ts";
import { serviceFolders } from "../folders.ts";
import type { Folders } from "../folders.ts";
import type { Files } from "../ports.ts";
import type { CommandContext } from "./context.ts";

/** The service's folders; `null` when there is none of this name, or only its own user and root may look into them. */
export async function serviceOf(
  { name, stateDir }: Pick<Settings, "name" | "stateDir">,
  files: Pick<Files, "stat">,
): Promise<Folders | null> {
  if (name === null || stateDir !== null) return null;
  const folders = serviceFolders(name);
  return await files.stat(join(folders.state, LOCK_FILE)) === null ? null : folders;
}

/**
 * Whoever names a service wants its gateway, and no other that a command would bring up instead.
 * @param found Whether its daemon runs, and who asks for a gateway.
 * @throws {UserError} When it does not run, or root asks: a gateway serves programs of its own user alone.
 */
export function mustServe(
  { service, settings: { name } }: Pick<CommandContext, "service" | "settings">,
  { isRunning, user }: { readonly isRunning: boolean; readonly user: number | null },
): void {
  if (service === null) return;
  if (user === 0) {
    throw new UserError(
      `Cannot use the gateway of the service rekindle@${name}: it serves its own user alone`,
      {
        hint: `Run the program as that user: sudo -u "$(systemctl show -P User rekindle@${name})" rekindle …`,
        exitCode: EXIT.noPermission,
      },
    );
  }
  if (isRunning) return;
  throw new UserError(`Cannot use the gateway of the service rekindle@${name}: it does not run`, {
    hint: `Start it with: systemctl start rekindle@${name}`,
    exitCode: EXIT.unavailable,
  });
}
