/**
 * Who runs a job on a cluster, and again when its JVM was lost?
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../src/api/status.ts";
import { type Place, program, ROOT, RunningDaemon, until } from "../tests/real/rekindle.ts";
import { rests } from "../tests/real/rest.ts";
import { gatewaysOf } from "./proc.ts";

/** What a job needs to be started. */
export interface Site {
  readonly place: Place;
  /** The cluster's URL. */
  readonly master: string;
  /** The executors are busy for as long as this file is there. */
  readonly file: string;
}

/** A job that runs. */
export interface Driven extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** The driver's JVM, when all is as it would be in the middle of a long job. */
  victim(): Promise<number>;
  /** What is to be seen since the JVM was killed. */
  look(): Promise<{ readonly noticed: boolean; readonly ready: boolean }>;
}

/** One way to run it. */
export interface Driver {
  readonly name: string;
  start(site: Site): Promise<Driven>;
}

/** All of them. */
export const DRIVERS: readonly Driver[] = [
  { name: "rekindle, a standby", start: (site) => byDaemon(site, "1") },
  { name: "rekindle, none", start: (site) => byDaemon(site, "0") },
  { name: "spark-submit in a loop", start: byLoop },
];

async function byDaemon({ place, master, file }: Site, standby: "0" | "1"): Promise<Driven> {
  const daemon = await RunningDaemon.start(place, settings(master), {
    // What users have, a gateway for each program; but for the class-data archive, which takes its time to be made.
    REKINDLE_SHARING: "exclusive",
    REKINDLE_STANDBY: standby,
  });
  const isWarm = ({ pool: { seats } }: Status) =>
    seats.some(({ warmth, programs }) => warmth === "warm" && programs === 0);
  if (standby === "1") await daemon.untilStatus(rests);
  const words = ["exec", ...place.flags, "--retries", "1", "--", "python", program("cluster.py"), file];
  const child = spawn(place, join(ROOT, "rekindle"), words);
  let lost = 0;
  return {
    child,
    victim: async () => {
      const { gateway, generation } = await daemon.untilStatus((status) => standby === "0" || isWarm(status));
      lost = generation;
      return gateway.pid ?? 0;
    },
    look: async () => {
      const { seats } = (await daemon.status()).pool;
      const noticed = !seats.some(({ generation, phase }) => generation === lost && phase === "ready");
      return { noticed, ready: noticed && seats.some(({ phase }) => phase === "ready") };
    },
    [Symbol.asyncDispose]: async () => {
      await daemon.end("SIGTERM");
    },
  };
}

/** Nothing but the exit code decides, as in the loops that people write around `spark-submit`. */
const LOOP = 'for n in 1 2 3; do echo attempt; "$@" && exit; done; exit 1';

function byLoop({ place, master, file }: Site): Promise<Driven> {
  const submit = join(place.spark.home, "bin/spark-submit");
  const child = spawn(place, "sh", [
    "-c",
    LOOP,
    "sh",
    submit,
    ...settings(master),
    program("cluster.py"),
    file,
  ]);
  return Promise.resolve({
    child,
    victim: () => until(() => gatewaysOf(place)[0]),
    // The loop says when it begins anew; of the gateway nothing is seen from outside.
    look: () => Promise.resolve({ noticed: false, ready: false }),
    [Symbol.asyncDispose]: async () => {
      await child.status;
    },
  });
}

function settings(master: string): string[] {
  const conf = [
    ...[`spark.master=${master}`, "spark.executor.memory=512m", "spark.cores.max=2"],
    ...["spark.driver.host=127.0.0.1", "spark.driver.bindAddress=127.0.0.1"],
  ];
  return conf.flatMap((each) => ["--conf", each]);
}

function spawn(place: Place, name: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(name, {
    args: [...args],
    cwd: place.folder,
    env: place.env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
