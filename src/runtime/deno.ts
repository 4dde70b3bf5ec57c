/**
 * The outside world, all of it real.
 * @module
 */

import type { ChildLauncher, Clock, Dialer, Files, Loopback, Machine, UnixDialer } from "../ports.ts";
import { children } from "./child.ts";
import { clock } from "./clock.ts";
import { files } from "./files.ts";
import { createMachine } from "./machine.ts";
import { dialer, loopback } from "./net.ts";

/** Every port of the daemon. */
export interface Runtime {
  readonly clock: Clock;
  readonly files: Files;
  readonly children: ChildLauncher;
  readonly dialer: Dialer;
  readonly unixDialer: UnixDialer;
  readonly loopback: Loopback;
  readonly machine: Machine;
}

/** The ports as Deno and this machine implement them. */
export function denoRuntime(): Runtime {
  return { clock, files, children, dialer, unixDialer: dialer, loopback, machine: createMachine() };
}
