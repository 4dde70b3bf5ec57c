/**
 * How does this machine limit memory, and can the daemon see what it does?
 * @module
 */

import { formatSize } from "../jvm_flags.ts";
import type { Examination, Finding } from "./finding.ts";

/** The memory group of this process. */
export interface ControlGroupFacts {
  /** `null` where no hierarchy counts memory. */
  readonly version: 1 | 2 | null;
  /** Whether both versions are mounted. */
  readonly isHybrid: boolean;
  /** The hard limit, in bytes; `null` without one. */
  readonly limitBytes: number | null;
  /** Version 2's `memory.high`, in bytes; `null` without one. */
  readonly highBytes: number | null;
  /** Whether it can be read how many the kernel has killed. */
  readonly countsKills: boolean;
  /** Version 2's `memory.oom.group`: a kill takes the whole group. */
  readonly killsAll: boolean;
  /** What of the machine's swap is used, in bytes. */
  readonly swapUsedBytes: number;
  /** What a plan counts with: heap and everything beside it, in bytes. */
  readonly plannedBytes: number;
  /** The unit of systemd this process belongs to, such as `rekindle@main.service`; `null` outside of one. */
  readonly unit: string | null;
}

/** Judges the group. */
export function examineControlGroup(facts: ControlGroupFacts): Examination {
  const { version, isHybrid, limitBytes } = facts;
  return {
    seen: version === null
      ? "memory is not counted"
      : `version ${version}${isHybrid ? " (hybrid)" : ""}, ${
        limitBytes === null ? "no memory limit" : `memory limit ${formatSize(limitBytes)}`
      }`,
    findings: [...ofCounters(facts), ...ofHigh(facts), ...ofGroupKill(facts), ...ofSwap(facts)],
  };
}

function ofCounters({ version, countsKills, limitBytes }: ControlGroupFacts): readonly Finding[] {
  if (version !== null && countsKills) return [];
  return [{
    severity: limitBytes === null ? "note" : "warning",
    what: version === null
      ? "No control group counts this process's memory"
      : "The control group does not tell whom the kernel has killed",
    why: "A kill for want of memory is told from others by the machine's own counter alone.",
    fix: "Mount the memory controller into the container; under systemd: MemoryAccounting=yes",
  }];
}

function ofHigh({ highBytes, plannedBytes, limitBytes, unit }: ControlGroupFacts): readonly Finding[] {
  if (highBytes === null || highBytes >= plannedBytes || limitBytes !== null && limitBytes <= highBytes) {
    return [];
  }
  return [{
    severity: "warning",
    what: `memory.high is ${formatSize(highBytes)}, and the gateway may use ${formatSize(plannedBytes)}`,
    why:
      "Nobody is killed there: the kernel makes every process of the group wait, until the gateway looks hung.",
    fix: unit === null
      ? `--memory-limit ${Math.floor(highBytes / 2 ** 20)}m`
      : `systemctl edit ${unit}: [Service] MemoryHigh=infinity, or: --memory-limit ${
        Math.floor(highBytes / 2 ** 20)
      }m`,
  }];
}

function ofGroupKill({ killsAll, unit }: ControlGroupFacts): readonly Finding[] {
  if (!killsAll) return [];
  return [{
    severity: "warning",
    what: "memory.oom.group is set: the kernel kills the whole group at once",
    why: "The daemon dies with its gateway and cannot say why, nor bring it back.",
    fix: unit === null
      ? "Kubernetes: the kubelet's singleProcessOOMKill: true"
      : `systemctl edit ${unit}: [Service] OOMPolicy=continue`,
  }];
}

function ofSwap({ swapUsedBytes, plannedBytes }: ControlGroupFacts): readonly Finding[] {
  if (swapUsedBytes < plannedBytes / 4) return [];
  return [{
    severity: "note",
    what: `${formatSize(swapUsedBytes)} of this machine's memory are swapped out`,
    why:
      "A collection touches the whole heap: with a part of it on disk it takes minutes and looks like a hang.",
    fix: "swapoff -a, or a smaller --heap",
  }];
}
