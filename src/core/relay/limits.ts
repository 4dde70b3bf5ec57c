/**
 * How much does the relay put up with? Every limit of its, in one place.
 * @module
 */

/** Times in milliseconds, sizes in bytes, the others are counts. */
export interface RelayLimits {
  /** How long a connection may take to present a secret. */
  readonly authMs: number;
  /** The longest line of a secret, with what is before it. */
  readonly authBytes: number;
  /** Connections that have presented no secret yet; beyond it the oldest is closed. */
  readonly unauthenticated: number;
  /** How long a program waits for a gateway that is coming: no less than a start may take. */
  readonly holdMs: number;
  /** Connections that wait so at the same time. */
  readonly held: number;
  /** How long a gateway may take to accept a connection and the secret. A collector's pause is no death. */
  readonly dialMs: number;
  /** How long the report of a gateway's death may come after the end of its sockets. */
  readonly exitReportMs: number;
  readonly connectionsPerLease: number;
  readonly connections: number;
  /** How long, and how many, leases are remembered that are lost or over. */
  readonly memoryMs: number;
  readonly remembered: number;
  /** The buffer that each direction of a connection begins with, and what it may grow to. */
  readonly firstBufferBytes: number;
  readonly largestBufferBytes: number;
}

/**
 * py4j has no time limit of its own, neither for connecting nor for a call, so that waiting costs a program nothing but
 * time. The report of an exit came at most 253 ms after the sockets' end, on two busy cores.
 */
export const RELAY_LIMITS: RelayLimits = {
  authMs: 5_000,
  authBytes: 160,
  unauthenticated: 64,
  holdMs: 60_000,
  held: 256,
  dialMs: 60_000,
  exitReportMs: 1_000,
  connectionsPerLease: 256,
  connections: 2_048,
  memoryMs: 3_600_000,
  remembered: 1_000,
  firstBufferBytes: 16 * 2 ** 10,
  largestBufferBytes: 256 * 2 ** 10,
};
