/**
 * How is a program run that needs so much memory of one kind, and what do its JVMs say of their limits?
 * @module
 */

import { strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { MIB } from "../../src/core/jvm_flags.ts";
import { sizeWordOf } from "../../src/core/memory/plan_flags.ts";
import { FLAG_OF } from "../../src/core/memory/region.ts";
import type { SizedRegion } from "../../src/core/memory/region.ts";
import type { ControlGroup } from "./control_group.ts";
import { type Place, program, type Result, ROOT } from "./rekindle.ts";
import { wrappedJava } from "./wrapped_java.ts";

/** Limits by region, in MiB. */
export type Limits = Readonly<Partial<Record<SizedRegion, number>>>;

/** A program to run with a memory of its own. */
export interface Life {
  /** Flags of `exec`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What `programs/memory.py` is to need. */
  readonly need: readonly string[];
  /** Where to run it all. */
  readonly group?: ControlGroup | null;
}

/** What came of it. */
export interface Lived extends Result {
  /** The heap of every start, as it was told. */
  readonly starts: readonly string[];
  /** The limits of every JVM that a program reached, as that JVM itself said them. */
  readonly jvms: readonly Limits[];
}

/** Runs the program by `exec` to its end, and again as often as its flags say. */
export async function lived(
  place: Place,
  { flags = [], env = {}, need, group = null }: Life,
): Promise<Lived> {
  const words = [
    ...[join(ROOT, "rekindle"), "exec", ...place.flags, ...flags],
    ...["--", "python", program("memory.py"), ...need],
  ];
  const [name = "", ...args] = group === null ? words : group.enter(words);
  const result = await place.plain(name, args, env);
  const starts = result.stderr.matchAll(/starting gateway generation \d+ with a heap of (\d\S* \w+)/g);
  return { ...result, starts: [...starts].map(([, heap = ""]) => heap), jvms: jvmsOf(result.stdout) };
}

/** The limits of every JVM that a program has described, the first one first. */
export function jvmsOf(stdout: string): readonly Limits[] {
  return stdout.split("\n").filter((line) => line.startsWith("jvm ")).map((line) => {
    const { flags, argv }: { flags: Readonly<Record<string, number>>; argv: readonly string[] } = JSON.parse(
      line.slice("jvm ".length),
    );
    const bytesOf = (region: SizedRegion) => (flags[FLAG_OF[region]] ?? 0) * (region === "stack" ? 1024 : 1);
    // The last word of its command for a region is the one that the JVM has taken.
    for (const { region, bytes } of lastWords(argv)) {
      strictEqual(bytesOf(region), bytes, `${region}: ${line}`);
    }
    const regions = Object.keys(FLAG_OF) as SizedRegion[];
    return Object.fromEntries(regions.map((region) => [region, bytesOf(region) / MIB]));
  });
}

function lastWords(argv: readonly string[]) {
  const sizes = argv.flatMap((word) => sizeWordOf(word) ?? []);
  return sizes.filter(({ region }, index) => sizes.findLastIndex((each) => each.region === region) === index);
}

/** Only the limits that are of interest. */
export function only(limits: Limits, wanted: Limits): Limits {
  const names = Object.keys(wanted) as SizedRegion[];
  return Object.fromEntries(names.map((region) => [region, limits[region]]));
}

/** A Java that may use no more than so much address space. */
export async function narrowJava(place: Place, addressSpaceMib: number): Promise<Record<string, string>> {
  return await wrappedJava(place, `ulimit -v ${addressSpaceMib * 1024}`);
}
