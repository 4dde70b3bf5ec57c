/**
 * Memory sizes and the few JVM flags the daemon reads or writes.
 * @module
 */

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** One mebibyte, in bytes. */
export const MIB = 2 ** 20;
/** One gibibyte, in bytes. */
export const GIB = 2 ** 30;

/**
 * Reads a size such as `1536m`, `1.5g`, `2GiB` or plain bytes. The JVM itself accepts whole numbers only; the
 * daemon writes the flag, so it can accept what people type.
 * @returns Bytes, or `null` when the text is no size or not above zero.
 */
export function parseSize(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (parts === null) return null;
  const bytes = Math.round(Number(parts[1]) * (UNITS[parts[2]?.toLowerCase() ?? ""] ?? 1));
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

/** A size for people: `1.5 GiB`, `768 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes >= GIB) return `${Number((bytes / GIB).toFixed(bytes % GIB === 0 ? 0 : 2))} GiB`;
  if (bytes >= MIB) return `${Math.round(bytes / MIB)} MiB`;
  return `${bytes} bytes`;
}

/** A size for the JVM: whole gibibytes, mebibytes or else kibibytes, rounded down. */
export function renderSize(bytes: number): string {
  if (bytes % GIB === 0) return `${bytes / GIB}g`;
  return bytes % MIB === 0 ? `${bytes / MIB}m` : `${Math.floor(bytes / 1024)}k`;
}

/** The heap that the last `-Xmx` or `-XX:MaxHeapSize` of a command line sets, in bytes; `null` without one. */
export function readMaxHeap(args: readonly string[]): number | null {
  const values = args.flatMap((arg) => /^-(?:Xmx|XX:MaxHeapSize=)(.+)$/.exec(arg)?.[1] ?? []);
  const last = values.at(-1);
  return last === undefined ? null : parseSize(last);
}

/** Whether a command line sets the `-XX` flag of that name, in any of its forms. */
export function setsFlag(args: readonly string[], name: string): boolean {
  return args.some((arg) => arg.replace(/^-XX:[+-]?/, "-XX:").split("=")[0] === `-XX:${name}`);
}

/** The words of an environment variable such as `JAVA_TOOL_OPTIONS`; quotes group, as the JVM reads them. */
export function splitOptions(text: string): readonly string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
