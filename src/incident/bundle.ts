/**
 * What of an incident can be sent with a bug report? Its manifest and its texts without secrets, as one archive.
 * @module
 */

import { join } from "@std/path";
import type { Files } from "../ports.ts";
import { isHeapDump, isKept, isPlainName } from "./finding.ts";
import { MANIFEST_FILE } from "./manifest.ts";
import { redact, redactJson } from "./redaction/redact.ts";
import type { IncidentStore, StoredIncident } from "./store.ts";
import { gzip, tar } from "./tar.ts";

/** Larger texts are left out: an archive for a bug report has to be one that can be sent, and read into memory. */
export const LARGEST_TEXT_BYTES = 32 * 2 ** 20;

/** What an archive needs. */
export interface BundleOptions {
  readonly store: IncidentStore;
  readonly files: Files;
  /** Secrets known by their value, such as that of the gateway that runs now. */
  readonly secrets: readonly string[];
  /** Of this program. */
  readonly version: string;
}

/** An archive. */
export interface Bundle {
  /** A gzipped tar file. */
  readonly bytes: Uint8Array;
  /** The files in it. */
  readonly names: readonly string[];
  /** How many secrets were replaced. */
  readonly replaced: number;
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** Puts an incident into an archive. A folder whose manifest is damaged gives what there is. */
export async function bundle(
  incident: StoredIncident,
  { store, files, secrets, version }: BundleOptions,
): Promise<Bundle> {
  const folder = store.folderOf(incident.id);
  const texts: { readonly name: string; readonly text: string }[] = [];
  const leftOut: { readonly name: string; readonly reason: string }[] = [];
  let replaced = 0;
  const add = (name: string, text: string, count: number) => {
    texts.push({ name, text });
    replaced += count;
  };
  if (incident.kind === "whole") {
    const { value, count } = redactJson(incident.document, secrets);
    add(MANIFEST_FILE, `${JSON.stringify(value, null, 2)}\n`, count);
  } else leftOut.push({ name: MANIFEST_FILE, reason: incident.reason });
  for (const { name, status, reason } of incident.artifacts) {
    // The manifest is a file like any other, and need not be as it was written.
    const isThere = isKept({ status }) && isPlainName(name);
    if (isThere && isHeapDump(name)) {
      leftOut.push({
        name,
        reason: `it holds the program's data and secrets, and stays ${join(folder, name)}`,
      });
      continue;
    }
    const read = isThere ? await readText(join(folder, name), files) : { reason: reason ?? status };
    if ("reason" in read) leftOut.push({ name, reason: read.reason });
    else {
      const { text, count } = redact(read.text, secrets);
      add(name, text, count);
    }
  }
  const names = texts.map(({ name }) => name);
  // A reason may hold what a gateway or another program said.
  const about = redact(describe({ id: incident.id, version, names, replaced, leftOut }), secrets).text;
  const encoder = new TextEncoder();
  const archive = tar(
    [...texts, { name: "ABOUT.txt", text: about }].map(({ name, text }) => ({
      name,
      bytes: encoder.encode(text),
    })),
    { folder: incident.id, at: new Date(incident.at) },
  );
  return { bytes: await gzip(archive), names, replaced, leftOut };
}

/** A text, or why it is none that may be sent. Heap dumps hold everything a program had in memory. */
async function readText(
  path: string,
  files: Files,
): Promise<{ readonly text: string } | { readonly reason: string }> {
  if (/\.(?:hprof|jfr|core|gz|zip)(?:\.|$)/i.test(path)) {
    return { reason: "a dump or an archive, which may hold anything" };
  }
  const stat = await files.stat(path);
  if (stat === null || !stat.isFile) return { reason: "it is not there any more" };
  if (stat.bytes > LARGEST_TEXT_BYTES) return { reason: "too large for a bug report" };
  const bytes = await files.readBytes(path).catch(() => null);
  if (bytes === null) return { reason: "it cannot be read" };
  // No text has a zero byte; performance data, heap dumps and core files do.
  if (bytes.includes(0)) return { reason: "not a text, so secrets in it cannot be found" };
  return { text: new TextDecoder().decode(bytes) };
}

function describe(
  { id, version, names, replaced, leftOut }: Omit<Bundle, "bytes"> & {
    readonly id: string;
    readonly version: string;
  },
): string {
  return [
    `Incident ${id}, put together by rekindle ${version} for a bug report.`,
    "",
    `${replaced} ${replaced === 1 ? "secret was" : "secrets were"} replaced by <redacted>. ` +
    "Names of hosts, users and files are still there: look through it before you publish it.",
    "",
    ...names.map((name) => `in it     ${name}`),
    ...leftOut.map(({ name, reason }) => `left out  ${name}: ${reason}`),
    "",
  ].join("\n");
}
