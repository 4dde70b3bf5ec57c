/**
 * How does a plan become flags of a JVM, and which words of a command line size a region?
 * @module
 */

import { parseSize, renderSize } from "../jvm_flags.ts";
import { SIZED_REGIONS } from "./plan.ts";
import type { MemoryPlan } from "./plan.ts";
import type { SizedRegion } from "./region.ts";

/** The part of each flag that stands before its size. */
const FLAG_BEFORE: Readonly<Record<SizedRegion, string>> = {
  heap: "-Xmx",
  direct: "-XX:MaxDirectMemorySize=",
  metaspace: "-XX:MaxMetaspaceSize=",
  classSpace: "-XX:CompressedClassSpaceSize=",
  codeCache: "-XX:ReservedCodeCacheSize=",
  stack: "-Xss",
};

/** The flags that put a plan into effect. Sizes that the user has fixed stand where the user has written them. */
export function renderPlan(plan: MemoryPlan): readonly string[] {
  // The launcher always sets a heap of its own; so ours is always said.
  const ours = SIZED_REGIONS.filter((region) => region === "heap" || plan[region].provenance !== "pinned");
  return ours.map((region) => `${FLAG_BEFORE[region]}${renderSize(plan[region].bytes)}`);
}

/** A word of a command line that sizes a region. */
export interface SizeWord {
  readonly region: SizedRegion;
  readonly bytes: number;
}

/** Every way to write each size (java(1)); HotSpot counts `ThreadStackSize` in KiB. */
const WORDS: readonly (readonly [RegExp, SizedRegion, number])[] = [
  [/^-(?:Xmx|mx|XX:MaxHeapSize=)(.+)$/, "heap", 1],
  [/^-XX:MaxDirectMemorySize=(.+)$/, "direct", 1],
  [/^-XX:MaxMetaspaceSize=(.+)$/, "metaspace", 1],
  [/^-XX:CompressedClassSpaceSize=(.+)$/, "classSpace", 1],
  [/^-(?:XX:ReservedCodeCacheSize=|Xmaxjitcodesize)(.+)$/, "codeCache", 1],
  [/^-(?:Xss|ss)(.+)$/, "stack", 1],
  [/^-XX:ThreadStackSize=(.+)$/, "stack", 1024],
];

/** What a word sizes; `null` when it sizes nothing, or with a size that means HotSpot's own default. */
export function sizeWordOf(word: string): SizeWord | null {
  for (const [pattern, region, unit] of WORDS) {
    const size = pattern.exec(word)?.[1];
    const bytes = size === undefined ? null : parseSize(size);
    if (bytes !== null) return { region, bytes: bytes * unit };
  }
  return null;
}

/** The least heap that a word asks for at the start, in bytes: more than the most there is would be refused. */
export function firstHeapOf(word: string): number | null {
  const size = /^-(?:Xms|ms|XX:(?:InitialHeapSize|MinHeapSize)=)(.+)$/.exec(word)?.[1];
  return size === undefined ? null : parseSize(size);
}
