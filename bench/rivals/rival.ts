/**
 * What does a rival have to be able to do, so that rekindle and all of them can be asked the same?
 * @module
 */

import type { Place } from "../../tests/real/rekindle.ts";

/** How a gateway is reached. */
export interface Way {
  readonly port: number;
  readonly secret: string;
}

/** Where a rival lives, whose file system may not be this process's. */
export interface Home {
  readonly place: Place;
  /** What its paths begin with as they are seen from here. */
  readonly root: string;
}

/** How many gateways rekindle keeps: as many as it does by itself, or one that all programs share, as its rivals do. */
export type Keeps = "by default" | "one gateway";

/** What is asked of a rival. */
export interface Wanted {
  readonly keeps: Keeps;
  /** Whether its Java can be broken later ({@linkcode Keeper.breakJava}). */
  readonly breakable: boolean;
}

/** A program's command, and what it has to have in its environment. */
export interface Command {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A rival at work, which has brought a gateway up. */
export interface Keeper {
  readonly place: Place;
  /** The JVM that the next program would get; `null` when there is none. */
  gatewayPid(): Promise<number | null>;
  /** How the next program would reach it; `null` when nobody says. Whether it is usable is another question. */
  way(): Promise<Way | null>;
  /** What it needs by itself: the gateway and what leads to it are not among these. */
  ownPids(): readonly number[];
  /** How a user of it runs a program. */
  command(words: readonly string[]): Promise<Command>;
  /** From now on, or no more, Java ends at once with exit code 1; only when that was wanted. */
  breakJava(broken: boolean): Promise<void>;
  /** Starts what has been killed, unless it came back by itself. */
  again(): Promise<void>;
}

/** One of those that are compared. */
export interface Rival {
  /** As in the table. */
  readonly name: string;
  /** Why it cannot be had on this machine, or `null`. */
  absence(): Promise<string | null>;
  /** Version and settings, as one clause. */
  setup(): Promise<string>;
  /** Has it keep a gateway in this place for as long as the work takes; everything of it has ended then. */
  keep<T>(place: Place, wanted: Wanted, work: (keeper: Keeper) => Promise<T>): Promise<T>;
}

/** The gateway that is kept. @throws {Error} When there is none: a signal to nobody goes to this process's own group. */
export async function gatewayOf(keeper: Keeper): Promise<number> {
  const pid = await keeper.gatewayPid();
  if (pid === null) throw new Error("There is no gateway to send a signal to");
  return pid;
}
