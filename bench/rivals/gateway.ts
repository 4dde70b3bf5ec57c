/**
 * How does a rival start PySpark's gateway, which it knows nothing of, and how is that gateway found?
 * @module
 */

import { join } from "@std/path";
import { decodeHandshake } from "../../src/gateway/handshake.ts";
import type { Place } from "../../tests/real/rekindle.ts";
import { gatewaysOf, isGateway, processesBelow } from "../proc.ts";
import { breakableJava, breakJava } from "./breakable_java.ts";
import type { Home, Keeper } from "./rival.ts";

/** Spark's own default heap, and an end at the first error of memory: without that a rival never notices one. */
export const SUBMIT_ARGS =
  '--driver-memory 1g --driver-java-options "-XX:+ExitOnOutOfMemoryError" pyspark-shell';

/** Where a gateway of this place publishes how to reach it. */
export function connectionFile(place: Place): string {
  return join(place.folder, "connection");
}

/**
 * Writes the program that is to be kept running, which becomes the JVM; says where it is.
 * @param stdin A gateway ends with its standard input. `held`: whoever runs it holds a pipe open, which ends with him.
 * `own`: it gets none that lasts, so it opens one that nobody else has.
 */
export async function writeGatewayProgram(
  { place, root }: Home,
  { stdin, breakable }: { readonly stdin: "held" | "own"; readonly breakable: boolean },
): Promise<string> {
  const { folder, spark } = place;
  const env = { ...place.env, ...breakable ? await breakableJava({ place, root }) : {} };
  const fifo = join(folder, "stdin");
  const path = join(folder, "gateway");
  await Deno.mkdir(root + join(folder, "tmp"), { recursive: true });
  await Deno.writeTextFile(
    root + path,
    `#!/bin/bash
cd ${folder} && rm -f ${connectionFile(place)}
${Object.entries(env).map(([name, value]) => `export ${name}='${value}'`).join("\n")}
export _PYSPARK_DRIVER_CONN_INFO_PATH=${connectionFile(place)}
${stdin === "held" ? "" : `[ -p ${fifo} ] || mkfifo ${fifo}; exec 0<>${fifo}`}
exec ${spark.home}/bin/spark-submit ${SUBMIT_ARGS}
`,
    { mode: 0o755 },
  );
  return path;
}

/**
 * A rival that keeps such a program running.
 * @param mainPid Its first process, as it is now.
 */
export function keeperOf(
  home: Home,
  { mainPid, again }: { readonly mainPid: () => number; readonly again: () => Promise<void> },
): Keeper {
  const { place, root } = home;
  const way: Keeper["way"] = async () => {
    const bytes = await Deno.readFile(root + connectionFile(place)).catch(() => new Uint8Array());
    const handshake = decodeHandshake(bytes);
    return handshake === null ? null : { port: handshake.port, secret: handshake.secret() };
  };
  return {
    place,
    way,
    gatewayPid: () => Promise.resolve(gatewaysOf(place).at(-1) ?? null),
    ownPids: () => processesBelow(mainPid(), (pid) => !isGateway(pid)),
    command: async (words) => {
      const { port = 0, secret = "" } = await way() ?? {};
      const variables = { PYSPARK_GATEWAY_PORT: String(port), PYSPARK_GATEWAY_SECRET: secret };
      return { words, env: { ...place.env, ...variables } };
    },
    breakJava: (broken) => breakJava(home, broken),
    again,
  };
}
