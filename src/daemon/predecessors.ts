/**
 * What have daemons before this one left, and what must be done about it before a gateway is started? Their ledger
 * goes on, their gateways end, their folders go.
 * @module
 */

import { join } from "@std/path";
import type { OpenGeneration } from "../core/ledger/ledger.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Folders } from "../folders.ts";
import { pruneLogs } from "../incident/log_retention.ts";
import type { Logger } from "../log.ts";
import type { Runtime } from "../runtime/deno.ts";
import { Ledger, LEDGER_FILE } from "../supervisor/ledger.ts";
import { endOrphans, removeTraces, sweepEmbedded } from "../supervisor/leftovers.ts";
import type { Orphan, Removal } from "../supervisor/leftovers.ts";

/** Whose predecessors, and where. */
export interface PredecessorOptions {
  readonly folders: Folders;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** The value of `OWNER_VARIABLE` in the environment of this daemon's gateways. */
  readonly owner: string;
  readonly scratchPrefix: string;
  readonly pid: number;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

/**
 * Opens the ledger, ends what still runs of earlier gateways and removes what they left. The caller holds the lock of
 * the state folder.
 * @throws {UserError} When the ledger cannot be used, or a gateway of before does not die: a second one beside it
 *   could do harm.
 */
export async function succeed(options: PredecessorOptions): Promise<Ledger> {
  const { folders, runtime: { files, machine, clock }, log, owner, pid, version, onError } = options;
  const ledger = await Ledger.open(join(folders.state, LEDGER_FILE), { files, clock, onError });
  const { open, records, tornBytes, damagedLines } = ledger.contents;
  if (tornBytes > 0 || damagedLines > 0) {
    log.warn(
      `the ledger was damaged, by a daemon that was killed or a disk that was full: repaired, ` +
        `lines moved to ${LEDGER_FILE}.damaged: ${damagedLines + (tornBytes > 0 ? 1 : 0)}`,
    );
  }
  const at = () => clock.date().toISOString();
  const orphans = await endOrphans({ owner, open, machine, clock, selfPid: pid });
  for (const orphan of orphans) {
    log.warn(`process ${orphan.pid}, left by a daemon that was killed: ${orphan.how}`, { pid: orphan.pid });
  }
  const undying = orphans.filter(({ how }) => how === "would not die");
  if (undying.length > 0) {
    await ledger.close();
    throw cannotEnd(undying);
  }
  for (const { generation, pid, how } of [...orphans, ...unseen(open, orphans)]) {
    if (how !== "would not die") await ledger.append({ kind: "orphan", at: at(), generation, pid, how });
  }
  await ledger.append({ kind: "daemon", at: at(), pid, version });
  const gone = records.flatMap((record) => record.kind === "started" ? [record.pid] : []).slice(
    -REMEMBERED_PIDS,
  );
  tell(
    await removeTraces({ files, machine, temp: folders.temp, prefix: options.scratchPrefix, gone }),
    log,
  );
  tell(await pruneLogs(folders.logs, { files, clock }), log, "which is old");
  return ledger;
}

/** Removes what embedded daemons left that were killed. */
export async function sweepAfterEmbedded(
  { temp, runtime: { files, machine }, log }: {
    readonly temp: string;
    readonly runtime: Runtime;
    readonly log: Logger;
  },
): Promise<void> {
  tell(await sweepEmbedded({ files, machine, temp }), log);
}

/** Those of before have had their traces looked for by the daemons before. */
const REMEMBERED_PIDS = 20;

/** Gateways that nobody saw end and that are gone: the ledger is told, so that nobody looks for them again. */
function unseen(open: readonly OpenGeneration[], orphans: readonly Orphan[]) {
  return open.filter(({ generation }) => !orphans.some((orphan) => orphan.generation === generation))
    .map(({ generation, pid }) => ({ generation, pid, how: "gone already" as const }));
}

function cannotEnd(orphans: readonly Orphan[]): UserError {
  const pids = orphans.map(({ pid }) => pid).join(", ");
  return new UserError(`Cannot start: a gateway of an earlier daemon does not die (process ${pids})`, {
    hint: `It may wait for a disk that does not answer (ps -o stat,wchan -p ${
      orphans[0]?.pid
    }); end it, then start again.`,
    exitCode: EXIT.tempFail,
  });
}

function tell({ removed, failed }: Removal, log: Logger, why = "left by a daemon that was killed"): void {
  for (const path of removed) log.info(`removed ${path}, ${why}`);
  for (const { path, reason } of failed) log.warn(`could not remove ${path}: ${reason}`);
}
