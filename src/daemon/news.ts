/**
 * Who is told of what happens to the daemon? The log, and those who listen to its events: each of the same.
 * @module
 */

import type { DaemonEvent } from "../core/events/event.ts";
import { eventsOfLife } from "../core/events/of_life.ts";
import type { ConfirmedFlags } from "../core/events/of_life.ts";
import { eventOfInput, eventsOfPool } from "../core/events/of_pool.ts";
import { eventOfReload } from "../core/events/of_reload.ts";
import type { ReloadOutcome } from "../core/events/of_reload.ts";
import type { PoolState } from "../core/pool/pool.ts";
import type { PoolInput } from "../core/pool/step.ts";
import type { TrainingOutcome } from "../gateway/archive_training.ts";
import type { BytecodeNews } from "../gateway/bytecode.ts";
import { redactJson } from "../incident/redaction/redact.ts";
import type { Logger } from "../log.ts";
import { narrate } from "./narration.ts";
import { describeBytecode, eventOfArchive, eventOfRelay, narrateRelay } from "./narration_of_programs.ts";
import type { Clock } from "../ports.ts";
import type { RelayEvent } from "../relay/events.ts";
import { EventLog } from "../supervisor/event_log.ts";
import type { Change } from "../supervisor/supervisor.ts";

/** What telling needs. */
export interface NewsOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** What is known to be secret of the environment and the settings. */
  readonly secrets: readonly string[];
  readonly onError: (error: unknown) => void;
}

/** Of a longer line of evidence the beginning is published; the incident has the whole. */
const TEXT_CHARACTERS = 1_000;

/** Tells of what happens. */
export class News {
  /** What has happened, for who listens. */
  readonly events: EventLog;
  readonly #log: Logger;

  constructor({ log, clock, secrets, onError }: NewsOptions) {
    this.#log = log;
    this.events = new EventLog({ clock, onError, redact: (event) => publishable(event, secrets) });
  }

  /** What the loop is about to think about. */
  input(input: PoolInput): void {
    this.#tell(eventOfInput(input));
  }

  /** A step of one gateway's life. */
  step(change: Change, flags: ConfirmedFlags): void {
    for (const event of eventsOfLife(change, flags)) this.#tell(event);
  }

  /** What has become of all of them. */
  pool(before: PoolState, after: PoolState): void {
    for (const event of eventsOfPool(before, after)) this.#tell(event);
  }

  /** Something at the relay. */
  relay(event: RelayEvent): void {
    this.#tell(eventOfRelay(event));
    narrateRelay(event, this.#log);
  }

  /** What came of making an archive. */
  archive(outcome: TrainingOutcome): void {
    this.#tell(eventOfArchive(outcome));
    if (outcome.kind === "busy") this.#log.debug("another daemon makes the class-data archive");
  }

  /** What came of making PySpark's bytecode. */
  bytecode(outcome: BytecodeNews): void {
    this.#log.info(describeBytecode(outcome));
  }

  /** The configuration was read again. */
  reload(outcome: ReloadOutcome): void {
    this.#tell(eventOfReload(outcome));
  }

  /** The evidence of a death is kept. */
  incident(
    id: string,
    { generation, folder }: { readonly generation: number; readonly folder: string },
  ): void {
    this.#tell({ kind: "incident", generation, id, level: "info", text: `evidence is in ${folder}` });
  }

  #tell(event: DaemonEvent | null): void {
    if (event === null) return;
    this.events.publish(event);
    narrate(event, this.#log);
  }
}

/** What everybody may read of an event. It is cut last: half a secret would not be known for one. */
function publishable(event: DaemonEvent, secrets: readonly string[]): DaemonEvent {
  const redacted = redactJson(event, secrets).value as DaemonEvent;
  const cut = (text: string) => text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS)}…` : text;
  if (redacted.kind !== "died") return { ...redacted, text: cut(redacted.text) };
  const evidence = redacted.evidence.map((each) => ({ ...each, text: cut(each.text) }));
  return { ...redacted, text: cut(redacted.text), evidence };
}
