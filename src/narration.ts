/**
 * What the log says of each step of the gateway's life.
 * @module
 */

import { describeExit } from "./core/diagnosis/exit_cause.ts";
import { formatSize } from "./core/jvm_flags.ts";
import type { Incident, SupervisorState } from "./core/lifecycle.ts";
import { ignoredHeap } from "./core/memory/asked_heap.ts";
import { describeDifference, differences } from "./core/memory/read_back.ts";
import type { Of } from "./core/moves.ts";
import type { RunningFlags } from "./gateway/attach.ts";
import type { Logger } from "./log.ts";
import type { Clock } from "./ports.ts";
import type { Change } from "./supervisor/supervisor.ts";

/** What telling needs. */
export interface NarrationOptions {
  readonly log: Logger;
  readonly clock: Clock;
  readonly flags: () => RunningFlags | null;
}

type Ready = Of<"ready">;

/** Whether every step of the ladder has been taken. */
function isRepeated({ gateway }: SupervisorState): boolean {
  return gateway.phase === "stopping" && gateway.remaining.length === 0;
}

/** Tells what has changed, if it is worth telling. */
export function narrate({ before, after, effects }: Change, { log, clock, flags }: NarrationOptions): void {
  const { gateway, generation } = after;
  for (const effect of effects) {
    if (effect.kind === "record") tellDeath(effect.incident, log);
    if (effect.kind === "end-step" && isRepeated(before)) {
      log.warn(`generation ${generation} is still there after SIGKILL: frozen, or waiting for a disk`, {
        generation,
      });
    } else if (effect.kind === "end-step") {
      log.debug(`ending generation ${generation}: ${effect.step}`, { generation });
    }
  }
  if (gateway.phase === before.gateway.phase && generation === before.generation) {
    if (gateway.phase === "ready" && before.gateway.phase === "ready") {
      tellCondition(before.gateway, gateway, { log, generation });
      tellIgnoredHeap(before, after, log);
    }
    return;
  }
  switch (gateway.phase) {
    case "starting":
      log.info(
        `starting gateway generation ${generation} with a heap of ${
          formatSize(after.memory.plan.heap.bytes)
        }`,
        {
          generation,
        },
      );
      return;
    case "warming":
      log.debug(`generation ${generation} runs as process ${gateway.pid}; making the first calls`, {
        generation,
      });
      return;
    case "ready": {
      const seconds = ((clock.nowMs() - gateway.startedMs) / 1000).toFixed(1);
      const heap = flags()?.MaxHeapSize;
      const confirmed = heap ? `, heap ${formatSize(heap)}` : "";
      log.info(`ready: generation ${generation}, process ${gateway.pid}${confirmed}, after ${seconds} s`, {
        generation,
        pid: gateway.pid,
      });
      const others = differences(after.memory.plan, flags() ?? {});
      if (others.length === 0) return;
      log.warn(`memory is not as planned: ${others.map(describeDifference).join("; ")}`, { generation });
      return;
    }
    case "stopping":
      if (gateway.intent.kind === "retire") {
        log.info(`retiring generation ${generation}: ${gateway.intent.why}`, { generation });
      } else if (gateway.intent.kind === "stop" || gateway.intent.kind === "restart") {
        log.info(`ending generation ${generation} (${gateway.intent.kind} by ${gateway.intent.by})`, {
          generation,
        });
      } else {
        const { intent } = gateway;
        const reason = intent.kind === "unfit" ? intent.condition.reason : intent.reason;
        log.error(`ending generation ${generation}: ${reason}`, { generation });
      }
      return;
    case "stopped":
      if (generation > 0 && after.desired === "down") log.info("the gateway has ended", { generation });
      return;
    case "collecting":
      log.debug(`generation ${generation} has ended: ${describeExit(gateway.exit)}`, { generation });
      return;
    case "backoff":
    case "failed":
      // The death has told of it.
      return;
  }
}

/** Tells once of each context that asks for another heap. */
function tellIgnoredHeap(before: SupervisorState, after: SupervisorState, log: Logger): void {
  const asked = ({ gateway, memory }: SupervisorState) =>
    gateway.phase === "ready" ? ignoredHeap(gateway.signs.driverMemory, memory) : null;
  const ignored = asked(after);
  if (ignored !== null && ignored !== asked(before)) log.warn(ignored, { generation: after.generation });
}

/** Tells when the condition or what excuses it changes, not how it wears on. */
function tellCondition(
  before: Ready,
  now: Ready,
  { log, generation }: { readonly log: Logger; readonly generation: number },
): void {
  if (now.condition === null) {
    if (before.condition !== null) log.info(`generation ${generation} is well again`, { generation });
    return;
  }
  if (before.condition?.kind === now.condition.kind && before.excuse === now.excuse) return;
  const { kind, reason } = now.condition;
  const but = now.excuse === null ? "" : `; not ended yet: ${now.excuse}`;
  log.warn(`generation ${generation} is not fit (${kind}): ${reason}${but}`, { generation, condition: kind });
}

function tellDeath({ generation, verdict, exit, change, decision }: Incident, log: Logger): void {
  const fields = { generation, class: verdict.class };
  log.error(
    `generation ${generation} died: ${verdict.class} (${describeExit(exit)}). ${verdict.summary}`,
    fields,
  );
  for (const line of verdict.evidence.filter(({ source }) => source !== "exit").slice(0, 3)) {
    log.info(
      `  evidence, ${line.source}${line.line === null ? "" : ` line ${line.line}`}: ${line.text.trim()}`,
      fields,
    );
  }
  log.info(`  what helps: ${verdict.remedy}`, fields);
  log.info(`  memory: ${change.reason}`, fields);
  if (decision.kind === "restart") log.info(`  next: ${decision.reason}`, fields);
  else log.error(`  giving up: ${decision.reason}`, fields);
}
