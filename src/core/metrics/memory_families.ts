/**
 * What is planned of memory and processors, what is allowed, and what is short?
 * @module
 */

import { leadOf } from "../pool/pool.ts";
import { REGIONS } from "../memory/region.ts";
import { counter, gauge } from "./family.ts";
import type { Family } from "./family.ts";
import type { ContainerReading } from "./readings.ts";
import type { MetricsSnapshot } from "./snapshot.ts";

/** The plan of the gateway, and the container it has to fit in. */
export function memoryFamilies(snapshot: MetricsSnapshot): readonly Family[] {
  const { pool, tally, memoryLimitBytes, memoryLeft, oomKills, container } = snapshot;
  const { plan } = leadOf(pool).life.memory;
  const counted = REGIONS.filter((region) => plan[region].countedBytes > 0);
  return [
    gauge(
      "rekindle_plan_bytes",
      "What each region of the JVM counts for in the memory plan; their sum is what the plan comes to.",
      counted.map((region) => [{ region }, Math.round(plan[region].countedBytes)]),
    ),
    gauge("rekindle_plan_budget_bytes", "What the plan may come to.", Math.round(plan.budget.jvmBytes)),
    gauge(
      "rekindle_plan_short_bytes",
      "By how much the budget is too small for the plan.",
      Math.round(plan.shortBytes),
    ),
    counter("rekindle_memory_adjustments", "Deaths that changed the memory plan.", tally.adjustments),
    gauge(
      "rekindle_memory_limit_bytes",
      "The least of the machine's memory and every limit above the daemon.",
      memoryLimitBytes,
    ),
    gauge(
      "rekindle_memory_left_bytes",
      "What is left of the limit that is nearest, page cache not counted.",
      memoryLeft?.leftBytes ?? null,
    ),
    counter(
      "rekindle_container_oom_kills",
      "Processes that the kernel has killed for want of memory in the daemon's control group.",
      oomKills,
    ),
    ...(container === null ? [] : containerFamilies(container)),
  ];
}

function containerFamilies({ cpu, memoryUsedBytes, pressure }: ContainerReading): readonly Family[] {
  const seconds = (ms: number | null | undefined) => ms === null || ms === undefined ? null : ms / 1000;
  return [
    gauge(
      "rekindle_container_memory_usage_bytes",
      "What the daemon's control group uses, page cache included.",
      memoryUsedBytes,
    ),
    gauge(
      "rekindle_container_cpu_limit_processors",
      "How many processors the least quota allows.",
      cpu?.limitProcessors ?? null,
    ),
    counter(
      "rekindle_container_cpu_periods",
      "Periods of the quota in which something ran.",
      cpu?.periods ?? null,
    ),
    counter(
      "rekindle_container_cpu_throttled_periods",
      "Of these, in how many the quota was used up.",
      cpu?.throttledPeriods ?? null,
    ),
    counter(
      "rekindle_container_cpu_throttled_seconds",
      "How long threads were kept from running by the quota, added up.",
      seconds(cpu?.throttledMs),
    ),
    counter(
      "rekindle_pressure_waiting_seconds",
      "Time in which at least one task waited for the resource (PSI).",
      pressure.map(({ resource, scope, waitingMs }) => [{ resource, scope }, seconds(waitingMs)]),
    ),
    counter(
      "rekindle_pressure_stalled_seconds",
      "Time in which every task waited for the resource (PSI).",
      pressure.map(({ resource, scope, stalledMs }) => [{ resource, scope }, seconds(stalledMs)]),
    ),
  ];
}
