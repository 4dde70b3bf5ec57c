/**
 * Documents of the memory plan, with every member that their types have.
 * @module
 */

import { planDocumentOf } from "../../src/api/plan.ts";
import type { PlanDocument } from "../../src/api/plan.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import type { MemoryRecord } from "../../src/core/memory/record.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { FACTS } from "./facts.ts";

const BYTES = 2 ** 30;
const PINS = { heap: { bytes: BYTES, by: "spark.driver.memory" }, stack: { bytes: 2 ** 20, by: "-Xss" } };
const SIZE = { bytes: BYTES, provenance: "adjusted", why: "a death" } as const;
const BOUNDS = { tooSmallBytes: BYTES, tooLargeBytes: null, atMs: 1 };

const LEARNED: MemoryRecord = {
  wish: { limitBytes: 2 * BYTES, heapBytes: BYTES, pins: PINS },
  sizes: {
    heap: SIZE,
    direct: SIZE,
    metaspace: { ...SIZE, provenance: "learned" },
    classSpace: SIZE,
    codeCache: SIZE,
  },
  bounds: { heap: BOUNDS, metaspace: { ...BOUNDS, tooSmallBytes: null, tooLargeBytes: BYTES } },
  steps: [
    {
      atMs: 1,
      generation: 1,
      cause: "heap-oom",
      region: "heap",
      fromBytes: BYTES,
      toBytes: 2 * BYTES,
      fillMs: null,
    },
    {
      atMs: 2,
      generation: 2,
      cause: "heap-oom",
      region: "heap",
      fromBytes: BYTES,
      toBytes: 2 * BYTES,
      fillMs: 900,
    },
  ],
  uses: [
    { generation: 1, atMs: 1, oldBytes: null, metaspaceBytes: null, besideBytes: null, pythonBytes: null },
    { generation: 2, atMs: 2, oldBytes: 1, metaspaceBytes: 1, besideBytes: 1, pythonBytes: 1 },
  ],
  lastGood: {
    ...{ heap: BYTES, direct: BYTES, metaspace: BYTES, classSpace: BYTES, codeCache: BYTES, stack: BYTES },
  },
  calmSinceMs: 1,
  leak: { heapBytes: BYTES, atMs: 3 },
  mallocArenas: 2,
};

const PLAIN = planDocumentOf(stateAfter(WAYS.ready), DEFAULT_SETTINGS.memory, FACTS.flags);

/** Of a daemon that has learned nothing, and of one that has learned all there is to learn. */
export const PLANS: readonly PlanDocument[] = [
  PLAIN,
  {
    ...PLAIN,
    mode: "suggest",
    modeIsExplicit: true,
    plan: { ...PLAIN.plan, pinnedBy: "spark.driver.memory", mallocArenas: 2 },
    record: LEARNED,
    basis: { ...PLAIN.basis, heapBytes: BYTES, pins: PINS },
    flags: null,
  },
];
