/**
 * Which limits does this machine set to a gateway?
 * @module
 */

import type { ControlGroupFacts } from "../core/doctor/control_group.ts";
import { readLimit } from "../core/doctor/limits.ts";
import type { LimitFacts } from "../core/doctor/limits.ts";
import type { MemoryFacts } from "../core/doctor/memory.ts";
import type { ProcessorFacts } from "../core/doctor/processors.ts";
import { requestOf } from "../core/memory/memory.ts";
import { largestHeap } from "../core/memory/plan.ts";
import { groupLimits } from "../runtime/group_limits.ts";
import { userId } from "../runtime/process.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is planned, and what is there. */
export async function memoryFacts(
  { plan: { memory }, settings, master, context: { runtime: { machine } } }: Surroundings,
): Promise<MemoryFacts> {
  return {
    plan: memory.plan,
    askedHeapBytes: memory.basis.heapBytes,
    largestHeapBytes: largestHeap(requestOf(memory.basis, memory.record)),
    leftBytes: (await machine.memoryLeft())?.leftBytes ?? null,
    settings,
    master,
  };
}

/** How many processors there are. */
export function processorFacts(
  { settings, master, context: { runtime: { machine } } }: Surroundings,
): ProcessorFacts {
  return { processors: machine.processor().processors, quota: groupLimits().processors, settings, master };
}

/** The memory group. */
export function controlGroupFacts({ plan: { memory } }: Surroundings): ControlGroupFacts {
  return { ...groupLimits(), plannedBytes: memory.plan.totalBytes };
}

/** The limits of this process. */
export async function limitFacts(
  { plan: { memory }, context: { runtime: { files } } }: Surroundings,
): Promise<LimitFacts> {
  const text = await files.readText("/proc/self/limits").catch(() => "");
  const softOf = (name: string) => readLimit(text, name)?.soft ?? null;
  const { pids, unit } = groupLimits();
  return {
    openFiles: softOf("Max open files"),
    hardOpenFiles: readLimit(text, "Max open files")?.hard ?? null,
    processes: softOf("Max processes"),
    addressSpaceBytes: softOf("Max address space"),
    fileBytes: softOf("Max file size"),
    dataBytes: softOf("Max data size"),
    isRoot: userId() === 0,
    group: pids,
    unit,
    heapBytes: memory.plan.heap.bytes,
  };
}
