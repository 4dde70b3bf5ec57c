/**
 * What is said of what a daemon starts from, and what is refused before anything runs?
 * @module
 */

import { formatSize } from "../core/jvm_flags.ts";
import { LIMIT_OF } from "../core/memory/budget.ts";
import type { Memory } from "../core/memory/memory.ts";
import type { MemoryPlan } from "../core/memory/plan.ts";
import { SPARK_LEAST_HEAP_BYTES } from "../core/memory/region.ts";
import type { PoolPolicy } from "../core/pool/pool.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Installation } from "../gateway/installation.ts";
import type { Logger } from "../log.ts";

/**
 * Spark itself would say so to every program, and the gateway would look well.
 * @throws {UserError} When the heap is one that no SparkContext is made in.
 */
export function refuseTooSmall({ heap, pinnedBy }: MemoryPlan): void {
  if (heap.bytes >= SPARK_LEAST_HEAP_BYTES) return;
  throw new UserError(
    `Cannot use a heap of ${formatSize(heap.bytes)}: Spark makes no SparkContext in less than ` +
      formatSize(SPARK_LEAST_HEAP_BYTES),
    { hint: `Raise ${pinnedBy ?? "--heap"}: 512m is the least that works.`, exitCode: EXIT.config },
  );
}

/** What a start is made of. */
export interface Description {
  readonly installation: Installation;
  readonly memory: Memory;
  readonly log: Logger;
  readonly policy: PoolPolicy;
  /** Why there is no standby; `null` when there is one, or none is wanted. */
  readonly without: string | null;
}

/** Says one clear line for each thing the start is made of. */
export function describeStart(
  { installation: { spark, java }, memory: { plan, basis }, log, policy, without }: Description,
): void {
  const { heap, budget, shortBytes, totalBytes } = plan;
  log.info(`Spark ${spark.version} in ${spark.home} (${spark.why})`, { spark: spark.version });
  log.info(`Java ${java.version} in ${java.home} (${java.why})`, { java: java.version });
  if (java.warning !== null) log.warn(`${java.warning}; name another one with --java-home`);
  log.info(
    `memory: heap ${formatSize(heap.bytes)} (${heap.why}), ${
      formatSize(totalBytes)
    } with everything beside it, ` +
      `of the ${formatSize(budget.bytes)} ${LIMIT_OF[budget.source]}`,
    { heapBytes: heap.bytes },
  );
  if (shortBytes > 0) {
    log.warn(
      `memory: the gateway may come to use ${
        formatSize(shortBytes)
      } more than there is beside Python and the ` +
        "daemon: the kernel may kill it; rekindle plan shows the regions",
    );
  }
  if (policy.standby === 1) log.info("another gateway will be kept warm for the next program (--standby)");
  else if (without !== null) log.info(`no gateway is kept warm for the next program: ${without} (--standby)`);
  const pin = basis.pins.heap;
  if (pin !== undefined && heap.provenance === "user") {
    log.info(`--heap replaces the ${formatSize(pin.bytes)} set by ${pin.by}`);
  }
}
