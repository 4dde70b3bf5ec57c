/**
 * What becomes of gateways and programs when the disk of the state folder, or of the temporary one, is full for a while?
 * @module
 */

import { join } from "@std/path";
import type { Place } from "../../../tests/real/rekindle.ts";
import { cleaned } from "../../lifetime.ts";
import { mountSmallDisk } from "../../../src/drill/small_disk.ts";
import { runtime } from "../../daemon_under_test.ts";
import { fill } from "../../scene.ts";
import { type Fault, gatewayOf, signal } from "../fault.ts";

/** The folders that get a disk of their own, and how large: a run keeps 50 incidents, and Spark its shuffles. */
const DISKS = { state: "512m", tmp: "512m" } as const;

const missing = () => Deno.uid() === 0 ? null : "only root can mount a small disk";

function full(folder: keyof typeof DISKS, alsoKilled: boolean): Fault {
  return {
    what:
      `the disk of the ${
        folder === "state" ? "state, logs and runtime files" : "temporary files"
      } is full for up to 8 s` +
      (alsoKilled ? ", and a gateway is killed meanwhile" : ""),
    // Spark writes there too, and a program is told by Spark.
    cost: "anything",
    ...(folder === "state" ? { costsRecords: true } : {}),
    missing,
    inject: async (target) => {
      const pid = alsoKilled ? await gatewayOf(target) : null;
      const free = await fill(join(target.site.place.folder, folder));
      signal(pid, "SIGKILL");
      return free;
    },
  };
}

/** Which disk is full. */
export const SMALL_DISKS = {
  "state-disk-full": full("state", false),
  "state-disk-full-kill": full("state", true),
  "temp-disk-full": full("tmp", false),
  "temp-disk-full-kill": full("tmp", true),
} as const satisfies Readonly<Record<string, Fault>>;

/** Does the work with small disks where this user may mount them; they are gone afterwards. */
export async function onSmallDisks<T>(place: Place, work: () => Promise<T>): Promise<T> {
  if (missing() !== null) return await work();
  return await Object.entries(DISKS).reduce<() => Promise<T>>(
    (inner, [folder, size]) => async () =>
      await cleaned(await mountSmallDisk(join(place.folder, folder), size, runtime), inner),
    work,
  )();
}
