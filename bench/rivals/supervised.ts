/**
 * How does a supervisor that is one command in the foreground become a rival?
 * @module
 */

import type { Place } from "../../tests/real/rekindle.ts";
import { cleaned } from "../lifetime.ts";
import { isAlive } from "../proc.ts";
import { untilUsable } from "../usable.ts";
import { keeperOf, writeGatewayProgram } from "./gateway.ts";
import type { Command, Keeper, Rival } from "./rival.ts";

/** From the start of the supervisor to a usable gateway: more than this, in milliseconds, is none. */
const START_MS = 60_000;

/** What differs from supervisor to supervisor. */
export interface Recipe extends Pick<Rival, "name" | "absence" | "setup"> {
  /** Whether the gateway's standard input is a pipe that the supervisor holds. */
  readonly stdin: "held" | "own";
  /** Writes its settings, and says its command. */
  readonly configure: (place: Place, gateway: string) => Promise<readonly string[]>;
  /** For programs that start the gateway themselves. */
  readonly command?: (place: Place, words: readonly string[]) => Promise<Command>;
}

/** The rival. */
export function supervised({ name, absence, setup, stdin, configure, command }: Recipe): Rival {
  return {
    name,
    absence,
    setup,
    keep: async (place, { breakable }, work) => {
      const home = { place, root: "" };
      const gateway = await writeGatewayProgram(home, { stdin, breakable });
      const words = await configure(place, gateway);
      let child = start(place, words);
      const keeper = keeperOf(home, {
        mainPid: () => child.pid,
        again: () => {
          if (!isAlive(child.pid)) child = start(place, words);
          return Promise.resolve();
        },
      });
      return await cleaned(() => end(keeper), async () => {
        if (await untilUsable(keeper, START_MS) === null) throw new Error(`${name} brought no gateway up`);
        const ofItsOwn = command === undefined
          ? {}
          : { command: (args: readonly string[]) => command(place, args) };
        return await work({ ...keeper, ...ofItsOwn });
      });
    },
  };
}

function start(place: Place, words: readonly string[]): Deno.ChildProcess {
  const [program = "", ...args] = words;
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const { folder: cwd, env } = place;
  const child = new Deno.Command(program, { args, cwd, env, clearEnv: true, ...streams }).spawn();
  // Reaps it.
  void child.status;
  return child;
}

/** Those that would start a gateway again go first; the place ends the rest. */
function end(keeper: Keeper): Promise<void> {
  for (const pid of keeper.ownPids()) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  return Promise.resolve();
}

/** Why a program is not to be had, or `null`. */
export async function missing(program: string): Promise<string | null> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", 'command -v "$1"', "sh", program],
    stdout: "null",
  }).output();
  return success ? null : `there is no ${program}`;
}
