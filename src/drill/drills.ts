/**
 * How is a drill run, by its name?
 * @module
 */

import { DAEMON_DRILLS } from "./daemon_drills.ts";
import type { DaemonDrill } from "./daemon_drills.ts";
import type { DrillOutcome, Fault } from "./fault.ts";
import { RUNNING_FAULTS } from "./faults.ts";
import type { DrillName } from "./names.ts";
import { drillRunning } from "./running_drill.ts";
import type { ScratchOptions } from "./scratch.ts";

/** Every drill: a fault of a running gateway, or one of the daemon's. */
const DRILLS: Readonly<Record<DrillName, Fault | DaemonDrill>> = { ...RUNNING_FAULTS, ...DAEMON_DRILLS };

/** What a drill does, in a few words. */
export function whatOf(name: DrillName): string {
  return DRILLS[name].what;
}

/** Runs one; never rejects. `progress` is told what is being done. */
export async function runDrill(
  name: DrillName,
  options: ScratchOptions & { readonly progress: (what: string) => void },
): Promise<DrillOutcome> {
  const drill = DRILLS[name];
  return "run" in drill ? await drill.run(name, options) : await drillRunning(name, drill, options);
}
