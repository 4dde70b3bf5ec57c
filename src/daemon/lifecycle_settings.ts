/**
 * Which numbers does the machine go by, given what the user has set?
 * @module
 */

import type { Settings } from "../config.ts";
import { DEFAULT_SETTINGS } from "../core/lifecycle.ts";
import type { LifecycleSettings } from "../core/lifecycle.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import type { PoolPolicy } from "../core/pool/pool.ts";
import { heapDumpMs } from "../incident/heap_dump.ts";

/** The settings of a daemon's gateways. */
export function lifecycleSettings(
  settings: Settings,
  { budget }: MemoryPlan,
  pool: PoolPolicy,
): LifecycleSettings {
  const { startTimeoutMs, heartbeatMs, restart, memoryMode, heapDump, origins } = settings;
  return {
    ...DEFAULT_SETTINGS,
    startTimeoutMs,
    // Who asks seldom must also wait longer, by the same ratio as the defaults.
    suspectAfterMs: Math.max(DEFAULT_SETTINGS.suspectAfterMs, 2.5 * heartbeatMs),
    actAfterMs: Math.max(DEFAULT_SETTINGS.actAfterMs, 7.5 * heartbeatMs),
    // No heap will be larger than the budget. Who has nothing to wait for says so sooner.
    inspectTimeoutMs: DEFAULT_SETTINGS.inspectTimeoutMs + (heapDump ? heapDumpMs(budget.bytes) : 0),
    restartMode: restart,
    memory: { mode: memoryMode, modeIsExplicit: origins["memory-mode"] !== undefined },
    pool,
  };
}
