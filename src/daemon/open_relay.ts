/**
 * Where does the relay listen? At the port the user knows; for a single `exec`, at any that is free.
 * @module
 */

import type { Settings } from "../config.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { RelayEvent } from "../relay/events.ts";
import { Relay } from "../relay/relay.ts";
import type { Runtime } from "../runtime/deno.ts";
import { userId } from "../runtime/process.ts";
import { randomBytes } from "../runtime/random_bytes.ts";

/** What opening needs. */
export interface OpenRelayOptions {
  readonly settings: Settings;
  readonly runtime: Runtime;
  /** Brought up by one `exec` for its own life. */
  readonly embedded: boolean;
  /** Whether a gateway is one program's alone. */
  readonly exclusive: boolean;
}

/**
 * Opens it; `null` when the user wants none.
 * @throws {UserError} When the port cannot be had.
 */
export function openRelay(
  { settings: { relayPort, startTimeoutMs, origins }, runtime, embedded, exclusive }: OpenRelayOptions,
  onEvent: (event: RelayEvent) => void,
): Relay | null {
  if (relayPort === null) return null;
  try {
    return new Relay({
      ...runtime,
      port: embedded && origins.relay === undefined ? 0 : relayPort,
      userId: userId(),
      exclusive,
      randomBytes,
      onEvent,
      // Whoever waits for a gateway waits as long as its start may take.
      limits: { holdMs: Math.max(startTimeoutMs, 60_000) },
    });
  } catch (cause) {
    throw new UserError(`Cannot relay programs: ${reasonOf(cause).replace(/\.$/, "")}`, {
      hint:
        "Choose another port with --relay PORT, do without with --no-relay, or find out who has it (ss -ltnp).",
      exitCode: EXIT.unavailable,
      cause,
    });
  }
}
