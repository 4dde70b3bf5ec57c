/**
 * What does the JVM of each seat use? A seat has one gateway after the other, so that there are as many series as
 * seats, however many generations there have been: which one it is now is a number of its own.
 * @module
 */

import { lastAnswerMs } from "../watch/signs.ts";
import { counter, gauge, info, summary, truth } from "./family.ts";
import type { Family, Known, Labels } from "./family.ts";
import type { JvmReading, PoolReading } from "./readings.ts";
import type { MetricsSnapshot } from "./snapshot.ts";

/** Every seat's process, and its JVM under the names that dashboards know. */
export function gatewayFamilies(snapshot: MetricsSnapshot): readonly Family[] {
  return [...processFamilies(snapshot), ...jvmFamilies(snapshot)];
}

function processFamilies({ pool, seats, nowMs, wallMs }: MetricsSnapshot): readonly Family[] {
  const wall = (ms: number) => (wallMs - nowMs + ms) / 1000;
  const each = (value: (index: number) => number | null) =>
    pool.seats.map((_, index): Known => [{ seat: String(index) }, value(index)]);
  const gateway = (index: number) => pool.seats[index]?.life.gateway;
  const ready = (index: number) => {
    const state = gateway(index);
    return state?.phase === "ready" ? state : null;
  };
  const process = (index: number) => seats[index]?.process ?? null;
  return [
    gauge(
      "rekindle_gateway_generation",
      "The generation that has the seat, or has had it last.",
      each((index) => pool.seats[index]?.life.generation ?? null),
    ),
    gauge(
      "rekindle_gateway_programs",
      "Programs that have the gateway.",
      each((index) => pool.seats[index]?.programs.length ?? null),
    ),
    gauge(
      "rekindle_gateway_context_active",
      "1 while a SparkContext is active in it.",
      each((index) => {
        const active = ready(index)?.signs.contextActive ?? null;
        return active === null ? null : truth(active);
      }),
    ),
    gauge(
      "rekindle_gateway_start_time_seconds",
      "When its process was started, since 1970.",
      each((index) => {
        const state = gateway(index);
        return state !== undefined && "startedMs" in state ? wall(state.startedMs) : null;
      }),
    ),
    gauge(
      "rekindle_gateway_last_heartbeat_timestamp_seconds",
      "When it last answered, since 1970.",
      each((index) => {
        const state = ready(index);
        return state === null ? null : wall(lastAnswerMs(state.signs));
      }),
    ),
    gauge(
      "rekindle_gateway_process_resident_memory_bytes",
      "What its process has in memory.",
      each((index) => process(index)?.residentBytes ?? null),
    ),
    counter(
      "rekindle_gateway_process_cpu_seconds",
      "Processor time of its process.",
      each((index) => {
        const cpuMs = process(index)?.cpuMs;
        return cpuMs === undefined ? null : cpuMs / 1000;
      }),
    ),
  ];
}

/** The names and labels of Prometheus' own Java client; `seat` is ours. */
function jvmFamilies({ seats }: MetricsSnapshot): readonly Family[] {
  const jvms = seats.flatMap(({ jvm }, index) => jvm === null ? [] : [{ seat: String(index), jvm }]);
  const each = (value: (jvm: JvmReading) => number | null, labels: Labels = {}) =>
    jvms.map(({ seat, jvm }): Known => [{ seat, ...labels }, value(jvm)]);
  const heap = (value: (jvm: JvmReading) => number | null) => each(value, { area: "heap" });
  const pools = (value: (pool: PoolReading) => number) =>
    jvms.flatMap(({ seat, jvm }) => jvm.pools.map((pool): Known => [{ seat, pool: pool.name }, value(pool)]));
  const whole = (size: string) => `${size} of the heap, in bytes.`;
  const part = (size: string) => `${size} of each memory pool, in bytes.`;
  return [
    gauge("jvm_memory_used_bytes", whole("What is used"), heap(({ heapUsedBytes }) => heapUsedBytes)),
    gauge(
      "jvm_memory_committed_bytes",
      whole("The size so far"),
      heap(({ heapCommittedBytes }) => heapCommittedBytes),
    ),
    gauge("jvm_memory_max_bytes", whole("The greatest size"), heap(({ heapMaxBytes }) => heapMaxBytes)),
    gauge("jvm_memory_pool_used_bytes", part("What is used"), pools(({ usedBytes }) => usedBytes)),
    gauge(
      "jvm_memory_pool_committed_bytes",
      part("The size so far"),
      pools(({ committedBytes }) => committedBytes),
    ),
    gauge(
      "jvm_memory_pool_max_bytes",
      part("The greatest size, -1 for none of its own,"),
      pools(({ maxBytes }) => maxBytes ?? -1),
    ),
    summary(
      "jvm_gc_collection_seconds",
      "Stop-the-world pauses of each collector; one counts when it has ended.",
      jvms.flatMap(({ seat, jvm }) =>
        jvm.collectors.map(({ name, count, pausedMs }) => ({
          labels: { seat, gc: name },
          count,
          sum: pausedMs / 1000,
        }))
      ),
    ),
    gauge("jvm_threads_current", "Threads.", each(({ threads }) => threads.current)),
    gauge(
      "jvm_threads_daemon",
      "Threads that the JVM's end does not wait for.",
      each(({ threads }) => threads.daemon),
    ),
    gauge("jvm_threads_peak", "The most threads at a time so far.", each(({ threads }) => threads.peak)),
    counter("jvm_threads_started", "Threads started.", each(({ threads }) => threads.started)),
    gauge(
      "jvm_classes_currently_loaded",
      "Classes loaded.",
      each(({ classes: { loaded, unloaded } }) => loaded === null ? null : loaded - (unloaded ?? 0)),
    ),
    counter("jvm_classes_loaded", "Classes loaded so far.", each(({ classes }) => classes.loaded)),
    counter("jvm_classes_unloaded", "Classes unloaded so far.", each(({ classes }) => classes.unloaded)),
    counter(
      "jvm_compilation_time_seconds",
      "Time the compiler has taken.",
      each(({ compilationMs }) => compilationMs === null ? null : compilationMs / 1000),
    ),
    info("jvm_runtime", "What kind of JVM it is.", jvms.map(({ seat, jvm }) => ({ seat, ...jvm.runtime }))),
  ];
}
