/**
 * The first calls to a new gateway: does it run Java code for us, and which flags did it really take?
 * @module
 */

import { FLAG_OF } from "../core/memory/region.ts";
import type { Dialer } from "../ports.ts";
import { flagsBean } from "./flags_bean.ts";
import { Py4jClient } from "./py4j.ts";
import { ReferenceScope } from "./reference_scope.ts";
import { Workbench } from "./warm_up_session.ts";

const READ_BACK = Object.values(FLAG_OF);
/** HotSpot counts this one in KiB. */
const IN_KIB = FLAG_OF.stack;

/** The values of memory flags as the running JVM holds them, in bytes; `null` where it does not tell. */
export type RunningFlags = Readonly<Record<string, number | null>>;

/** What attaching needs. */
export interface AttachOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly secret: string;
  /** A folder the JVM removes at an orderly exit, so that nothing is left even when the daemon is gone by then. */
  readonly scratch: string | null;
  readonly signal: AbortSignal;
}

/**
 * Authenticates, runs a first call, and reads the flags back.
 * @throws {Error} When the gateway does not answer as one.
 */
export async function attach({ scratch, signal, ...endpoint }: AttachOptions): Promise<RunningFlags> {
  using client = await Py4jClient.connect({ ...endpoint, signal });
  await client.call("java.lang.System", "currentTimeMillis", { signal });
  if (scratch !== null) {
    await using scope = new ReferenceScope(client, { signal });
    const folder = scope.keep(await client.construct("java.io.File", { args: [scratch], signal }));
    await client.call(folder, "deleteOnExit", { signal });
  }
  return await readFlags(client, signal);
}

/** Reads what the JVM itself says; an older py4j may not reach the bean, which is no reason to refuse the JVM. */
async function readFlags(client: Py4jClient, signal: AbortSignal): Promise<RunningFlags> {
  const flags: Record<string, number | null> = Object.fromEntries(READ_BACK.map((name) => [name, null]));
  await using bench = new Workbench(client, signal);
  try {
    const bean = await flagsBean(bench);
    for (const name of READ_BACK) {
      const value = Number(await bench.call(await bench.get(bean, "getVMOption", name), "getValue"));
      flags[name] = name === IN_KIB ? value * 1024 : value;
    }
  } catch {
    // Unknown stays null.
  }
  return flags;
}
