/**
 * What does a generation of the gateway need from outside?
 * @module
 */

import type { ChildLauncher, Clock, Dialer, Files, Machine } from "../ports.ts";
import type { Bytecode } from "./bytecode.ts";
import type { GatewayCommand } from "./command.ts";
import type { StartArchive } from "./start_archive.ts";

/** Where a generation keeps what. */
export interface ProcessFolders {
  /** Where the hand-shake folder goes. */
  readonly runtime: string;
  readonly logs: string;
  /** Where each generation's own temporary folder goes, and how its name begins. */
  readonly temp: string;
  readonly scratchPrefix: string;
}

/** What a generation needs. */
export interface ProcessOptions {
  readonly command: GatewayCommand;
  readonly modules: readonly string[] | null;
  /** Java's feature number. */
  readonly javaMajor: number;
  readonly cwd: string;
  readonly folders: ProcessFolders;
  /** Names whose gateways these are, in the environment of every process: `OWNER_VARIABLE`. */
  readonly owner: string;
  /** Where it starts from; `null` for from nothing. */
  readonly archive: StartArchive | null;
  /** Where its workers find PySpark compiled; `null` for nowhere. */
  readonly bytecode: Bytecode | null;
  readonly clock: Clock;
  readonly files: Files;
  readonly children: ChildLauncher;
  readonly dialer: Dialer;
  readonly machine: Machine;
}
