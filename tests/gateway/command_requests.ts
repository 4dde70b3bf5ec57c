/**
 * An ordinary request for a gateway's command, for tests to vary.
 * @module
 */

import type { CommandRequest } from "../../src/gateway/command.ts";

/** Spark 3.5.7 in `/opt/spark` on Java 17 in `/opt/jdk`, with nothing set. */
export const REQUEST: CommandRequest = {
  spark: { home: "/opt/spark", version: "3.5.7", scalaVersion: "2.12", python: null, why: "" },
  java: { home: "/opt/jdk", version: "17.0.15", major: 17, modules: null, why: "", warning: null },
  conf: [],
  packages: null,
  jars: null,
  env: { PATH: "/usr/bin:/bin" },
  cwd: "/job",
};
