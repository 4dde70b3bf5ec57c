/**
 * Who has which gateway, and how do programs come to it?
 * @module
 */

import { PHASES } from "../lifecycle.ts";
import { counter, gauge, truth } from "./family.ts";
import type { Family, Labels } from "./family.ts";
import type { MetricsSnapshot, RelayReading } from "./snapshot.ts";

/** Seats, programs, leases and connections. */
export function poolFamilies({ pool, policy, relay }: MetricsSnapshot): readonly Family[] {
  const { seats, isShort } = pool;
  const waiting = seats.filter(({ life, warmth, programs, retirement }) =>
    life.gateway.phase === "ready" && warmth === "warm" && programs.length === 0 && retirement === null
  );
  return [
    gauge(
      "rekindle_programs",
      "Programs attached.",
      seats.reduce((sum, { programs }) => sum + programs.length, 0),
    ),
    gauge(
      "rekindle_pool_seats",
      "Places for a gateway, by the phase of theirs.",
      PHASES.map((phase) => [{ phase }, seats.filter(({ life }) => life.gateway.phase === phase).length]),
    ),
    gauge(
      "rekindle_pool_seats_wanted",
      "Places there are to be: for programs at a time, and for the standby.",
      policy.gateways + policy.standby,
    ),
    gauge("rekindle_pool_warm_gateways", "Gateways that wait for a program, warmed up.", waiting.length),
    gauge(
      "rekindle_pool_memory_short",
      "1 while there is no memory for a gateway that waits.",
      truth(isShort),
    ),
    ...(relay === null ? [] : relayFamilies(relay)),
  ];
}

function relayFamilies({ connections, held, leases, events, bytes }: RelayReading): readonly Family[] {
  const by = (label: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]): [Labels, number] => [{ [label]: name }, count]);
  return [
    gauge("rekindle_leases", "Rights to a gateway, by how far they have come.", by("state", leases)),
    gauge("rekindle_relay_connections", "Connections of programs to the relay.", connections),
    gauge("rekindle_relay_waiting_connections", "Of these, how many wait for a gateway.", held),
    counter("rekindle_relay_events", "What has happened at the relay.", by("event", events)),
    counter(
      "rekindle_relay_bytes",
      "What the relay has passed on: up to gateways, down to programs.",
      by("direction", bytes),
    ),
  ];
}
