/**
 * Where is the evidence of each death kept? One folder an incident, within a budget.
 * @module
 */

import { join } from "@std/path";
import type { Incident } from "../core/lifecycle.ts";
import { reasonOf } from "../errors.ts";
import type { Files } from "../ports.ts";
import { isHeapDump, isKept, isPlainName } from "./finding.ts";
import type { FileLeft, Finding } from "./finding.ts";
import { byAge, incidentId, readIncidentId } from "./incident_id.ts";
import type { IncidentName } from "./incident_id.ts";
import { MANIFEST_FILE, readManifest, renderManifest } from "./manifest.ts";
import type { Artifact, Facts, Manifest } from "./manifest.ts";
import { moveFile } from "./moved_file.ts";
import { DUMP_AGAIN_MS, KEPT_DUMPS, superfluous, superfluousDumps } from "./retention.ts";
import { roomBytes } from "./room.ts";

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

  /** How many there are. */
  async count(): Promise<number> {
    return (await this.#names()).length;
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

  /** The incident of this class of cause and of the day before `at` that has a heap dump, or `null`. */
  async dumpOf(cause: string, at: Date): Promise<string | null> {
    for (const name of (await this.#names()).toReversed()) {
      // A clock that was set back makes no room for a second one.
      if (name.class !== cause || Math.abs(at.getTime() - Date.parse(name.at)) > DUMP_AGAIN_MS) continue;
      if ((await this.#sizes(name.id)).some((each) => isHeapDump(each.name))) return name.id;
    }
    return null;
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
    // Files that were left first: one of them may be what fills the disk.
    const moved = await this.#takeLeft(id, incident.verdict.class, { findings, at });
    const artifacts = [...await this.#keep(id, findings), ...moved];
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

  /** Takes the heap dump that was left, or removes it. */
  async #takeLeft(
    id: string,
    cause: string,
    { findings, at }: { readonly findings: readonly Finding[]; readonly at: Date },
  ): Promise<readonly Artifact[]> {
    const artifacts: Artifact[] = [];
    for (const { name, content } of findings) {
      if (!isFileLeft(content)) continue;
      const kept = await this.dumpOf(cause, at);
      const isFull = await roomBytes(this.#folder, this.#files) < 0;
      const to = join(this.folderOf(id), name);
      try {
        if (!isHeapDump(name)) artifacts.push(lost(name, "its name cannot be used for a file"));
        else if (kept !== null) artifacts.push(skipped(name, sameDay(kept)));
        else if (isFull) artifacts.push(skipped(name, "removed, because it had nearly filled the disk"));
        else {
          await moveFile(content.path, to, this.#files);
          const bytes = (await this.#files.stat(to))?.bytes ?? 0;
          artifacts.push({ name, status: "saved", bytes, reason: null });
        }
      } catch (error) {
        artifacts.push(lost(name, `could not be moved: ${reasonOf(error)}`));
      } finally {
        await this.#files.remove(content.path).catch(() => {});
      }
    }
    return artifacts;
  }

  /** Writes findings one by one, while there is room. */
  async #keep(id: string, findings: readonly Finding[]): Promise<readonly Artifact[]> {
    const room = await roomBytes(this.#folder, this.#files);
    const artifacts: Artifact[] = [];
    let written = 0;
    for (const { name, status, reason, content } of findings) {
      if (isFileLeft(content)) continue;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      if (!isPlainName(name) || name === MANIFEST_FILE || artifacts.some((each) => each.name === name)) {
        artifacts.push(lost(name, "its name cannot be used for a file"));
      } else if (status === "missing" || status === "skipped") {
        artifacts.push({ name, status, bytes: 0, reason });
      } else if (bytes === null) {
        artifacts.push(lost(name, reason ?? "nothing was found"));
      } else if (written + bytes.length > room) {
        artifacts.push(skipped(name, "left out, because the disk is nearly full"));
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
      const listed = manifest.artifacts ?? await this.#present(name.id);
      const artifacts = await Promise.all(listed.map((each) => this.#asItIs(name.id, each)));
      const isSame = artifacts.every((each, at) => each === listed[at]);
      return {
        ...{ ...name, kind: "whole", artifacts },
        manifest: isSame ? manifest : { ...manifest, artifacts },
        document: isSame ? document : { ...document as Readonly<Record<string, unknown>>, artifacts },
      };
    } catch (error) {
      const unfinished = text === null && await this.#files.stat(path).catch(() => null) === null;
      const reason = unfinished
        ? "it has no manifest: it is still being saved, or its daemon was killed meanwhile"
        : `its manifest cannot be read: ${reasonOf(error)}`;
      return { ...name, kind: "damaged", reason, artifacts: await this.#present(name.id) };
    }
  }

  /** A heap dump goes before its incident does, and nobody writes the manifest anew for that. */
  async #asItIs(id: string, artifact: Artifact): Promise<Artifact> {
    const { name } = artifact;
    if (!isHeapDump(name) || !isKept(artifact)) return artifact;
    if (await this.#files.stat(join(this.folderOf(id), name)) !== null) return artifact;
    return lost(name, `it was kept and is gone: only the newest ${KEPT_DUMPS} heap dumps stay`);
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
        const dumps = sizes.filter(({ name }) => isHeapDump(name)).map(({ name }) => name);
        const bytes = sizes.reduce((sum, each) => isHeapDump(each.name) ? sum : sum + each.bytes, 0);
        kept.push({ id, class: cause, atMs, bytes, dumps });
      } else if (nowMs - atMs > UNFINISHED_MS) await this.remove(id);
    }
    // The clock may have been set back: the newest is the one just saved, whatever its name says.
    const isNewest = ({ id }: { id: string }) => id === newest;
    const order = [...kept.filter((each) => !isNewest(each)), ...kept.filter(isNewest)];
    const gone = superfluous(order, nowMs);
    for (const id of gone) await this.remove(id);
    const withDump = order.filter(({ id, dumps }) => dumps.length > 0 && !gone.includes(id));
    for (const { id, dumps } of superfluousDumps(withDump)) {
      for (const name of dumps) await this.#files.remove(join(this.folderOf(id), name));
    }
  }
}

/** Why there is no second heap dump. */
export function sameDay(id: string): string {
  return `one of the same cause and day is kept in ${id}`;
}

function lost(name: string, reason: string): Artifact {
  return { name, status: "missing", bytes: 0, reason };
}

function skipped(name: string, reason: string): Artifact {
  return { name, status: "skipped", bytes: 0, reason };
}

function isFileLeft(content: Finding["content"]): content is FileLeft {
  return typeof content === "object" && content !== null && "path" in content;
}
