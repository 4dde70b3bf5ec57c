/**
 * What does the log say of what has happened?
 * @module
 */

import type { DaemonEvent, Level } from "../core/events/event.ts";
import type { LogFields, Logger } from "../log.ts";

/** A line of a story, and how much it asks of its reader. */
export interface Line {
  readonly level: Level;
  readonly text: string;
}

/** Writes an event into the log, if it is worth a line there. */
export function narrate(event: DaemonEvent, log: Logger): void {
  // What comes of each is told of besides, and of memory by the death that changes it.
  if (event.kind === "phase" || event.kind === "command" || event.kind === "memory-plan") return;
  const fields = fieldsOf(event);
  for (const { level, text } of linesOf(event)) log[level](text, ...(fields === null ? [] : [fields]));
}

/** An event as people read it: a sentence, and of a death the whole story. */
export function linesOf(event: DaemonEvent): readonly Line[] {
  const { level, text } = event;
  if (event.kind !== "died") return [{ level, text }];
  const { evidence, remedy, memory, next } = event;
  const info = (line: string): Line => ({ level: "info", text: `  ${line}` });
  return [
    { level, text },
    ...evidence.map(({ source, line, text }) =>
      info(`evidence, ${source}${line === null ? "" : ` line ${line}`}: ${text.trim()}`)
    ),
    info(`what helps: ${remedy}`),
    info(`memory: ${memory}`),
    next.kind === "restart"
      ? info(`next: ${next.reason}`)
      : { level: "error", text: `  giving up: ${next.reason}` },
  ];
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
