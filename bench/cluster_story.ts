/**
 * The driver's JVM is killed while all executors work: when is each stage of getting over it reached?
 * @module
 */

import { join } from "@std/path";
import { type Place, until } from "../tests/real/rekindle.ts";
import type { StandaloneCluster } from "../tests/real/standalone_cluster.ts";
import type { Driver } from "./cluster_drivers.ts";
import { pause } from "./figures.ts";

/** The stages, in words. */
export const STAGES = {
  noticed: "the death is noticed",
  released: "the master has the old application FINISHED, its cores free",
  ready: "another gateway is ready",
  began: "the program runs again",
  registered: "its new application is registered, and has all cores",
  working: "its executors work",
  answered: "its right answer",
} as const;

/** When each stage was reached, in milliseconds since the kill; what was not reached, or cannot be seen, is missing. */
export type Marks = { readonly [stage in keyof typeof STAGES]?: number };

/** How often daemon, master and executors are looked at, in milliseconds: the resolution of what is not a line of output. */
const LOOK_MS = 20;

/**
 * Tells the story once.
 * @throws {Error} When the job comes to no right answer, with what was written to standard error.
 */
export async function tell(
  { place, cluster, driver }: {
    readonly place: Place;
    readonly cluster: StandaloneCluster;
    readonly driver: Driver;
  },
): Promise<Marks> {
  const file = join(place.folder, "working");
  await Deno.writeTextFile(file, "");
  await using driven = await driver.start({ place, master: cluster.url, file });
  const { child } = driven;
  const errors = new Response(child.stderr).text();
  const marks: { -readonly [stage in keyof Marks]: number } = {};
  let killMs: number | null = null;
  const mark = (stage: keyof Marks, isReached: boolean) => {
    if (isReached && killMs !== null) marks[stage] ??= performance.now() - killMs;
  };
  const read = (async () => {
    let text = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += piece;
      mark("noticed", /^attempt$[^]*^attempt$/m.test(text));
      mark("began", /^began$[^]*^began$/m.test(text));
      mark("answered", text.includes(`\nexecutors 2 ${cluster.url} `));
    }
  })();
  let isOver = false;
  void child.status.then(() => isOver = true);
  const follow = async (look: () => Promise<boolean>) => {
    // Once more behind the end, which may have been quicker than a look.
    for (let last = false; !last && !(await look());) {
      last = isOver;
      await pause(LOOK_MS);
    }
  };

  await until(() => isOver || applicationsAtWork(file).length === 2);
  if (isOver) throw new Error(`${driver.name} ended before its executors worked:\n${await errors}`);
  const [first] = applicationsAtWork(file);
  const victim = await driven.victim();
  killMs = performance.now();
  Deno.kill(victim, "SIGKILL");
  await Promise.all([
    follow(async () => {
      const { noticed, ready } = await driven.look();
      mark("noticed", noticed);
      mark("ready", ready);
      return ready;
    }),
    follow(async () => {
      const { activeapps, completedapps } = await cluster.state();
      mark("released", completedapps.some(({ id, state }) => id === first && state === "FINISHED"));
      mark("registered", activeapps.some(({ id, cores }) => id !== first && cores === 2));
      return marks.released !== undefined && marks.registered !== undefined;
    }),
    follow(async () => {
      mark("working", applicationsAtWork(file).filter((id) => id !== first).length === 2);
      if (marks.working !== undefined) await Deno.remove(file);
      return marks.working !== undefined;
    }),
    read,
  ]);
  if (marks.answered === undefined) throw new Error(`${driver.name} gave no answer:\n${await errors}`);
  return marks;
}

/** Of which application each task is that has begun. */
function applicationsAtWork(file: string): readonly string[] {
  try {
    return Deno.readTextFileSync(`${file}.tasks`).split("\n").filter((line) => line !== "");
  } catch {
    // None has.
    return [];
  }
}
