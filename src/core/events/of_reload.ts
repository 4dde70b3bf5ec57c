/**
 * What has happened when a running daemon has read its configuration again?
 * @module
 */

import type { DaemonEvent } from "./event.ts";

/** What reading again has come to. */
export type ReloadOutcome =
  | {
    readonly kind: "read";
    /** The file that was read; `null` when none is named. */
    readonly path: string | null;
    readonly changes: readonly string[];
    readonly pending: readonly string[];
  }
  /** It has mistakes, so that everything stays. */
  | { readonly kind: "refused"; readonly mistakes: number };

/** The event of it. */
export function eventOfReload(outcome: ReloadOutcome): DaemonEvent {
  const about = { kind: "reload", generation: null } as const;
  if (outcome.kind === "refused") {
    const { mistakes } = outcome;
    const text = `configuration: nothing is changed: it has ${mistakes} mistake${mistakes === 1 ? "" : "s"}`;
    return { ...about, changes: [], pending: [], mistakes, level: "error", text };
  }
  const { path, changes, pending } = outcome;
  const read = path === null ? "no configuration file is named" : `read ${path} again`;
  const taken = changes.length === 0 ? "nothing to take up" : changes.join(", ");
  const waiting = pending.length === 0 ? "" : `; needing a restart: ${pending.join(", ")}`;
  const level = pending.length === 0 ? "info" : "warn";
  return {
    ...about,
    changes,
    pending,
    mistakes: 0,
    level,
    text: `configuration: ${read}; ${taken}${waiting}`,
  };
}
