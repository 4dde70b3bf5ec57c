/**
 * How does a person read what was learned of memory? What was changed, which sizes fail, and what was used.
 * @module
 */

import { formatSize } from "../core/jvm_flags.ts";
import type { MemoryPolicy } from "../core/memory/basis.ts";
import { LEAK_MEMORY_MS } from "../core/memory/leak.ts";
import type { Memory } from "../core/memory/memory.ts";
import { SIZED_REGIONS } from "../core/memory/plan.ts";
import type { MemoryRecord } from "../core/memory/record.ts";
import { TITLE_OF } from "../core/memory/region.ts";
import { columns, section } from "./columns.ts";

/** Everything that is remembered, in sections; those without content are left out. */
export function historyParts({ record, basis, plan }: Memory, policy: MemoryPolicy): readonly string[] {
  const { pins } = basis;
  const fixed = SIZED_REGIONS.flatMap((region) => {
    const pin = pins[region];
    if (pin === undefined) return [];
    const moved = plan[region].provenance === "pinned" ? "" : ", and is replaced: see its row";
    return [[TITLE_OF[region], formatSize(pin.bytes), `by ${pin.by}${moved}`]];
  });
  const arenas = plan.mallocArenas;
  return [
    ...section("Changes, oldest first", steps(record)),
    ...section("Sizes that failed", bounds(record)),
    ...section("Leak", leak(record)),
    ...section("Used at most", uses(record)),
    ...section("Fixed", fixed),
    "",
    ...columns([[
      "Mode",
      `${policy.mode}${policy.modeIsExplicit ? ", asked for" : ""}: ${MODES[policy.mode]}`,
    ]]),
    ...(policy.modeIsExplicit || fixed.length === 0
      ? []
      : ["      What is fixed moves only when --memory-mode adjust is asked for."]),
    ...(arenas === null ? [] : [`Malloc  MALLOC_ARENA_MAX=${arenas}, unless you have set it yourself`]),
  ];
}

const MODES: Readonly<Record<MemoryPolicy["mode"], string>> = {
  adjust: "sizes move after a memory death, and back after a calm week",
  suggest: "a death only says what it would move",
  off: "nothing moves",
};

function steps({ steps }: MemoryRecord): readonly (readonly string[])[] {
  return steps.map(({ atMs, generation, cause, region, fromBytes, toBytes }) => [
    when(atMs),
    `generation ${generation}`,
    cause,
    `${TITLE_OF[region]} ${formatSize(fromBytes)} → ${formatSize(toBytes)}`,
  ]);
}

function bounds({ bounds }: MemoryRecord): readonly (readonly string[])[] {
  return SIZED_REGIONS.flatMap((region) => {
    const { tooSmallBytes = null, tooLargeBytes = null, atMs = 0 } = bounds[region] ?? {};
    const words = [
      ...(tooSmallBytes === null ? [] : [`${formatSize(tooSmallBytes)} was too small`]),
      ...(tooLargeBytes === null ? [] : [`${formatSize(tooLargeBytes)} was too large`]),
    ];
    return words.length === 0 ? [] : [[TITLE_OF[region], `${words.join(", ")} (${when(atMs)})`]];
  });
}

function leak({ leak }: MemoryRecord): readonly (readonly string[])[] {
  if (leak === null) return [];
  const { heapBytes, atMs } = leak;
  return [[
    `A heap of ${formatSize(heapBytes)} filled as a leak fills it (${
      when(atMs)
    }): none of that size or larger ` +
    `is raised until ${when(atMs + LEAK_MEMORY_MS)}.`,
  ]];
}

function uses({ uses }: MemoryRecord): readonly (readonly string[])[] {
  if (uses.length === 0) return [];
  // Nothing beside the heap means that pages of the heap were never touched, and so not known.
  const size = (bytes: number | null) => bytes === null || bytes === 0 ? "-" : formatSize(bytes);
  return [
    ["GENERATION", "LAST SEEN", "OLD GENERATION", "METASPACE", "BESIDE THE HEAP", "PYTHON WORKERS"],
    ...uses.map((use) => [
      String(use.generation),
      when(use.atMs),
      ...[use.oldBytes, use.metaspaceBytes, use.besideBytes, use.pythonBytes].map(size),
    ]),
  ];
}

/** `2026-03-04 05:06Z`. */
export function when(atMs: number): string {
  const date = new Date(atMs);
  // What is remembered is a file that anybody may have changed.
  if (Number.isNaN(date.getTime())) return "not known when";
  return date.toISOString().replace("T", " ").replace(/:\d\d\.\d+/, "");
}
