/**
 * Performance data of a JVM as HotSpot would write it, made by hand.
 * @module
 */

/** What the prologue says; the rest of it does not matter to a reader. */
export interface Prologue {
  readonly magic?: number;
  readonly majorVersion?: number;
  readonly isComplete?: number;
  readonly firstEntry?: number;
  readonly entries?: number;
}

/** One entry's fixed part; what is left out is as it should be. */
export interface EntryPart {
  readonly name: string;
  readonly value: number | bigint | string;
  readonly type?: string;
  readonly elements?: number;
  readonly bytes?: number;
  readonly nameAt?: number;
  readonly dataAt?: number;
}

/** A whole file in the byte order of a machine, with room behind the last entry as real files have. */
export function perfDataFile(
  entries: readonly EntryPart[],
  { little = true, prologue = {} }: { little?: boolean; prologue?: Prologue } = {},
): Uint8Array<ArrayBuffer> {
  const { magic = 0xcafec0c0, majorVersion = 2, isComplete = 1, firstEntry = 32 } = prologue;
  const file = new Uint8Array(32 + entries.reduce((sum, entry) => sum + sizeOf(entry), 0) + 64);
  const view = new DataView(file.buffer);
  view.setUint32(0, magic);
  file.set([little ? 1 : 0, majorVersion, 0, isComplete], 4);
  view.setInt32(24, firstEntry, little);
  view.setInt32(28, prologue.entries ?? entries.length, little);
  let start = 32;
  for (const entry of entries) {
    const { name, value } = entry;
    const nameBytes = new TextEncoder().encode(`${name}\0`);
    const isText = typeof value === "string";
    const nameAt = entry.nameAt ?? 20;
    // Eight bytes are aligned.
    const dataAt = entry.dataAt ?? 8 * Math.ceil((20 + nameBytes.length) / 8);
    const textBytes = isText ? new TextEncoder().encode(`${value}\0`) : new Uint8Array();
    view.setInt32(start, entry.bytes ?? sizeOf(entry), little);
    view.setInt32(start + 4, nameAt, little);
    view.setInt32(start + 8, entry.elements ?? textBytes.length, little);
    view.setUint8(start + 12, (entry.type ?? (isText ? "B" : "J")).charCodeAt(0));
    view.setInt32(start + 16, dataAt, little);
    file.set(nameBytes, start + 20);
    if (isText) file.set(textBytes, start + 8 * Math.ceil((20 + nameBytes.length) / 8));
    else view.setBigInt64(start + 8 * Math.ceil((20 + nameBytes.length) / 8), BigInt(value), little);
    start += sizeOf(entry);
  }
  return file;
}

function sizeOf({ name, value }: EntryPart): number {
  const valueBytes = typeof value === "string" ? value.length + 1 : 8;
  return 8 * Math.ceil((8 * Math.ceil((21 + name.length) / 8) + valueBytes) / 8);
}

/** What a JVM with two generations tells, as entries; the frequency is a thousand ticks in a millisecond. */
export function entriesOf(
  changes: Readonly<Record<string, number | string | null>> = {},
): readonly EntryPart[] {
  const usual: Record<string, number | string | null> = {
    "sun.os.hrt.frequency": 1_000_000,
    "sun.gc.cause": "No GC",
    "sun.gc.lastCause": "System.gc()",
    "sun.gc.generation.0.name": "young",
    "sun.gc.generation.1.name": "old",
    "sun.gc.generation.1.space.0.used": 300,
    "sun.gc.generation.1.space.0.maxCapacity": 400,
    "sun.gc.collector.0.name": "young collection pauses",
    "sun.gc.collector.0.time": 1_500_000,
    "sun.gc.collector.0.invocations": 7,
    "sun.gc.collector.0.lastEntryTime": 99,
    "sun.gc.collector.1.time": 500_000,
    "sun.gc.collector.1.invocations": 2,
    ...changes,
  };
  return Object.entries(usual).flatMap(([name, value]) => value === null ? [] : [{ name, value }]);
}
