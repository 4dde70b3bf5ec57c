/**
 * What must be taken away when a bench ends, whether it came to its end, failed, or was interrupted?
 * @module
 */

import { Place } from "../tests/real/rekindle.ts";
import type { SparkInstallation } from "../tests/real/spark_installations.ts";

/** What is still to be taken away, in the order it was made. */
const owed = new Set<() => Promise<void>>();
let interrupted = false;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, () => {
    if (interrupted) return;
    interrupted = true;
    void (async () => {
      for (const clean of [...owed].reverse()) await clean().catch(() => {});
      Deno.exit(code);
    })();
  });
}

/** Does the work and then the cleaning, which an interruption does as well. */
export async function cleaned<T>(clean: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  await standStill();
  owed.add(clean);
  try {
    return await work();
  } finally {
    await standStill();
    await clean();
    owed.delete(clean);
  }
}

/** Once the bench has been interrupted, nothing may be begun or told behind the cleaning, which ends the process. */
async function standStill(): Promise<void> {
  if (interrupted) await new Promise(() => {});
}

/** Does the work in a place of its own; every process and file of it is gone afterwards. */
export async function inPlace<T>(
  spark: SparkInstallation,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  await standStill();
  const place = await Place.make(spark);
  return await cleaned(() => place[Symbol.asyncDispose](), () => work(place));
}
