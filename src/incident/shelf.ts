/**
 * What can be had of the incidents by those who ask for it from outside, and what can they remove?
 * @module
 */

import { dirname, join } from "@std/path";
import type { Files, OpenFile } from "../ports.ts";
import { bundle } from "./bundle.ts";
import { redactedIncident, secretsOfIncident, summaryOf } from "./redacted_incident.ts";
import { isKept, isPlainName } from "./finding.ts";
import { MANIFEST_FILE } from "./manifest.ts";
import type { IncidentStore, StoredIncident } from "./store.ts";

/** What a shelf needs. */
export interface ShelfOptions {
  readonly store: IncidentStore;
  readonly files: Files;
  /** Secrets known by their value. */
  readonly secrets: readonly string[];
  /** Of this program. */
  readonly version: string;
}

/** Incidents by their ids; `last` is the newest one. */
export class IncidentShelf {
  readonly #options: ShelfOptions;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** Every incident in short and without secrets, newest first. */
  async list(): Promise<readonly unknown[]> {
    const { store, secrets } = this.#options;
    return (await store.list()).map((incident) => summaryOf(redactedIncident(incident, secrets)));
  }

  /** Its manifest without secrets; of a damaged one, what is known. `null` when there is none of that name. */
  async document(id: string): Promise<unknown> {
    const incident = await this.#find(id);
    if (incident === null) return null;
    const shown = redactedIncident(incident, await this.#secretsOf(incident));
    return shown.kind === "whole" ? shown.document : summaryOf(shown);
  }

  /** One of its files as it was kept; `null` when it has none of that name. */
  async file(id: string, name: string): Promise<OpenFile | null> {
    const { store, files } = this.#options;
    const incident = await this.#find(id);
    if (incident === null || !isPlainName(name)) return null;
    const isListed = incident.artifacts.some((each) => each.name === name && isKept(each));
    if (!isListed && name !== MANIFEST_FILE) return null;
    const folder = store.folderOf(incident.id);
    // Another user may not write here; but a link in the place of the folder would lead out of it all the same.
    const real = await files.realPath(dirname(folder));
    if (real === null || await files.realPath(folder) !== join(real, incident.id)) return null;
    return await files.open(join(folder, name));
  }

  /** What can be sent with a bug report: a gzipped tar file. `null` when there is none of that name. */
  async bundle(id: string): Promise<{ readonly id: string; readonly bytes: Uint8Array } | null> {
    const { store, files, version } = this.#options;
    const incident = await this.#find(id);
    if (incident === null) return null;
    const secrets = await this.#secretsOf(incident);
    const { bytes } = await bundle(incident, { store, files, secrets, version });
    return { id: incident.id, bytes };
  }

  /** Removes one by its whole name, for `last` may be another one by now. @returns Whether there was one. */
  async remove(id: string): Promise<boolean> {
    const { store } = this.#options;
    if (await store.read(id) === null) return false;
    await store.remove(id);
    return true;
  }

  async #find(id: string): Promise<StoredIncident | null> {
    const { store } = this.#options;
    return id === "last" ? (await store.list())[0] ?? null : await store.read(id);
  }

  async #secretsOf({ id }: StoredIncident): Promise<readonly string[]> {
    const { store, files, secrets } = this.#options;
    return [...secrets, ...await secretsOfIncident(store.folderOf(id), files)];
  }
}
