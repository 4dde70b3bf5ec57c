/**
 * What of an incident is shown to whoever asks for it, without its secrets?
 * @module
 */

import { join } from "@std/path";
import type { Files } from "../ports.ts";
import { secretsOfWords } from "./redaction/known_secrets.ts";
import { redactJson } from "./redaction/redact.ts";
import type { StoredIncident } from "./store.ts";

/** An incident without its secrets: before anything is cut off or broken, for then they are not to be found. */
export function redactedIncident(incident: StoredIncident, secrets: readonly string[]): StoredIncident {
  return redactJson(incident, secrets).value as StoredIncident;
}

/** The secrets that the gateway of an incident was started with. */
export async function secretsOfIncident(folder: string, files: Files): Promise<readonly string[]> {
  const command = await files.readText(join(folder, "command.txt")).catch(() => "");
  return secretsOfWords(command.split("\n"));
}

/** An incident as it is listed: which, when, of what, and what was done. */
export function summaryOf(incident: StoredIncident): Readonly<Record<string, unknown>> {
  const { id, generation, artifacts } = incident;
  if (incident.kind === "damaged") {
    const { at, class: cause, reason } = incident;
    return { id, at, generation, class: cause, damaged: reason, artifacts };
  }
  const { manifest: { at, verdict, change, decision } } = incident;
  return {
    ...{ id, at, generation },
    ...{ class: verdict.class, confidence: verdict.confidence, summary: verdict.summary },
    ...{ change, decision, damaged: null, artifacts },
  };
}
