/**
 * Does what Spark is told to use fit into the memory there is?
 * @module
 */

import { formatSize, MIB, renderSize } from "../jvm_flags.ts";
import { LIMIT_OF } from "../memory/budget.ts";
import type { MemoryPlan } from "../memory/plan.ts";
import { SPARK_LEAST_HEAP_BYTES } from "../memory/region.ts";
import type { Examination, Finding } from "./finding.ts";
import { sparkSize } from "./settings.ts";
import type { SparkSettings } from "./settings.ts";

/** What is planned, and what is there. */
export interface MemoryFacts {
  readonly plan: MemoryPlan;
  /** What was asked for with `--heap`, in bytes, or `null`. */
  readonly askedHeapBytes: number | null;
  /** The largest heap that fits. */
  readonly largestHeapBytes: number;
  /** What is left just now; `null` when it is not known. */
  readonly leftBytes: number | null;
  readonly settings: SparkSettings;
  /** Where tasks run: a master URL. */
  readonly master: string;
}

/** Settings that hold a size, and what a bare number in them counts (Spark's configuration page). */
const SIZES: Readonly<Record<string, number>> = {
  "spark.driver.maxResultSize": 1,
  "spark.driver.memory": MIB,
  "spark.driver.memoryOverhead": MIB,
  "spark.executor.memory": MIB,
  "spark.executor.memoryOverhead": MIB,
  "spark.memory.offHeap.size": 1,
};

/** Judges the sizes. */
export function examineMemory(facts: MemoryFacts): Examination {
  const { plan: { heap, totalBytes, budget } } = facts;
  return {
    seen:
      `heap ${formatSize(heap.bytes)} (${heap.why}), ${formatSize(totalBytes)} with everything beside it, ` +
      `of the ${formatSize(budget.bytes)} ${LIMIT_OF[budget.source]}`,
    findings: [
      ...unreadable(facts),
      ...ofHeap(facts),
      ...ofNow(facts),
      ...ofExecutors(facts),
      ...offHeap(facts),
      ...results(facts),
    ],
  };
}

function unreadable({ settings }: MemoryFacts): readonly Finding[] {
  return Object.entries(SIZES).flatMap(([name, unit]) => {
    const setting = settings[name];
    if (setting === undefined || sparkSize(setting.value, unit) !== null) return [];
    return [{
      severity: "error",
      what: `${name} is ${JSON.stringify(setting.value)}, which is no size (${setting.by})`,
      why: "Spark and Java read whole numbers with a unit only: the gateway or its first context fails.",
      fix: `Write, for example, --conf ${name}=1536m`,
    }];
  });
}

function ofHeap({ plan, largestHeapBytes, askedHeapBytes }: MemoryFacts): readonly Finding[] {
  const { heap, budget, pinnedBy, shortBytes, totalBytes } = plan;
  const place = pinnedBy ?? "--heap";
  if (heap.bytes < SPARK_LEAST_HEAP_BYTES) {
    return [{
      severity: "error",
      what: `A heap of ${formatSize(heap.bytes)} is less than Spark makes a context in (${
        formatSize(SPARK_LEAST_HEAP_BYTES)
      })`,
      why: "Every program fails at its first line of Spark.",
      fix: `Raise ${place}: 512m is the least that works`,
    }];
  }
  const fit = `${pinnedBy === null ? "--heap " : `Set ${pinnedBy} to `}${renderSize(largestHeapBytes)}` +
    `, or leave it out`;
  if (heap.bytes > budget.bytes) {
    return [{
      severity: "error",
      what: `A heap of ${formatSize(heap.bytes)} (${place}) is more than the ${formatSize(budget.bytes)} ${
        LIMIT_OF[budget.source]
      }`,
      why:
        "The kernel kills the gateway as soon as it uses what it was promised, or Java does not start at all.",
      fix: fit,
    }];
  }
  if (shortBytes === 0) {
    // What a death has taught may be less, and is meant.
    if (askedHeapBytes === null || heap.provenance !== budget.source) return [];
    return [{
      severity: "note",
      what: `--heap ${renderSize(askedHeapBytes)} becomes ${formatSize(heap.bytes)}`,
      why: `${heap.why}: a gateway that grew beyond that would be killed.`,
      fix: `Raise the limit of memory, or ${fit}`,
    }];
  }
  return [{
    severity: "warning",
    what:
      `The gateway may come to use ${formatSize(totalBytes)}, ${formatSize(shortBytes)} more than is there ` +
      `beside Python and the daemon`,
    why: "A job that uses it is ended by the kernel's out-of-memory killer.",
    fix: `${fit}; rekindle plan shows every region`,
  }];
}

function ofNow({ plan: { heap, totalBytes, shortBytes }, leftBytes }: MemoryFacts): readonly Finding[] {
  // What never fits does not fit now either.
  if (leftBytes === null || leftBytes >= totalBytes || shortBytes > 0) return [];
  const isStartable = leftBytes > heap.bytes;
  return [{
    severity: isStartable ? "note" : "warning",
    what: `Only ${formatSize(leftBytes)} are free just now, and the gateway may use ${
      formatSize(totalBytes)
    }`,
    why: "Others use the rest: whoever asks last is killed, or the machine swaps.",
    fix: "ps -eo pid,rss,args --sort=-rss | head shows who has it",
  }];
}

function ofExecutors({ settings, master, plan: { budget } }: MemoryFacts): readonly Finding[] {
  const asked = settings["spark.executor.memory"];
  if (/^local(?:\[|$)/.test(master)) {
    if (asked === undefined) return [];
    return [{
      severity: "note",
      what: `spark.executor.memory=${asked.value} has no effect with the master ${master} (${asked.by})`,
      why: "Tasks run in the gateway itself: its heap is all they have.",
      fix: `--heap ${asked.value}`,
    }];
  }
  const [, count = "1", , megabytes] =
    /^local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]$/.exec(master) ?? [];
  const isHere = megabytes !== undefined || /^spark:\/\/(?:localhost|127\.)/.test(master);
  if (!isHere) return [];
  const each = megabytes === undefined ? sparkSize(asked?.value ?? "1g", MIB) ?? 0 : Number(megabytes) * MIB;
  const all = each * Number(count);
  if (all <= budget.bytes) return [];
  return [{
    severity: megabytes === undefined ? "warning" : "error",
    what: `Executors of ${formatSize(all)} on this machine (${master}) are more than the ${
      formatSize(budget.bytes)
    } ${LIMIT_OF[budget.source]}`,
    why: "Workers offer none as large, so jobs wait for ever, or the kernel kills what it cannot hold.",
    fix: "Lower --conf spark.executor.memory, or the master's third number",
  }];
}

function offHeap({ settings, plan: { budget, totalBytes } }: MemoryFacts): readonly Finding[] {
  if (settings["spark.memory.offHeap.enabled"]?.value !== "true") return [];
  const size = settings["spark.memory.offHeap.size"];
  const bytes = size === undefined ? 0 : sparkSize(size.value, 1);
  if (bytes === null) return [];
  if (bytes === 0) {
    return [{
      severity: "error",
      what: "spark.memory.offHeap.enabled is true without a spark.memory.offHeap.size",
      why: "Spark makes no context: the size must be above 0.",
      fix: "--conf spark.memory.offHeap.size=512m",
    }];
  }
  if (totalBytes + bytes <= budget.jvmBytes) return [];
  return [{
    severity: "warning",
    what:
      `spark.memory.offHeap.size (${formatSize(bytes)}) comes on top of the ${
        formatSize(totalBytes)
      } planned, ` +
      `and only ${formatSize(budget.jvmBytes)} are there for the gateway`,
    why: "No plan counts it: the kernel kills the gateway once it is used.",
    fix: `Lower --heap by as much, or --conf spark.memory.offHeap.enabled=false`,
  }];
}

function results({ settings, plan: { heap } }: MemoryFacts): readonly Finding[] {
  const setting = settings["spark.driver.maxResultSize"];
  const bytes = setting === undefined ? null : sparkSize(setting.value, 1);
  if (setting === undefined || bytes === null || bytes > 0 && bytes <= heap.bytes) return [];
  return [{
    severity: "warning",
    what: `spark.driver.maxResultSize=${setting.value} lets a result be larger than the heap of ${
      formatSize(heap.bytes)
    } (${setting.by})`,
    why:
      "collect() of too much then ends in an OutOfMemoryError of the gateway, not in an error of the program.",
    fix: `--conf spark.driver.maxResultSize=${renderSize(Math.floor(heap.bytes / 2 / MIB) * MIB)}`,
  }];
}
