/**
 * What does the log say of what has happened?
 * @module
 */

import type { DaemonEvent } from "./core/events/event.ts";
import type { LogFields, Logger } from "./log.ts";

/** Writes an event into the log, if it is worth a line there. */
export function narrate(event: DaemonEvent, log: Logger): void {
  // What comes of each is told of besides, and of memory by the death that changes it.
  if (event.kind === "phase" || event.kind === "command" || event.kind === "memory-plan") return;
  const fields = fieldsOf(event);
  log[event.level](event.text, ...(fields === null ? [] : [fields]));
  if (event.kind !== "died") return;
  for (const { source, line, text } of event.evidence) {
    log.info(`  evidence, ${source}${line === null ? "" : ` line ${line}`}: ${text.trim()}`, fields ?? {});
  }
  log.info(`  what helps: ${event.remedy}`, fields ?? {});
  log.info(`  memory: ${event.memory}`, fields ?? {});
  if (event.next.kind === "restart") log.info(`  next: ${event.next.reason}`, fields ?? {});
  else log.error(`  giving up: ${event.next.reason}`, fields ?? {});
}

/** What programs that read the log go by. */
function fieldsOf(event: DaemonEvent): LogFields | null {
  const { generation } = event;
  if (generation === null) return null;
  switch (event.kind) {
    case "ready":
      return { generation, pid: event.pid };
    case "condition":
      return { generation, condition: event.condition };
    case "died":
      return { generation, class: event.class };
    default:
      return { generation };
  }
}
