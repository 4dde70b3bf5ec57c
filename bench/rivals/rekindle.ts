/**
 * How does rekindle itself fare?
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../../src/api/status.ts";
import { readEnvironment } from "../../src/cli/attachment.ts";
import { VERSION } from "../../src/version.ts";
import { type Place, ROOT } from "../../tests/real/rekindle.ts";
import { hasHeadStart } from "../../tests/real/rest.ts";
import type { SparkInstallation } from "../../tests/real/spark_installations.ts";
import { DaemonUnderTest } from "../daemon_under_test.ts";
import { cleaned, inPlace } from "../lifetime.ts";
import { breakableJava, breakJava } from "./breakable_java.ts";
import type { Keeps, Rival } from "./rival.ts";

/** The archive is made at the lowest priority, which takes minutes on a machine that has other work. */
const START_MS = 600_000;

/** Its own defaults, which the tests' places do not have, and one gateway for all. */
const SETTINGS: Readonly<Record<Keeps, Readonly<Record<string, string>>>> = {
  "by default": {
    REKINDLE_SHARING: "exclusive",
    REKINDLE_STANDBY: "auto",
    REKINDLE_NO_ARCHIVE: "",
    REKINDLE_NO_BYTECODE: "",
  },
  "one gateway": {
    REKINDLE_SHARING: "shared",
    REKINDLE_STANDBY: "0",
    REKINDLE_NO_ARCHIVE: "",
    REKINDLE_NO_BYTECODE: "",
  },
};

/** Nothing is left to prepare: a program would find a gateway, and the next one another where one stands by. */
function isAtRest(status: Status): boolean {
  const { ready, pool: { standby, seats } } = status;
  return ready && hasHeadStart(status) && seats.length === 1 + standby &&
    seats.every(({ phase, warmth, programs, retirement }) =>
      phase === "ready" && (standby === 0 || warmth === "warm") && programs === 0 && retirement === null
    );
}

/** A class-data archive is made once for an installation, beside the first gateway: the state folder that has it. */
export async function withArchive<T>(
  spark: SparkInstallation,
  work: (stateDir: string) => Promise<T>,
): Promise<T> {
  return await inPlace(spark, async (place) => {
    await (await rested(place, SETTINGS["one gateway"])).end();
    return await work(place.stateDir);
  });
}

async function rested(place: Place, env: Readonly<Record<string, string>>): Promise<DaemonUnderTest> {
  const daemon = new DaemonUnderTest(place, { env });
  if (await daemon.until(isAtRest, START_MS) !== null) return daemon;
  await daemon.end();
  throw new Error(`The daemon did not come to rest:\n${daemon.log}`);
}

/** rekindle, with the archive of this state folder. */
export function rekindle(archived: string): Rival {
  return {
    name: "rekindle",
    absence: () => Promise.resolve(null),
    setup: () => Promise.resolve(`${VERSION}, its defaults`),
    keep: async (place, { keeps, breakable }, work) => {
      await Deno.mkdir(place.stateDir, { recursive: true });
      // An archive does not survive being moved.
      await Deno.symlink(join(archived, "archive"), join(place.stateDir, "archive"));
      const args = ["-a", join(archived, "bytecode"), place.stateDir];
      await new Deno.Command("cp", { args, stderr: "null" }).output();
      const home = { place, root: "" };
      const env = { ...SETTINGS[keeps], ...breakable ? await breakableJava(home) : {} };
      let daemon = await rested(place, env);
      return await cleaned(async () => void await daemon.end(), async () => {
        const { environmentFile } = await daemon.status() ?? {};
        return await work({
          place,
          gatewayPid: async () => (await daemon.status())?.gateway.pid ?? null,
          way: async () => {
            const text = await Deno.readTextFile(environmentFile ?? "").catch(() => "");
            const { PYSPARK_GATEWAY_PORT: port, PYSPARK_GATEWAY_SECRET: secret } = readEnvironment(text);
            return port === undefined || secret === undefined ? null : { port: Number(port), secret };
          },
          ownPids: () => [daemon.pid],
          command: (words) =>
            Promise.resolve({
              words: [join(ROOT, "rekindle"), "exec", ...place.flags, "--retries", "2", "--", ...words],
              env: place.env,
            }),
          breakJava: (broken) => breakJava(home, broken),
          again: () => {
            daemon = new DaemonUnderTest(place, { env });
            return Promise.resolve();
          },
        });
      });
    },
  };
}
