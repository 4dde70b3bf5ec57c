/**
 * How does a bench start a real daemon, ask it often without waiting for ever, and prove that its gateway works?
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../src/api/status.ts";
import { DaemonProcess } from "../src/drill/daemon_process.ts";
import { provesUsable as proves } from "../src/drill/watch.ts";
import { denoRuntime } from "../src/runtime/deno.ts";
import { type Place, ROOT } from "../tests/real/rekindle.ts";

/** The real machine. */
export const runtime = denoRuntime();

/** The command line, as a user starts it. */
export const REKINDLE: readonly string[] = [join(ROOT, "rekindle")];

/** The same without the bundle that the set-up makes, and with all of V8's compilers. */
export const FROM_SOURCES: readonly string[] = [
  join(ROOT, "denow"),
  ...[
    "run",
    "-A",
    "--no-lock",
    "--cached-only",
    "--v8-flags=--max-semi-space-size=1",
    join(ROOT, "src/main.ts"),
  ],
];

/** How to start it. */
export interface StartOptions {
  /** @default REKINDLE */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A `rekindle run` that may be in any state, dead too. */
export class DaemonUnderTest extends DaemonProcess {
  readonly place: Place;

  constructor(place: Place, { command = REKINDLE, args = [], env = {} }: StartOptions = {}) {
    const [program = "", ...first] = command;
    super({
      program,
      args: [...first, "run", ...place.flags, ...args],
      cwd: place.folder,
      // Where `rekindle` keeps what Deno makes of it.
      env: { DENO_DIR: join(ROOT, ".rekindle/deno"), ...place.env, ...env },
    }, { stateDir: place.stateDir, runtime });
    this.place = place;
  }

  /** Starts one and waits until its gateway works; a daemon that does not get there is an error. */
  static async ready(place: Place, options: StartOptions = {}): Promise<DaemonUnderTest> {
    const daemon = new DaemonUnderTest(place, options);
    const status = await daemon.until((status) => status.ready && provesUsable(status), 120_000);
    if (status === null) throw new Error(`The daemon did not get ready:\n${daemon.log}`);
    return daemon;
  }
}

/** Whether a program could attach by the environment file now: one authenticated call is answered. */
export async function provesUsable(status: Status): Promise<boolean> {
  return await proves(status, runtime);
}
