/**
 * How fares the whole: is there a gateway, what has become of those before, and does the daemon itself keep up?
 * @module
 */

import { isReady } from "../health.ts";
import { PHASES } from "../lifecycle.ts";
import { leadOf } from "../pool/pool.ts";
import { CAUSE_CLASSES } from "../verdict.ts";
import { CONDITIONS } from "../watch/condition.ts";
import { counter, gauge, info, stateSet, truth } from "./family.ts";
import type { Family } from "./family.ts";
import { histogramFamily } from "./histogram.ts";
import type { MetricsSnapshot } from "./snapshot.ts";
import { downMsAt } from "./tally.ts";

/** Of the gateway that a program has or that the next one will get, and of all that has happened. */
export function daemonFamilies(snapshot: MetricsSnapshot): readonly Family[] {
  return [...present(snapshot), ...past(snapshot), ...own(snapshot)];
}

function present({ build, pool, health, lagMs }: MetricsSnapshot): readonly Family[] {
  const { gateway, desired, generation } = leadOf(pool).life;
  const condition = gateway.phase === "ready" ? gateway.condition?.kind ?? "none" : "none";
  return [
    info("rekindle_build", "What runs here.", [build]),
    stateSet("rekindle_phase", "The phase of the gateway.", PHASES, gateway.phase),
    gauge("rekindle_desired_up", "1 while a gateway is wanted.", truth(desired === "up")),
    gauge("rekindle_ready", "1 while a program can attach.", truth(isReady(health))),
    stateSet("rekindle_health", "The worst answer of all checks.", ["pass", "warn", "fail"], health.status),
    gauge(
      "rekindle_health_check_failed",
      "1 for each check that fails.",
      Object.entries(health.checks).map(([check, { status }]) => [{ check }, truth(status === "fail")]),
    ),
    stateSet(
      "rekindle_condition",
      "What is wrong with a gateway that runs.",
      ["none", ...CONDITIONS],
      condition,
    ),
    gauge("rekindle_generation", "The number of the gateway; grows with each start.", generation),
    gauge(
      "rekindle_loop_lag_seconds",
      "How long the oldest input of the daemon's loop has waited.",
      lagMs / 1000,
    ),
  ];
}

function past({ tally, nowMs }: MetricsSnapshot): readonly Family[] {
  return [
    counter("rekindle_starts", "Gateways started since the daemon began.", tally.starts),
    counter("rekindle_start_failures", "Gateways that died before they were ready.", tally.startFailures),
    histogramFamily(
      "rekindle_start_duration_seconds",
      "From the start of a gateway's process to its first answer.",
      tally.startSeconds,
    ),
    counter(
      "rekindle_restarts",
      "Gateways replaced because they had ended, by the class of the cause.",
      CAUSE_CLASSES.map((cause) => [{ cause }, tally.restarts[cause] ?? 0]),
    ),
    counter("rekindle_give_ups", "Deaths after which no gateway was started.", tally.giveUps),
    counter("rekindle_retirements", "Gateways ended after their programs, to make room.", tally.retirements),
    counter(
      "rekindle_downtime_seconds",
      "Time in which a gateway was wanted and none served.",
      downMsAt(tally, nowMs) / 1000,
    ),
    counter("rekindle_incidents", "Deaths that nobody had asked for.", tally.incidents),
    histogramFamily(
      "rekindle_heartbeat_duration_seconds",
      "How long answered heartbeats took: calls that run Java code.",
      tally.heartbeatSeconds,
    ),
    counter(
      "rekindle_heartbeat_failures",
      "Heartbeats that were not answered within 4 s, or whose connection failed.",
      tally.heartbeatFailures,
    ),
  ];
}

/** `process_` is the daemon's own, as exporters write it. */
function own({ own, storedIncidents, lostLogBytes, streams, ...clocks }: MetricsSnapshot): readonly Family[] {
  const perSecond = (ms: number | undefined) => ms === undefined ? null : ms / 1000;
  return [
    gauge("rekindle_incidents_stored", "Incidents kept on the disk.", storedIncidents),
    counter(
      "rekindle_log_lost_bytes",
      "Output of gateways that could not be written to the logs.",
      lostLogBytes,
    ),
    gauge("rekindle_event_streams", "Clients that follow the events.", streams.open),
    counter("rekindle_event_streams_dropped", "Clients that were too slow to follow.", streams.dropped),
    counter("process_cpu_seconds", "Processor time of the daemon.", perSecond(own?.cpuMs)),
    gauge("process_resident_memory_bytes", "What the daemon has in memory.", own?.residentBytes ?? null),
    gauge("process_virtual_memory_bytes", "Address space of the daemon.", own?.virtualBytes ?? null),
    gauge("process_open_fds", "Files the daemon has open.", own?.openFiles ?? null),
    gauge("process_max_fds", "Files the daemon may have open.", own?.maxFiles ?? null),
    gauge(
      "process_start_time_seconds",
      "When the daemon began, since 1970.",
      (clocks.wallMs - clocks.nowMs + clocks.beganMs) / 1000,
    ),
  ];
}
