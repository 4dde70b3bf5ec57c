/**
 * By which names is a daemon found: those of its files, and that of its API?
 * @module
 */

/** The file in the runtime folder that tells other commands where the daemon is. */
export const DAEMON_FILE = "daemon.json";

/** The name of the lock in the state folder; who holds it is the daemon of that folder. */
export const LOCK_FILE = "lock";

/** The base of the API's addresses. */
export function urlOf(hostname: string, port: number): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
