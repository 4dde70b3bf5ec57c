/**
 * `rekindle plan --replay`: what would have been done about the deaths that are kept, had memory been planned as now?
 * @module
 */

import { join } from "@std/path";
import { formatSize } from "../core/jvm_flags.ts";
import { replay } from "../core/memory/replay.ts";
import type { KeptDeath, Replayed } from "../core/memory/replay.ts";
import { CAUSE_CLASSES } from "../core/verdict.ts";
import type { Manifest } from "../incident/manifest.ts";
import { readMemoryFacts } from "../incident/memory_witness.ts";
import { redactJson } from "../incident/redaction/redact.ts";
import { IncidentStore } from "../incident/store.ts";
import { printable } from "../printable.ts";
import { columns, WIDTH, wrapped } from "./columns.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";
import { when } from "./plan_history.ts";
import { planSource } from "./plan_source.ts";

/** One incident that was lived through again. */
export interface Retold {
  readonly id: string;
  readonly at: string;
  readonly generation: number;
  /** As the manifest has it: it may be one that only another version knows. */
  readonly class: string;
  /** The heap it died with, in bytes; `null` when that is not known. */
  readonly heapBytes: number | null;
  readonly then: Manifest["change"];
  readonly now: Replayed;
}

/** The answer as JSON has it, and as lines. */
export async function replayed(context: CommandContext): Promise<{
  readonly document: unknown;
  readonly lines: readonly string[];
}> {
  const folder = join(foldersOf(context).state, "incidents");
  const all = (await new IncidentStore(folder, context.runtime.files).list()).toReversed();
  const damaged = all.flatMap((each) =>
    each.kind === "damaged" ? [{ id: each.id, reason: each.reason }] : []
  );
  const manifests = all.flatMap((each) => each.kind === "whole" ? [{ ...each.manifest, id: each.id }] : []);
  const { memory: { basis }, policy, unknown } = await planSource(context);
  const deaths = manifests.map(deathOf);
  const answers = replay(basis, policy, deaths);
  const incidents = manifests.flatMap(({ id, at, generation, verdict, change }, index): readonly Retold[] => {
    const now = answers[index];
    if (now === undefined) return [];
    const heapBytes = deaths[index]?.sizes.heap ?? null;
    const then = redactJson(change, context.secrets).value as Manifest["change"];
    return [{ id, at, generation, class: verdict.class, heapBytes, then, now }];
  });
  const document = { ...policy, limit: basis.limit, incidents, damaged, unknown };
  return { document, lines: told(incidents, { folder, damaged, unknown }) };
}

function deathOf({ at, generation, verdict, change, facts }: Manifest): KeptDeath {
  const { sizes, wasReady, fillMs, use } = readMemoryFacts(facts);
  return {
    class: CAUSE_CLASSES.find((each) => each === verdict.class) ?? "unknown",
    ...{ generation, atMs: Date.parse(at), sizes, fillMs, use, then: change },
    // As most are.
    wasReady: wasReady ?? true,
  };
}

interface Beside {
  readonly folder: string;
  readonly damaged: readonly { readonly id: string; readonly reason: string }[];
  readonly unknown: readonly string[];
}

function told(incidents: readonly Retold[], { folder, damaged, unknown }: Beside): readonly string[] {
  const differing = incidents.filter(({ now }) => now.differs).length;
  const title = incidents.length === 0
    ? `No incidents to live through are kept in ${folder}.`
    : `${
      deaths(incidents.length)
    } lived through anew, from nothing learned; ${differing} would end otherwise.`;
  return [
    ...[title, ...unknown].flatMap((line) => wrapped(line, WIDTH)),
    ...incidents.flatMap(retold),
    ...(damaged.length === 0 ? [] : ["", "Skipped, because they are damaged"]),
    ...columns(damaged.map(({ id, reason }) => [id, reason]), "  "),
  ];
}

function deaths(count: number): string {
  return count === 1 ? "1 death" : `${count} deaths`;
}

function retold({ at, generation, class: cause, heapBytes, then, now }: Retold): readonly string[] {
  const had = heapBytes === null ? "a heap that is not known" : `a heap of ${formatSize(heapBytes)}`;
  return [
    "",
    `${when(Date.parse(at))}  generation ${generation}  ${printable(cause)}, with ${had}`,
    ...columns([
      ["then", then.reason],
      [now.differs ? "now *" : "now", now.differs ? now.reason : "the same"],
    ], "  "),
  ];
}
