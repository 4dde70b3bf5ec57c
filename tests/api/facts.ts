/**
 * What the API's status is made of besides the state, for tests to vary.
 * @module
 */

import type { StatusFacts } from "../../src/api/status.ts";
import { SINGLE } from "../../src/core/pool/pool.ts";

/** Facts of an ordinary daemon, 100 s after its clock began. */
export const FACTS: StatusFacts = {
  policy: SINGLE,
  archive: "off",
  bytecode: "off",
  nowMs: 100_000,
  date: new Date("2026-03-04T05:06:40.000Z"),
  lagMs: 0,
  unrecorded: null,
  daemon: { pid: 77, version: "0.1.0", embedded: false },
  spark: { home: "/opt/spark", version: "3.5.7" },
  java: { home: "/opt/jdk", version: "17.0.15" },
  environmentFile: "/run/gateway.env",
  programBin: null,
  cwd: "/job",
  flags: { MaxHeapSize: 2 ** 30, MaxDirectMemorySize: null },
  heartbeatLatencyMs: 1.5,
  lastIncident: { id: "20260304T050607Z-g1-heap-oom", at: "2026-03-04T05:06:07.000Z" },
};
