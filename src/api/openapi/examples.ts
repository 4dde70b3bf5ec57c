/**
 * What do longer answers look like? As a daemon with PySpark 4.3.0 gave them whose first gateway was killed, with
 * another user's paths and shortened lists.
 * @module
 */

import type { PublishedEvent } from "../../core/events/event.ts";
import type { MemoryPlan } from "../../core/memory/plan.ts";
import type { Status } from "../status.ts";

const plan: MemoryPlan = {
  heap: {
    bytes: 1073741824,
    countedBytes: 1073741824,
    provenance: "default",
    why: "Spark's default",
  },
  direct: {
    bytes: 268435456,
    countedBytes: 268435456,
    provenance: "default",
    why: "a quarter of the heap, at least 256 MiB",
  },
  metaspace: {
    bytes: 536870912,
    countedBytes: 536870912,
    provenance: "default",
    why: "three times what a long session was measured to use",
  },
  classSpace: {
    bytes: 268435456,
    countedBytes: 0,
    provenance: "default",
    why: "half of the metaspace",
  },
  codeCache: {
    bytes: 251658240,
    countedBytes: 251658240,
    provenance: "default",
    why: "HotSpot's own default",
  },
  stack: {
    bytes: 1048576,
    countedBytes: 35651584,
    provenance: "default",
    why: "HotSpot's own default for a thread",
  },
  overhead: {
    bytes: 131533373.44,
    countedBytes: 131533373.44,
    provenance: "default",
    why: "64 MiB and 6 % of the heap",
  },
  budget: {
    bytes: 25276514304,
    source: "machine",
    reserves: [
      {
        for: "daemon",
        bytes: 100663296,
        why: "what the daemon was measured to hold",
      },
      {
        for: "python",
        bytes: 3791477145.6,
        why: "a program and 2 workers, at least 15 % of the limit",
      },
      {
        for: "system",
        bytes: 2147483648,
        why: "a tenth of the machine, at most 2 GiB",
      },
    ],
    jvmBytes: 19236890214.4,
  },
  totalBytes: 2297891389.44,
  shortBytes: 0,
  pinnedBy: null,
  mallocArenas: null,
};

/** Of `/v1/status`. */
export const exampleStatus: Status = {
  phase: "ready",
  desired: "up",
  ready: true,
  everReady: true,
  generation: 2,
  gateway: {
    pid: 28056,
    since: "2026-11-21T19:13:30.262Z",
    flags: {
      MaxHeapSize: 1073741824,
      MaxDirectMemorySize: 268435456,
      MaxMetaspaceSize: 536870912,
      CompressedClassSpaceSize: 268435456,
      ReservedCodeCacheSize: 251658240,
      ThreadStackSize: 1048576,
    },
    lastHeartbeat: "2026-11-21T19:13:42.696Z",
    heartbeatLatencyMs: 19.869928999996773,
    contextActive: null,
    sparkUi: null,
    ignoredHeap: null,
    condition: null,
    ending: null,
  },
  pool: {
    gateways: 1,
    standby: 0,
    recycle: "always",
    sharing: "exclusive",
    next: "ready",
    warmUpRefusal: null,
    isMemoryShort: false,
    seats: [
      {
        generation: 2,
        phase: "ready",
        pid: 28056,
        warmth: "cold",
        programs: 0,
        retirement: null,
      },
    ],
  },
  archive: "being made",
  bytecode: "in use, 16 MiB",
  restarts: 1,
  plan,
  lastIncident: {
    generation: 1,
    verdict: {
      class: "killed-by-signal",
      confidence: "certain",
      summary: "The JVM was ended by SIGSEGV, sent by process 4711 of user 1000.",
      "remedy":
        "Find out what that process was and why it sends such a signal: nothing was wrong with the JVM.",
      fatal: true,
      evidence: [
        {
          source: "hs_err",
          line: 33,
          text: "siginfo: si_signo: 11 (SIGSEGV), si_code: 0 (SI_USER), si_pid: 4711, si_uid: 1000",
        },
        {
          source: "exit",
          line: null,
          text: "signal SIGABRT",
        },
      ],
    },
    exit: {
      code: 134,
      signal: "SIGABRT",
    },
    change: {
      changed: false,
      reason: 'memory settings do not cure "killed-by-signal"',
    },
    decision: {
      kind: "restart",
      delayMs: 0,
      reason: 'death 1 since health was last proven, "killed-by-signal": start again at once',
    },
    id: "20261121T191330Z-g1-killed-by-signal",
    at: "2026-11-21T19:13:30.228Z",
  },
  nextDeadline: "2026-11-21T19:13:47.696Z",
  health: {
    status: "warn",
    checks: {
      loop: {
        status: "pass",
        output: null,
      },
      gateway: {
        status: "pass",
        output: null,
      },
      heartbeat: {
        status: "pass",
        output: null,
      },
      condition: {
        status: "pass",
        output: null,
      },
      restarts: {
        status: "warn",
        output: '1 death since health was last proven, the last "killed-by-signal"',
      },
      records: {
        status: "pass",
        output: null,
      },
    },
  },
  daemon: {
    pid: 27520,
    version: "0.1.0",
    embedded: false,
  },
  spark: {
    home: "/opt/venv/lib/python3.11/site-packages/pyspark",
    version: "4.3.0",
  },
  java: {
    home: "/usr/lib/jvm/java-17-openjdk-amd64",
    version: "17.0.15",
  },
  environmentFile: "/run/user/1000/rekindle/gateway.env",
  programBin: null,
  cwd: "/home/ada",
};

/** The death in it. */
export const exampleDeath: PublishedEvent = {
  seq: 1795288401083,
  at: "2026-11-21T19:13:30.184Z",
  kind: "died",
  generation: 1,
  level: "error",
  "text":
    "generation 1 died: killed-by-signal (signal SIGABRT). The JVM was ended by SIGSEGV, sent by process 4711 of user 1000.",
  class: "killed-by-signal",
  confidence: "certain",
  summary: "The JVM was ended by SIGSEGV, sent by process 4711 of user 1000.",
  evidence: [
    {
      source: "hs_err",
      line: 4,
      text: "#  SIGSEGV (0xb) at pc=0x00007f38de4b2f14 (sent by kill), pid=27775, tid=27775",
    },
  ],
  remedy: "Find out what that process was and why it sends such a signal: nothing was wrong with the JVM.",
  exit: {
    code: 134,
    signal: "SIGABRT",
  },
  memory: 'memory settings do not cure "killed-by-signal"',
  next: {
    kind: "restart",
    reason: 'death 1 since health was last proven, "killed-by-signal": start again at once',
  },
};

/** What is kept of it, in short. */
export const exampleIncident = {
  id: "20261121T191330Z-g1-killed-by-signal",
  at: "2026-11-21T19:13:30.192Z",
  generation: 1,
  class: "killed-by-signal",
  confidence: "certain",
  summary: "The JVM was ended by SIGSEGV, sent by process 4711 of user 1000.",
  change: {
    changed: false,
    reason: 'memory settings do not cure "killed-by-signal"',
  },
  decision: {
    kind: "restart",
    reason: 'death 1 since health was last proven, "killed-by-signal": start again at once',
  },
  damaged: null,
  artifacts: [
    {
      name: "stderr.txt",
      status: "saved",
      bytes: 571,
      reason: null,
    },
    {
      name: "hs_err.log",
      status: "saved",
      bytes: 82490,
      reason: null,
    },
    {
      name: "heap.hprof.gz",
      status: "skipped",
      bytes: 0,
      reason: "heap dumps are off (--heap-dump)",
    },
  ],
} as const;
