/**
 * What becomes of the daemon when the wall clock jumps, or its disk takes seconds to make a line durable? Both are brought
 * about by a library that is loaded into the daemon alone: the machine's own clock and disks stay as they are.
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import type { Place } from "../../../tests/real/rekindle.ts";
import type { Fault, Target } from "../fault.ts";

const SOURCE = fromFileUrl(new URL("clock_and_disk.c", import.meta.url));
const COMPILER = "gcc";
const DAY_S = 86_400;

/** Why there is none, or `null`. */
async function missing(): Promise<string | null> {
  const found = await new Deno.Command("sh", { args: ["-c", `command -v ${COMPILER}`], stdout: "null" })
    .output();
  return found.success ? null : `there is no ${COMPILER} to make the library with`;
}

function pathOf(place: Place): string {
  return join(place.folder, "clock");
}

/** Makes the library, and the file that tells it; returns the environment of a daemon that has it. */
export async function preload(place: Place): Promise<Readonly<Record<string, string>>> {
  if (await missing() !== null) return {};
  const library = join(place.folder, "clock_and_disk.so");
  await place.plain(COMPILER, ["-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], {
    PATH: Deno.env.get("PATH") ?? "",
  });
  await say(place, { seconds: 0, fsyncMs: 0 });
  return { LD_PRELOAD: library, CHAOS_CLOCK: pathOf(place) };
}

async function say(place: Place, { seconds, fsyncMs }: { seconds: number; fsyncMs: number }): Promise<void> {
  // In place: a new file would not be the one that is mapped.
  using file = await Deno.open(pathOf(place), { write: true, create: true });
  await file.write(
    new Uint8Array(BigInt64Array.of(BigInt(Math.round(seconds)) * 1_000_000_000n, BigInt(fsyncMs)).buffer),
  );
}

function told(what: string, how: (amount: number) => { seconds: number; fsyncMs: number }): Fault {
  return {
    what,
    cost: "nothing",
    missing,
    inject: async ({ site: { place }, amount }: Target) => {
      await say(place, how(amount));
      return () => say(place, { seconds: 0, fsyncMs: 0 });
    },
  };
}

/** Jumps of the wall clock, there and back, and a slow disk. */
export const CLOCK_AND_DISK = {
  "clock-forward": told(
    "the wall clock jumps forward by up to 20 days, and back",
    (amount) => ({ seconds: 60 + amount * 20 * DAY_S, fsyncMs: 0 }),
  ),
  "clock-back": told(
    "the wall clock jumps back by up to a day, and forward",
    (amount) => ({ seconds: -60 - amount * DAY_S, fsyncMs: 0 }),
  ),
  "slow-disk": told(
    "each fsync takes up to 3 s longer",
    (amount) => ({ seconds: 0, fsyncMs: 200 + Math.round(amount * 2_800) }),
  ),
} as const satisfies Readonly<Record<string, Fault>>;
