/**
 * What do the relay, warm-ups and the making of archives report, and which of it is an event?
 * @module
 */

import type { DaemonEvent } from "../core/events/event.ts";
import { formatSize } from "../core/jvm_flags.ts";
import type { TrainingOutcome } from "../gateway/archive_training.ts";
import type { BytecodeNews } from "../gateway/bytecode.ts";
import type { StepTime } from "../gateway/warm_up.ts";
import type { Logger } from "../log.ts";
import type { RelayEvent } from "../relay/events.ts";

/** What came of the making of an archive; `null` where another daemon makes it. */
export function eventOfArchive(outcome: TrainingOutcome): DaemonEvent | null {
  const event = { kind: "archive", generation: null } as const;
  switch (outcome.kind) {
    case "made": {
      const { bytes } = outcome;
      const text = `gateways will start from a class-data archive (${formatSize(bytes)})`;
      return { ...event, bytes, level: "info", text };
    }
    case "failed": {
      const text = `gateways start without a class-data archive: ${outcome.reason}`;
      return { ...event, bytes: null, level: "warn", text };
    }
    case "busy":
      return null;
  }
}

/** What came of the making of PySpark's bytecode. */
export function describeBytecode(outcome: BytecodeNews): string {
  switch (outcome.kind) {
    case "made":
      return `Python's workers will find PySpark compiled (${formatSize(outcome.bytes)})`;
    case "failed":
      return `Python's workers compile PySpark themselves: ${outcome.reason}`;
  }
}

/** Where the time of a warm-up went, and what of it was left out. */
export function describeWarmUp(generation: number, steps: readonly StepTime[]): string {
  const each = steps.map(({ name, ms, missing }) =>
    missing === null ? `${name} ${(ms / 1000).toFixed(1)} s` : `no ${name} (${missing})`
  );
  return `generation ${generation} was warmed up: ${each.join(", ")}`;
}

/** What the relay reports of programs; `null` for what the log alone is told, and for what the pool knows as well. */
export function eventOfRelay(event: RelayEvent): DaemonEvent | null {
  switch (event.kind) {
    case "lost": {
      const { lease, loss: { generation, sentence: reason }, connections } = event;
      if (connections === 0) return null;
      const text = `a program has lost its gateway, and is told so (lease ${lease})`;
      return { kind: "program-lost", generation, lease, reason, level: "warn", text };
    }
    case "held": {
      const text = "a program waits for the gateway";
      return { kind: "program-waits", generation: null, lease: event.lease, level: "info", text };
    }
    case "refused":
    case "bound":
    case "entombed":
    case "shutdown-blocked":
    case "cancel":
    case "deaf":
      return null;
  }
}

/** Tells of what happens to connections: a stranger may cause as much of it as they like, so that it is no event. */
export function narrateRelay(event: RelayEvent, log: Logger): void {
  switch (event.kind) {
    case "shutdown-blocked":
      log.warn(`a program asked the gateway to shut down, and was hung up on (lease ${event.lease})`);
      return;
    case "deaf":
      log.warn(`the relay cannot take connections: ${event.reason}`);
      return;
    case "refused":
      log.debug(`the relay refused a connection: ${event.reason}`);
      return;
    case "entombed":
    case "cancel":
      log.debug(`relay: ${event.kind} (lease ${event.lease})`);
      return;
    case "lost":
    case "held":
    case "bound":
      return;
  }
}
