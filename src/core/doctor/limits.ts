/**
 * Do the limits of this process, which the gateway inherits, leave it room to work?
 * @module
 */

import { formatSize, GIB, MIB } from "../jvm_flags.ts";
import type { Examination, Finding } from "./finding.ts";

/** Soft limits of setrlimit(2); `null` for no limit. */
export interface LimitFacts {
  readonly openFiles: number | null;
  readonly hardOpenFiles: number | null;
  /** Threads and processes of this user; root has no such limit, whatever it says. */
  readonly processes: number | null;
  readonly addressSpaceBytes: number | null;
  readonly fileBytes: number | null;
  readonly dataBytes: number | null;
  readonly isRoot: boolean;
  /** Threads that the control group allows, and has; `null` without a limit. */
  readonly group: { readonly most: number; readonly used: number } | null;
  /** The unit of systemd that this process belongs to, or `null`. */
  readonly unit: string | null;
  /** What the heap is to be, in bytes. */
  readonly heapBytes: number;
}

/** Idle gateways hold 300 files open, most of them jars; sorting shuffles hold one a partition. */
const LEAST_FILES = 512, USUAL_FILES = 4096;
/** Threads of a gateway under load, 840 at most, of its Python workers and the daemon. */
const LEAST_THREADS = 512, USUAL_THREADS = 2048;

/** Judges the limits. */
export function examineLimits(facts: LimitFacts): Examination {
  const { openFiles, processes, unit } = facts;
  const told = (limit: number | null) => limit === null ? "unlimited" : String(limit);
  return {
    seen: `open files ${told(openFiles)}, processes ${told(processes)}${unit === null ? "" : `, in ${unit}`}`,
    findings: [...ofFiles(facts), ...ofThreads(facts), ...ofGroup(facts), ...ofSizes(facts)],
  };
}

/** Where such a limit is to be raised. */
function fixOf(unit: string | null, ulimit: string, directive: string): string {
  return unit === null ? `${ulimit}, before the start` : `systemctl edit ${unit}: [Service] ${directive}`;
}

function ofFiles({ openFiles, hardOpenFiles, unit }: LimitFacts): readonly Finding[] {
  if (openFiles === null || openFiles >= USUAL_FILES) return [];
  // HotSpot raises its own soft limit to the hard one (-XX:+MaxFDLimit); Python's workers and the daemon do not.
  const most = hardOpenFiles ?? Infinity;
  const isTooFew = Math.max(openFiles, most) < LEAST_FILES || openFiles < 64;
  if (!isTooFew && most >= USUAL_FILES) return [];
  return [{
    severity: isTooFew ? "error" : "warning",
    what: `A process may hold no more than ${openFiles} files open (hard limit ${hardOpenFiles ?? "none"})`,
    why: isTooFew
      ? "Spark's jars alone are 300 to 400: Too many open files, at the start."
      : "A shuffle with many partitions fails: Too many open files.",
    fix: fixOf(unit, `ulimit -n 65536`, "LimitNOFILE=65536"),
  }];
}

function ofThreads({ processes, isRoot, unit }: LimitFacts): readonly Finding[] {
  if (processes === null || isRoot || processes >= USUAL_THREADS) return [];
  return [{
    severity: processes < LEAST_THREADS ? "error" : "warning",
    what: `This user may have no more than ${processes} processes and threads`,
    why:
      "A gateway has 320 to 840 threads: unable to create native thread, which Java calls an OutOfMemoryError.",
    fix: fixOf(unit, "ulimit -u 16384", "LimitNPROC=16384"),
  }];
}

function ofGroup({ group, unit }: LimitFacts): readonly Finding[] {
  if (group === null) return [];
  const left = group.most - group.used;
  if (left >= USUAL_THREADS) return [];
  return [{
    severity: left < LEAST_THREADS ? "error" : "warning",
    what: `The control group allows ${left} more processes and threads (of ${group.most})`,
    why:
      "A gateway has 320 to 840 threads: unable to create native thread, which Java calls an OutOfMemoryError.",
    fix: unit === null
      ? "docker run --pids-limit 4096, or the podPidsLimit of the kubelet"
      : fixOf(unit, "", "TasksMax=4096"),
  }];
}

function ofSizes(facts: LimitFacts): readonly Finding[] {
  const { addressSpaceBytes, fileBytes, dataBytes, heapBytes, unit } = facts;
  const findings: Finding[] = [];
  // Heap, class space, code cache and the mapped jars: 3 GiB beside the heap were not enough for 2 GiB of it.
  const wantedBytes = heapBytes + 4 * GIB;
  const space = addressSpaceBytes ?? dataBytes;
  if (space !== null && space < wantedBytes) {
    findings.push({
      severity: space < heapBytes + GIB ? "error" : "warning",
      what: `A process may use no more than ${formatSize(space)} of ${
        addressSpaceBytes === null ? "data" : "address space"
      }`,
      why:
        "Java reserves much more than it uses: Could not reserve enough space, or the JVM dies of a refused malloc.",
      fix: fixOf(
        unit,
        addressSpaceBytes === null ? "ulimit -d unlimited" : "ulimit -v unlimited",
        addressSpaceBytes === null ? "LimitDATA=infinity" : "LimitAS=infinity",
      ),
    });
  }
  if (fileBytes !== null && fileBytes < GIB) {
    findings.push({
      severity: fileBytes < 64 * MIB ? "error" : "warning",
      what: `A file may be no larger than ${formatSize(fileBytes)}`,
      why: "Shuffles and spills are larger: File size limit exceeded, which ends the JVM by a signal.",
      fix: fixOf(unit, "ulimit -f unlimited", "LimitFSIZE=infinity"),
    });
  }
  return findings;
}

/** Reads `/proc/self/limits` (proc(5)): a name, the soft limit, the hard one. */
export function readLimit(
  text: string,
  name: string,
): { readonly soft: number | null; readonly hard: number | null } | null {
  const line = text.split("\n").find((each) => each.startsWith(name));
  const [, soft, hard] = /\s(\d+|unlimited)\s+(\d+|unlimited)\s/.exec(line?.slice(name.length) ?? "") ?? [];
  if (soft === undefined || hard === undefined) return null;
  const numberOf = (word: string) => word === "unlimited" ? null : Number(word);
  return { soft: numberOf(soft), hard: numberOf(hard) };
}
