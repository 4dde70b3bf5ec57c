/**
 * How are the memory plan, what it stands on and what was learned told?
 * @module
 */

import type { MemoryBasis, MemoryMode } from "../../core/memory/basis.ts";
import type { MemoryBudget, MemoryLimit, Reserve } from "../../core/memory/budget.ts";
import type { MemoryPlan, Pin, PlannedRegion, Provenance, Size } from "../../core/memory/plan.ts";
import type { Bounds, MemoryRecord, Sizes, Step, Use, Wish } from "../../core/memory/record.ts";
import { REGIONS } from "../../core/memory/region.ts";
import type { Region, SizedRegion } from "../../core/memory/region.ts";
import type { PlanDocument } from "../plan.ts";
import {
  amount,
  list,
  meaning,
  named,
  nullable,
  oneOf,
  partial,
  record,
  table,
  text,
  truth,
  whole,
  words,
} from "./schema.ts";
import type { Schema } from "./schema.ts";
import { causeClass, generation, phase } from "./verdict.ts";

/** A part of a JVM's memory. */
export const region = oneOf<Region>(
  "A part of a JVM's memory; `classSpace` is a part of `metaspace`.",
  REGIONS,
);

const SIZED = REGIONS.filter((each): each is SizedRegion => each !== "overhead");
const sizedRegion = oneOf<SizedRegion>("A part of a JVM's memory that a flag limits.", SIZED);

/** The flags of a JVM as it tells them itself. */
export const flags = nullable(
  table(
    "The limits that the running JVM has, by HotSpot's names and in bytes, read back from it; `null` without one.",
    nullable(whole("In bytes; `null` where the JVM does not tell.")),
  ),
);

const limitSource = words<MemoryLimit["source"]>("Whose limit it is.", {
  container: "the control group's",
  machine: "all there is",
  user: "`--memory-limit`",
});

const memoryLimit = named(
  "MemoryLimit",
  record<MemoryLimit>("The least of every limit.", { bytes: amount("In bytes."), source: limitSource }),
);

const reserve = named(
  "Reserve",
  record<Reserve>("Somebody else who lives of the same memory.", {
    for: oneOf("Who.", ["daemon", "python", "standby", "system", "gateways"]),
    bytes: amount("How much is left to them, in bytes."),
    why: text("Why as much."),
  }),
);

const plannedRegion = named(
  "PlannedRegion",
  record<PlannedRegion>("One part of the JVM's memory.", {
    bytes: amount("Its limit in bytes; for `stack` that of one thread."),
    countedBytes: amount("What it counts for in the budget, in bytes."),
    provenance: words<Provenance>("Where the value comes from.", {
      default: "nobody said anything",
      user: "a setting of rekindle",
      pinned: "a setting of Spark or Java",
      container: "the container's limit left no more",
      machine: "the machine's memory left no more",
      adjusted: "changed after a death",
      learned: "seen to be needed",
    }),
    why: text("Why this value, in words."),
  }),
);

/** A part whose description says which it is. */
const part = (description: string): Schema<PlannedRegion> => meaning(description, plannedRegion);

/** The sizes of one start. */
export const memoryPlan = named(
  "MemoryPlan",
  record<MemoryPlan>("The sizes that a gateway is started with.", {
    heap: part("The heap: `-Xmx`."),
    direct: part("Direct buffers: `-XX:MaxDirectMemorySize`."),
    metaspace: part("What classes take: `-XX:MaxMetaspaceSize`."),
    classSpace: part("A part of the metaspace: `-XX:CompressedClassSpaceSize`."),
    codeCache: part("Compiled code: `-XX:ReservedCodeCacheSize`."),
    stack: part("One thread's stack: `-Xss`."),
    overhead: part("What the JVM itself takes; no flag limits it."),
    budget: named(
      "MemoryBudget",
      record<MemoryBudget>("What there is for one JVM.", {
        bytes: amount("The limit for everything, in bytes."),
        source: limitSource,
        reserves: list("Who else lives of it.", reserve),
        jvmBytes: amount("What is left for the JVM, in bytes."),
      }),
    ),
    totalBytes: amount("What the parts come to, in bytes."),
    shortBytes: amount("How much of it the budget does not hold, in bytes; as a rule 0."),
    pinnedBy: nullable(text("The setting of Spark's or Java's that fixes the heap, or `null`.")),
    mallocArenas: nullable(whole("`MALLOC_ARENA_MAX` of the process; `null` leaves it as it is.")),
  }),
);

const pin = named(
  "Pin",
  record<Pin>("A size that a setting of Spark's or Java's fixes.", {
    bytes: amount("In bytes."),
    by: text("The setting.", { examples: ["spark.driver.memory"] }),
  }),
);

/** Some of the parts that a flag limits. */
function someRegions<T>(
  description: string,
  one: Schema<T>,
): Schema<Partial<Readonly<Record<SizedRegion, T>>>> {
  const all = { heap: one, direct: one, metaspace: one, classSpace: one, codeCache: one, stack: one };
  return partial<Readonly<Record<SizedRegion, T>>>(description, all);
}

const pins = someRegions("The sizes that are fixed.", pin);
const bytes = amount("In bytes.");
const wallMs = amount("When, in milliseconds since 1970.");
const seen = (what: string) => nullable(amount(`${what}, in bytes; \`null\` where it was not seen.`));

const memoryRecord = named(
  "MemoryRecord",
  record<MemoryRecord>("What was learned of memory, kept from one daemon to the next.", {
    wish: record<Wish>("What the sizes were chosen for.", {
      limitBytes: amount("The limit for everything, in bytes."),
      heapBytes: nullable(amount("`--heap` in bytes, or `null`.")),
      pins,
    }),
    sizes: someRegions(
      "The sizes that were chosen after a death, or learned.",
      named(
        "LearnedSize",
        record<Size>("A size that was chosen.", {
          bytes,
          provenance: oneOf("Whether a death led to it, or what was seen.", ["adjusted", "learned"]),
          why: text("Why, in words."),
        }),
      ),
    ),
    bounds: someRegions(
      "Sizes that are known to fail.",
      named(
        "Bounds",
        record<Bounds>("Between which sizes the right one lies.", {
          tooSmallBytes: nullable(amount("The largest that was too small, in bytes.")),
          tooLargeBytes: nullable(amount("The smallest that was too large, in bytes.")),
          atMs: wallMs,
        }),
      ),
    ),
    steps: list(
      "The changes that deaths have led to, oldest first.",
      named(
        "MemoryStep",
        record<Step>("One change.", {
          atMs: wallMs,
          generation,
          cause: causeClass,
          region: sizedRegion,
          fromBytes: bytes,
          toBytes: bytes,
          fillMs: nullable(
            amount("How long the heap took from a quarter full to the death, in milliseconds."),
          ),
        }),
      ),
    ),
    uses: list(
      "The most that each of the last gateways was seen to use, oldest first.",
      named(
        "MemoryUse",
        record<Use>("The most that one gateway was seen to use.", {
          generation,
          atMs: wallMs,
          oldBytes: seen("The old generation as a collection left it"),
          metaspaceBytes: seen("The metaspace"),
          besideBytes: seen("Everything in memory beside the heap"),
          pythonBytes: seen("Its Python workers together"),
        }),
      ),
    ),
    lastGood: nullable(
      record<Sizes>("The sizes of the last gateway that was ready.", {
        heap: bytes,
        direct: bytes,
        metaspace: bytes,
        classSpace: bytes,
        codeCache: bytes,
        stack: bytes,
      }),
    ),
    calmSinceMs: amount("When memory was last short, in milliseconds since 1970."),
    leak: nullable(
      record<NonNullable<MemoryRecord["leak"]>>("A heap that only delays the death.", {
        heapBytes: bytes,
        atMs: wallMs,
      }),
    ),
    mallocArenas: nullable(whole("`MALLOC_ARENA_MAX` that was chosen after a death, or `null`.")),
  }),
);

const memoryBasis = named(
  "MemoryBasis",
  record<MemoryBasis>("What the machine and the user give.", {
    limit: memoryLimit,
    heapBytes: nullable(amount("`--heap` in bytes, or `null`.")),
    pins,
    parallelTasks: whole("Tasks that run at once in the gateway itself."),
    isLocal: truth("Whether tasks run in the gateway itself, and not on a cluster."),
    defaultStackBytes: amount("HotSpot's own default for a thread's stack, in bytes."),
    gateways: whole("How many gateways share the memory.", { minimum: 1 }),
    standbyBytes: amount("What a gateway that waits takes, in bytes."),
  }),
);

/** The document of `/v1/plan`. */
export const planDocument = named(
  "Plan",
  record<PlanDocument>("The memory plan, what it stands on, and what was learned.", {
    generation,
    phase,
    mode: words<MemoryMode>("How far memory may move.", {
      adjust: "it is changed after a memory death",
      suggest: "it is only said what would be changed",
      off: "it stays",
    }),
    modeIsExplicit: truth("Whether the mode was asked for: only then may what is pinned move."),
    plan: meaning("Of the newest gateway while there is one, and of the next start otherwise.", memoryPlan),
    record: memoryRecord,
    basis: memoryBasis,
    flags,
  }),
);
