/**
 * Where the evidence of each death is kept: one folder an incident, the newest ones.
 * @module
 */

import { join } from "@std/path";
import type { DeathEvidence } from "../core/exit_cause.ts";
import type { Incident } from "../core/lifecycle.ts";
import type { OutputLine } from "../core/verdict.ts";
import type { Files } from "../ports.ts";

/** How many incidents are kept. */
const KEPT_INCIDENTS = 50;

/** Keeps incidents in a folder. */
export class IncidentStore {
  readonly #folder: string;
  readonly #files: Files;

  constructor(folder: string, files: Files) {
    this.#folder = folder;
    this.#files = files;
  }

  /**
   * Saves an incident and its outputs, and removes the oldest beyond the limit.
   * @returns Its name: UTC time, generation and class.
   * @throws {Error} When the disk refuses; the caller goes on without.
   */
  async save(incident: Incident, evidence: DeathEvidence | null, at: Date): Promise<string> {
    const id = incidentId(incident, at);
    const folder = join(this.#folder, id);
    await this.#files.makeDir(folder);
    if (evidence !== null) {
      await this.#files.writeAtomic(join(folder, "stdout.txt"), text(evidence.stdout));
      await this.#files.writeAtomic(join(folder, "stderr.txt"), text(evidence.stderr));
    }
    // The manifest comes last: a folder that has one is complete.
    const manifest = { id, at: at.toISOString(), ...incident };
    await this.#files.writeAtomic(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    const all = await this.#files.list(this.#folder);
    for (const old of all.slice(0, -KEPT_INCIDENTS)) await this.#files.remove(join(this.#folder, old));
    return id;
  }
}

/** The name of an incident: sorts by time, tells the generation and the class. */
export function incidentId({ generation, verdict }: Incident, at: Date): string {
  return `${at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "")}-g${generation}-${verdict.class}`;
}

function text(lines: readonly OutputLine[]): string {
  return lines.map((line) => `${line.text}\n`).join("");
}
