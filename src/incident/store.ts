/**
 * Where is the evidence of each death kept? One folder an incident, within a budget.
 * @module
 */

import { join } from "@std/path";
import type { Incident } from "../core/lifecycle.ts";
import { reasonOf } from "../errors.ts";
import type { DiskSpace, Files } from "../ports.ts";
import { isKept, isPlainName } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { byAge, incidentId, readIncidentId } from "./incident_id.ts";
import type { IncidentName } from "./incident_id.ts";
import { MANIFEST_FILE, readManifest, renderManifest } from "./manifest.ts";
import type { Artifact, Facts, Manifest } from "./manifest.ts";
import { superfluous } from "./retention.ts";

/** Room that evidence never takes: this share of the whole file system, within these bounds. */
export const SPACE_FLOOR = { bytes: 200 * 2 ** 20, share: 0.02, mostBytes: 5 * 2 ** 30 } as const;
/** After this long, a folder without a manifest is what a killed daemon left, and not one that is being filled. */
export const UNFINISHED_MS = 3_600_000;

/** An incident in the store. */
export type StoredIncident =
  & IncidentName
  & { readonly artifacts: readonly Artifact[] }
  & (
    | { readonly kind: "whole"; readonly manifest: Manifest; readonly document: unknown }
    /** Its manifest is missing or unreadable, and why. */
    | { readonly kind: "damaged"; readonly reason: string }
  );

/** Keeps incidents in a folder. */
export class IncidentStore {
  readonly #folder: string;
  readonly #files: Files;

  constructor(folder: string, files: Files) {
    this.#folder = folder;
    this.#files = files;
  }

  /** The folder of an incident. */
  folderOf(id: string): string {
    return join(this.#folder, id);
  }

  /**
   * Saves an incident and what was found of it, and removes what is beyond the budget. What cannot be kept of the
   * findings is named in the manifest with the reason.
   * @returns Its name.
   * @throws {Error} When not even the verdict could be kept; the caller goes on without.
   */
  async save(
    incident: Incident,
    findings: readonly Finding[],
    at: Date,
    facts: Facts = {},
  ): Promise<string> {
    const id = await this.#claim(incident, at);
    try {
      await this.#fill(id, incident, { findings, at, facts });
    } catch (error) {
      // Half an incident would be taken for one that is being written.
      await this.remove(id).catch(() => {});
      throw error;
    }
    // What cannot be removed now is tried again behind the next incident.
    await this.#prune(id, at.getTime()).catch(() => {});
    return id;
  }

  /** Every incident, newest first, damaged ones among them. */
  async list(): Promise<readonly StoredIncident[]> {
    const names = await this.#names();
    return await Promise.all(names.toReversed().map((name) => this.#read(name)));
  }

  /** One incident, or `null` when there is none of that name. */
  async read(id: string): Promise<StoredIncident | null> {
    const name = readIncidentId(id);
    if (name === null || (await this.#files.stat(this.folderOf(id)))?.isDirectory !== true) return null;
    return await this.#read(name);
  }

  /** Removes an incident; harmless when there is none of that name. */
  async remove(id: string): Promise<void> {
    if (readIncidentId(id) !== null) await this.#files.remove(this.folderOf(id));
  }

  /** A folder that no other incident has. */
  async #claim(incident: Incident, at: Date): Promise<string> {
    for (let nth = 1;; nth++) {
      const id = incidentId(incident, at, nth);
      if (await this.#files.stat(this.folderOf(id)) !== null) continue;
      await this.#files.makeDir(this.folderOf(id));
      return id;
    }
  }

  async #fill(
    id: string,
    incident: Incident,
    { findings, at, facts }: { findings: readonly Finding[]; at: Date; facts: Facts },
  ): Promise<void> {
    const artifacts = await this.#keep(id, findings);
    const path = join(this.folderOf(id), MANIFEST_FILE);
    const write = (listed: readonly Artifact[]) =>
      this.#files.writeAtomic(path, renderManifest(incident, { id, at, artifacts: listed, facts }));
    try {
      await write(artifacts);
    } catch (error) {
      const kept = artifacts.filter(isKept);
      if (kept.length === 0) throw error;
      // The verdict is worth more than what speaks for it.
      for (const { name } of kept) await this.#files.remove(join(this.folderOf(id), name)).catch(() => {});
      const reason = `removed, because the manifest could not be written beside it: ${reasonOf(error)}`;
      await write(artifacts.map((each) => isKept(each) ? lost(each.name, reason) : each));
    }
  }

  /** Writes findings one by one, while there is room. */
  async #keep(id: string, findings: readonly Finding[]): Promise<readonly Artifact[]> {
    const room = roomOf(await this.#files.space(this.#folder).catch(() => null));
    const artifacts: Artifact[] = [];
    let written = 0;
    for (const { name, status, reason, content } of findings) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      if (!isPlainName(name) || name === MANIFEST_FILE || artifacts.some((each) => each.name === name)) {
        artifacts.push(lost(name, "its name cannot be used for a file"));
      } else if (status === "missing" || status === "skipped") {
        artifacts.push({ name, status, bytes: 0, reason });
      } else if (bytes === null) {
        artifacts.push(lost(name, reason ?? "nothing was found"));
      } else if (written + bytes.length > room) {
        const why = "left out, because the disk is nearly full";
        artifacts.push({ name, status: "skipped", bytes: 0, reason: why });
      } else {
        try {
          await this.#files.writeAtomic(join(this.folderOf(id), name), bytes);
          written += bytes.length;
          artifacts.push({ name, status, bytes: bytes.length, reason });
        } catch (error) {
          artifacts.push(lost(name, `could not be written: ${reasonOf(error)}`));
        }
      }
    }
    return artifacts;
  }

  /** Other folders and files than incidents are none of its business. Oldest first. */
  async #names(): Promise<readonly IncidentName[]> {
    const names = await this.#files.list(this.#folder);
    return names.map(readIncidentId).filter((name) => name !== null).sort(byAge);
  }

  async #read(name: IncidentName): Promise<StoredIncident> {
    const path = join(this.folderOf(name.id), MANIFEST_FILE);
    let text: string | null = null;
    try {
      text = await this.#files.readText(path);
      const document: unknown = JSON.parse(text);
      const manifest = readManifest(document);
      if (typeof manifest === "string") throw new Error(manifest);
      const artifacts = manifest.artifacts ?? await this.#present(name.id);
      return { ...name, kind: "whole", artifacts, manifest, document };
    } catch (error) {
      const unfinished = text === null && await this.#files.stat(path).catch(() => null) === null;
      const reason = unfinished
        ? "it has no manifest: it is still being saved, or its daemon was killed meanwhile"
        : `its manifest cannot be read: ${reasonOf(error)}`;
      return { ...name, kind: "damaged", reason, artifacts: await this.#present(name.id) };
    }
  }

  /** The files in an incident's folder beside its manifest. */
  async #present(id: string): Promise<readonly Artifact[]> {
    const sizes = await this.#sizes(id).catch(() => []);
    return sizes.filter(({ name }) => name !== MANIFEST_FILE && isPlainName(name))
      .map(({ name, bytes }) => ({ name, status: "saved", bytes, reason: null }));
  }

  async #sizes(id: string): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
    const folder = this.folderOf(id);
    const names = await this.#files.list(folder);
    const stats = await Promise.all(
      names.map(async (name) => ({ name, stat: await this.#files.stat(join(folder, name)) })),
    );
    return stats.flatMap(({ name, stat }) => stat?.isFile ? [{ name, bytes: stat.bytes }] : []);
  }

  async #prune(newest: string, nowMs: number): Promise<void> {
    const kept = [];
    for (const { id, at, class: cause } of await this.#names()) {
      const atMs = Date.parse(at);
      const sizes = await this.#sizes(id);
      const whole = sizes.some(({ name }) => name === MANIFEST_FILE);
      if (whole) {
        kept.push({
          id,
          class: cause,
          atMs,
          bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
        });
      } else if (nowMs - atMs > UNFINISHED_MS) await this.remove(id);
    }
    // The clock may have been set back: the newest is the one just saved, whatever its name says.
    const isNewest = ({ id }: { id: string }) => id === newest;
    const order = [...kept.filter((each) => !isNewest(each)), ...kept.filter(isNewest)];
    for (const id of superfluous(order, nowMs)) await this.remove(id);
  }
}

function lost(name: string, reason: string): Artifact {
  return { name, status: "missing", bytes: 0, reason };
}

/** How much evidence may be written. What is not known is no reason to keep nothing. */
function roomOf(space: DiskSpace | null): number {
  if (space === null) return Infinity;
  const { bytes, share, mostBytes } = SPACE_FLOOR;
  return space.freeBytes - Math.min(mostBytes, Math.max(bytes, space.totalBytes * share));
}
