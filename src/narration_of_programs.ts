/**
 * What the log says of programs, and of the gateways that wait for them.
 * @module
 */

import type { PoolState } from "./core/pool/pool.ts";
import { formatSize } from "./core/jvm_flags.ts";
import type { TrainingOutcome } from "./gateway/archive_training.ts";
import type { Logger } from "./log.ts";
import type { RelayEvent } from "./relay/events.ts";

/** Tells of gateways that have become warm, and of warm-ups that are given up. */
export function tellPool(before: PoolState, after: PoolState, log: Logger): void {
  for (const { life: { generation }, warmth, programs } of after.seats) {
    const was = before.seats.find(({ life }) => life.generation === generation);
    if (warmth === "warm" && was?.warmth === "underway" && programs.length === 0) {
      log.info(`generation ${generation} is warm and waits for a program`, { generation });
    }
  }
  if (after.isShort !== before.isShort) {
    log.warn(
      after.isShort ? "memory is short: no gateway waits for the next program" : "there is memory again",
    );
  }
  const { warmUpRefusal } = after;
  if (warmUpRefusal !== null && before.warmUpRefusal !== warmUpRefusal) {
    log.warn(`gateways are not warmed up any more: ${warmUpRefusal}`);
  }
}

/** Tells what came of the making of an archive. */
export function tellArchive(outcome: TrainingOutcome, log: Logger): void {
  switch (outcome.kind) {
    case "made":
      return log.info(`gateways will start from a class-data archive (${formatSize(outcome.bytes)})`);
    case "failed":
      return log.warn(`gateways start without a class-data archive: ${outcome.reason}`);
    case "busy":
      return log.debug("another daemon makes the class-data archive");
  }
}

/** Tells what happens to programs at the relay. */
export function tellRelay(event: RelayEvent, log: Logger): void {
  switch (event.kind) {
    case "lost":
      if (event.connections === 0) return;
      log.warn(`a program has lost its gateway, and is told so (lease ${event.lease})`, {
        generation: event.loss.generation,
      });
      return;
    case "shutdown-blocked":
      log.warn(`a program asked the gateway to shut down, and was hung up on (lease ${event.lease})`);
      return;
    case "deaf":
      log.warn(`the relay cannot take connections: ${event.reason}`);
      return;
    case "held":
      log.info("a program waits for the gateway");
      return;
    case "refused":
      log.debug(`the relay refused a connection: ${event.reason}`);
      return;
    case "bound":
      log.debug(`a program has come (lease ${event.lease})`, { generation: event.generation });
      return;
    case "entombed":
    case "cancel":
      log.debug(`relay: ${event.kind} (lease ${event.lease})`);
      return;
  }
}
