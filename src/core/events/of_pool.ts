/**
 * What has happened with an input to all gateways together: who asked for something, who came and went, what waits?
 * @module
 */

import type { PoolState } from "../pool/pool.ts";
import type { PoolInput } from "../pool/step.ts";
import type { DaemonEvent } from "./event.ts";

/** What an input itself is worth telling, before its consequences; `null` for what the machine does by itself. */
export function eventOfInput(input: PoolInput): DaemonEvent | null {
  switch (input.kind) {
    case "start":
    case "kill":
    case "stop":
    case "restart":
    case "shutdown": {
      const { kind: action } = input;
      const by = "by" in input ? input.by : null;
      const text = by === null ? `asked to ${action}` : `asked to ${action} by ${by}`;
      return { kind: "command", generation: null, action, by, level: "debug", text };
    }
    default:
      return null;
  }
}

/** The events of the whole after an input, in the order in which they are to be told. */
export function eventsOfPool(before: PoolState, after: PoolState): readonly DaemonEvent[] {
  return [...ofPrograms(before, after), ...ofWarmth(before, after), ...ofMemory(before, after)];
}

/** Of those whose gateway is still there: the relay tells of those who have lost theirs. */
function ofPrograms(before: PoolState, after: PoolState): readonly DaemonEvent[] {
  return after.seats.flatMap(({ life: { generation }, programs }) => {
    const was = before.seats.find(({ life }) => life.generation === generation)?.programs ?? [];
    if (was === programs) return [];
    const came = programs.filter((lease) => !was.includes(lease)).map((lease): DaemonEvent => ({
      ...{ kind: "program-came", generation, lease, level: "debug" },
      text: `a program has come (lease ${lease})`,
    }));
    const ended = was.filter((lease) => !programs.includes(lease)).map((lease): DaemonEvent => ({
      ...{ kind: "program-ended", generation, lease, level: "debug" },
      text: `a program has ended (lease ${lease})`,
    }));
    return [...came, ...ended];
  });
}

function ofWarmth(before: PoolState, after: PoolState): readonly DaemonEvent[] {
  return after.seats.flatMap(({ life: { generation }, warmth, programs }): readonly DaemonEvent[] => {
    const was = before.seats.find(({ life }) => life.generation === generation);
    if (warmth !== "warm" || was?.warmth !== "underway" || programs.length > 0) return [];
    const text = `generation ${generation} is warm and waits for a program`;
    return [{ kind: "standby", generation, level: "info", text }];
  });
}

function ofMemory(before: PoolState, after: PoolState): readonly DaemonEvent[] {
  const { warmUpRefusal: refusal, isShort } = after;
  const events: DaemonEvent[] = [];
  if (isShort !== before.isShort) {
    const text = isShort ? "memory is short: no gateway waits for the next program" : "there is memory again";
    events.push({ kind: "memory-pressure", generation: null, isShort, level: "warn", text });
  }
  if (refusal !== before.warmUpRefusal) {
    const [level, text] = refusal === null
      ? ["debug", "gateways are warmed up again"] as const
      : ["warn", `gateways are not warmed up any more: ${refusal}`] as const;
    events.push({ kind: "warm-up", generation: null, refusal, level, text });
  }
  return events;
}
