/**
 * What did others leave, or still hold, that a new daemon or its programs would run into?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** What lies about. */
export interface LockFacts {
  readonly stateFolder: string;
  /** Whether a daemon has the state folder. */
  readonly isHeld: boolean;
  /** Whether that daemon answers. */
  readonly answers: boolean;
  /** Whether a file tells of a daemon that is gone. */
  readonly isStale: boolean;
  /** Gateways of a daemon that is gone which still run. */
  readonly orphans: readonly number[];
  /** Derby's lock on the metastore of the working folder, and whether anybody has it open; `null` without one. */
  readonly metastore: { readonly path: string; readonly holder: number | null } | null;
}

/** Judges it. */
export function examineLocks(facts: LockFacts): Examination {
  const { isHeld, stateFolder } = facts;
  return {
    seen: isHeld ? `a daemon has ${stateFolder}` : `nobody has ${stateFolder}`,
    findings: [...ofDaemon(facts), ...ofOrphans(facts), ...ofMetastore(facts)],
  };
}

function ofDaemon({ stateFolder, isHeld, answers, isStale }: LockFacts): readonly Finding[] {
  if (isHeld && !answers) {
    return [{
      severity: "warning",
      what: `Something holds the lock of ${stateFolder}, and no daemon answers for it`,
      why: "A new daemon is refused; one that is just starting or ending answers in a moment.",
      fix: `fuser -v ${stateFolder}/lock shows which process has it`,
    }];
  }
  if (!isStale) return [];
  return [{
    severity: "note",
    what: `${stateFolder} tells of a daemon that was killed`,
    why: "Its gateways have ended with it; the next daemon makes sure of that and clears up.",
    fix: "rekindle run",
  }];
}

function ofOrphans({ orphans }: LockFacts): readonly Finding[] {
  if (orphans.length === 0) return [];
  return [{
    severity: "warning",
    what: `Processes of a gateway without a daemon still run: ${orphans.join(", ")}`,
    why: "They hold memory, and the ports and files of their programs.",
    fix: `rekindle run ends them before it starts anything; or: kill ${orphans.join(" ")}`,
  }];
}

function ofMetastore({ metastore }: LockFacts): readonly Finding[] {
  if (metastore === null) return [];
  const { path, holder } = metastore;
  if (holder === null) return [];
  return [{
    severity: "warning",
    what: `The embedded metastore ${path} is open in process ${holder}`,
    why: "Derby lets one JVM in: a second program with enableHiveSupport() fails, XSDB6.",
    fix: `ps -fp ${holder}; end it, or work in another folder`,
  }];
}
