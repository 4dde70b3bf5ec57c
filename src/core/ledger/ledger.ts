/**
 * What has become of every gateway, across daemons? How a file of records is read after a crash, and how it is kept
 * from growing for ever.
 * @module
 */

import { count, isKnown, recordFrom } from "./ledger_record.ts";
import type { LedgerRecord } from "./ledger_record.ts";

/** A gateway of which no end was seen: its daemon was killed. */
export type OpenGeneration = Omit<Extract<LedgerRecord, { kind: "started" }>, "kind" | "at">;

/** What a ledger's text holds. */
export interface LedgerContents {
  /** Every record that could be read, oldest first. */
  readonly records: readonly LedgerRecord[];
  /** The greatest generation number of any readable line, 0 when there is none. */
  readonly lastGeneration: number;
  /** Started, and neither ended nor ended as an orphan; oldest first. */
  readonly open: readonly OpenGeneration[];
  /** Length of a last line that is unfinished or unreadable. */
  readonly tornBytes: number;
  /** How many other lines could not be read. */
  readonly damagedLines: number;
  /** Every readable line, also those of kinds that only a newer version knows, each with its line end. */
  readonly keptText: string;
  /** The rest, as it stands in the text. */
  readonly lostText: string;
}

/** Reads a whole ledger; what cannot be read costs only its own line. Never throws. */
export function readLedger(text: string): LedgerContents {
  const lines = linesOf(text);
  const readable = lines.filter((line) => !line.damaged);
  const lost = lines.filter((line) => line.damaged);
  const torn = lines.at(-1)?.damaged ? lines.at(-1) : undefined;
  const records = readable.flatMap(({ record }) => record ?? []);
  const kept = readable.map((line) => line.text).join("");
  return {
    records,
    lastGeneration: readable.reduce((greatest, { generation }) => Math.max(greatest, generation ?? 0), 0),
    open: openOf(records),
    tornBytes: byteLength(torn?.text ?? ""),
    damagedLines: lost.length - (torn === undefined ? 0 : 1),
    // A record that lacks only its line end is whole.
    keptText: kept === "" || kept.endsWith("\n") ? kept : `${kept}\n`,
    lostText: lost.map((line) => line.text).join(""),
  };
}

/**
 * The readable lines of the newest generations, and as many of the newest lines that concern no generation. The
 * greatest generation number stays.
 * @param count How many generations, at least 1.
 */
export function newestGenerations(text: string, count: number): string {
  const lines = linesOf(text).filter((line) => !line.damaged);
  const numbers = new Set(lines.flatMap(({ generation }) => generation ?? []));
  const generations = new Set([...numbers].sort((a, b) => a - b).slice(-count));
  const others = new Set(lines.filter(({ generation }) => generation === null).slice(-count));
  return lines.filter((line) =>
    line.generation === null ? others.has(line) : generations.has(line.generation)
  ).map((line) => line.text).join("");
}

/** The size of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** One line as it stands in the text, and what it says. */
interface Line {
  readonly text: string;
  readonly damaged: boolean;
  /** `null` also for an empty line, and for a kind of record that only a newer version knows. */
  readonly record: LedgerRecord | null;
  readonly generation: number | null;
}

function linesOf(text: string): readonly Line[] {
  return text.split(/(?<=\n)/).map(lineFrom);
}

function lineFrom(text: string): Line {
  const none = { text, record: null, generation: null };
  // Whoever begins on a fresh line after a failed write may leave an empty one.
  if (text === "" || text === "\n") return { ...none, damaged: false };
  const value = parse(text);
  if (typeof value !== "object" || value === null) return { ...none, damaged: true };
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const { kind } = fields;
  if (typeof kind !== "string") return { ...none, damaged: true };
  const generation = count(fields.generation) ?? null;
  if (!isKnown(kind)) return { ...none, generation, damaged: false };
  const record = recordFrom(kind, fields);
  return record === null ? { ...none, damaged: true } : { text, record, generation, damaged: false };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function openOf(records: readonly LedgerRecord[]): readonly OpenGeneration[] {
  const open = new Map<number, OpenGeneration>();
  for (const record of records) {
    if (record.kind === "started") {
      const { generation, pid, startTicks, bootId } = record;
      open.set(generation, { generation, pid, startTicks, bootId });
    } else if (record.kind === "ended" || record.kind === "orphan") open.delete(record.generation ?? 0);
  }
  return [...open.values()];
}
