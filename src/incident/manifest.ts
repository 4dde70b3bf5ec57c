/**
 * What stands in an incident's `manifest.json`? How it is written, and how it is read back from other versions' files.
 * @module
 */

import { isRecord } from "../core/json.ts";
import type { Incident } from "../core/lifecycle.ts";
import type { Evidence, ExitStatus, Verdict } from "../core/verdict.ts";
import { FINDING_STATUSES } from "./finding.ts";
import type { FindingStatus } from "./finding.ts";

/** The name of the file in an incident's folder. It is written last: a folder that has one is complete. */
export const MANIFEST_FILE = "manifest.json";

/** One thing that was looked for, without its content. `bytes` is its size in the folder, 0 when it is not there. */
export interface Artifact {
  readonly name: string;
  readonly status: FindingStatus;
  readonly bytes: number;
  readonly reason: string | null;
}

/** What else is worth knowing of the gateway and its surroundings: plain JSON, without secrets. */
export type Facts = Readonly<Record<string, unknown>>;

/** What stands in the file. The class may be one that only another version knows. */
export interface Manifest {
  readonly id: string;
  /** In ISO 8601. */
  readonly at: string;
  readonly generation: number;
  readonly verdict: Omit<Verdict, "class" | "evidence"> & {
    readonly class: string;
    readonly evidence: readonly (Omit<Evidence, "source"> & { readonly source: string })[];
  };
  readonly exit: ExitStatus;
  readonly change: Incident["change"];
  readonly decision: { readonly kind: string; readonly reason: string };
  /** `null` in the files of version 0.1.0, which kept the outputs and did not list them. */
  readonly artifacts: readonly Artifact[] | null;
  readonly facts: Facts;
}

/** What an incident's file says besides the incident itself. */
export interface ManifestDetails {
  readonly id: string;
  readonly at: Date;
  readonly artifacts: readonly Artifact[];
  readonly facts: Facts;
}

/** The text of the file. */
export function renderManifest(incident: Incident, { id, at, artifacts, facts }: ManifestDetails): string {
  return `${JSON.stringify({ id, at: at.toISOString(), ...incident, artifacts, facts }, null, 2)}\n`;
}

/**
 * Reads the parsed text of the file.
 * @returns The manifest, or in words what is wrong with it.
 */
export function readManifest(document: unknown): Manifest | string {
  if (!isRecord(document)) return "it is no JSON object";
  const { id, at, generation, verdict, exit, change, decision, artifacts, facts } = document;
  if (typeof id !== "string") return "its id is missing";
  if (typeof at !== "string" || Number.isNaN(Date.parse(at))) return "its time is missing";
  if (typeof generation !== "number") return "its generation is missing";
  const judged = readVerdict(verdict);
  if (judged === null) return "its verdict is missing";
  return {
    ...{ id, at, generation },
    verdict: judged,
    exit: isRecord(exit)
      ? { code: numberOr(exit.code, -1), signal: textOr(exit.signal, null) }
      : { code: -1, signal: null },
    change: isRecord(change)
      ? { changed: change.changed === true, reason: textOr(change.reason, "not known") }
      : { changed: false, reason: "not known" },
    decision: isRecord(decision)
      ? { kind: textOr(decision.kind, "not known"), reason: textOr(decision.reason, "not known") }
      : { kind: "not known", reason: "not known" },
    artifacts: Array.isArray(artifacts) ? artifacts.flatMap(readArtifact) : null,
    facts: isRecord(facts) ? facts : {},
  };
}

function readVerdict(value: unknown): Manifest["verdict"] | null {
  if (!isRecord(value) || typeof value.class !== "string" || typeof value.summary !== "string") return null;
  const { confidence, evidence } = value;
  return {
    class: value.class,
    fatal: value.fatal !== false,
    confidence: confidence === "certain" || confidence === "likely" ? confidence : "unsure",
    summary: value.summary,
    evidence: Array.isArray(evidence) ? evidence.flatMap(readEvidence) : [],
    remedy: textOr(value.remedy, ""),
  };
}

function readEvidence(value: unknown): Manifest["verdict"]["evidence"] {
  if (!isRecord(value) || typeof value.text !== "string") return [];
  return [{ source: textOr(value.source, "not known"), line: numberOr(value.line, null), text: value.text }];
}

function readArtifact(value: unknown): readonly Artifact[] {
  if (!isRecord(value) || typeof value.name !== "string") return [];
  const status = FINDING_STATUSES.find((each) => each === value.status) ?? "missing";
  return [{ name: value.name, status, bytes: numberOr(value.bytes, 0), reason: textOr(value.reason, null) }];
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" ? value : otherwise;
}

function numberOr<T>(value: unknown, otherwise: T): number | T {
  return typeof value === "number" ? value : otherwise;
}
