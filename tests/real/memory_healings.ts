/**
 * Which lacks of memory are cured, and which sizes does each JVM on the way have?
 * @module
 */

import { javaOptions, type Platform } from "./deaths.ts";
import type { SizedRegion } from "../../src/core/memory/region.ts";
import type { Limits } from "./memory.ts";

/** A program that lacks memory, and what becomes of it. */
export interface Healing {
  /** Short, for a table. */
  readonly kind: string;
  /** By itself only the oldest. */
  readonly on?: readonly Platform[];
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What `programs/memory.py` is to need. */
  readonly need: readonly string[];
  /** The limit of the control group it all runs in, in MiB. */
  readonly containerMib?: number;
  /** The most address space that each JVM may have, in MiB. */
  readonly addressSpaceMib?: number;
  /** The heap of every start, where some of them have reached no program. */
  readonly starts?: readonly string[];
  /** The limits of each JVM that the program was run on, in MiB: the first, and one more for every restart. */
  readonly jvms: readonly Limits[];
  /** What is told on the way, in this order. */
  readonly says: readonly RegExp[];
  /** A region that falls behind the first JVM, once to thrice and as far as what was seen of the workers by then. */
  readonly falls?: SizedRegion;
  /** Whether the last JVM dies of it as well. */
  readonly rests?: true;
}

/** Too much for 512 MiB. */
export const HOLD: readonly string[] = ["hold", "600"];
const USUAL: Limits = { heap: 1024, direct: 256, metaspace: 512, classSpace: 256, codeCache: 240, stack: 1 };
/** Every thread with an arena of its own takes 64 MiB of address space, as it happens to allocate. */
const ONE_ARENA = { MALLOC_ARENA_MAX: "1" };

/** The table. */
export const HEALINGS: readonly Healing[] = [
  {
    kind: "the result of a collect() is larger than the heap",
    need: ["collect", "1150"],
    jvms: [USUAL, { ...USUAL, heap: 2048, direct: 512 }],
    says: [/generation 1 died: heap-oom/, /memory: heap 1 GiB → 2 GiB, because the last one ran out of heap/],
  },
  {
    kind: "a task holds more than the heap",
    need: ["task", "250"],
    jvms: [USUAL, { ...USUAL, heap: 2048, direct: 512 }],
    says: [/generation 1 died: heap-oom/, /memory: heap 1 GiB → 2 GiB/],
  },
  {
    // Four fifths of the heap and 200 MiB beside it, two workers of 790 MiB, 200 MiB for daemon and program: 3820 MiB at
    // least with the first heap. A full heap is 3390 MiB at most after two steps.
    kind: "heap and Python workers exceed the container",
    flags: ["--heap", "3g"],
    need: ["workers", "750"],
    containerMib: 3600,
    jvms: [{ heap: 2304 }],
    falls: "heap",
    says: [
      /memory: heap 2\.25 GiB \(--heap: 3 GiB, but the container allows 3\.52 GiB for everything\)/,
      /generation 1 died: killed-by-oom-killer \(signal SIGKILL\)/,
      /memory: heap 2\.25 GiB → \S+ \wiB, because the last one left too little memory for everything else/,
    ],
  },
  {
    kind: "classes exceed the metaspace, where memory is scarce",
    flags: ["--memory-limit", "2000m"],
    need: ["classes", "260"],
    jvms: [
      { heap: 1024, metaspace: 224, classSpace: 112, stack: 1 },
      { heap: 832, metaspace: 448, classSpace: 224, stack: 1 },
    ],
    says: [
      /generation 1 died: metaspace-oom/,
      /memory: metaspace 224 MiB → 448 MiB \(heap 1 GiB → 832 MiB to make room\), because the last one ran out of room/,
    ],
  },
  {
    kind: "a direct buffer exceeds the room for them",
    on: ["new"],
    need: ["direct", "384"],
    jvms: [USUAL, { ...USUAL, direct: 512 }],
    says: [/generation 1 died: direct-memory-oom/, /memory: direct buffers 256 MiB → 512 MiB, because/],
  },
  {
    kind: "a task recurses deeper than twice its stack",
    need: ["recursion", "4200"],
    jvms: [USUAL, { ...USUAL, stack: 2 }, { ...USUAL, stack: 4 }],
    says: [/thread stacks 1 MiB → 2 MiB/, /generation 2 died: stack-overflow/, /thread stacks 2 MiB → 4 MiB/],
  },
  {
    kind: "the machine has no room for the heap",
    flags: ["--heap", "8g"],
    env: ONE_ARENA,
    need: ["hold", "1"],
    addressSpaceMib: 4200,
    starts: ["8 GiB", "4 GiB", "2 GiB"],
    jvms: [{ heap: 2048 }],
    says: [
      /generation 1 died: heap-exceeds-machine/,
      /memory: heap 8 GiB → 4 GiB, because the machine has no room for the last one/,
      /generation 2 died: heap-exceeds-machine/,
      /memory: heap 4 GiB → 2 GiB/,
    ],
  },
  {
    kind: "a raised heap that cannot start, and one between that can",
    env: ONE_ARENA,
    need: ["hold", "1150"],
    addressSpaceMib: 2800,
    starts: ["1 GiB", "2 GiB", "1 GiB", "1.5 GiB"],
    jvms: [USUAL, USUAL, { ...USUAL, heap: 1536 }],
    says: [
      /generation 1 died: heap-oom/,
      /memory: heap 1 GiB → 2 GiB/,
      /generation 2 died: (?:heap-exceeds-machine|native-memory-oom)/,
      /memory: heap 2 GiB → 1 GiB, direct buffers 512 MiB → 256 MiB, back to the last sizes that started/,
      /generation 3 died: heap-oom/,
      /memory: heap 1 GiB → 1\.5 GiB/,
    ],
  },
  {
    kind: "a leak is given twice the heap, and no more",
    flags: ["--heap", "512m", "--retries", "1"],
    need: ["leak", "10"],
    jvms: [{ heap: 512 }, { heap: 1024 }],
    says: [
      /memory: heap 512 MiB → 1 GiB/,
      /generation 2 died: heap-oom/,
      /memory: the heap stays: a leak fills any heap, and a larger one only delays the same death: 512 MiB were full in/,
    ],
    rests: true,
  },
  {
    kind: "a heap that the user has fixed is too small",
    flags: ["--retries", "1", "--conf", "spark.driver.memory=512m"],
    need: HOLD,
    jvms: [{ heap: 512, direct: 256 }, { heap: 512, direct: 256 }],
    says: [
      /memory: --conf spark\.driver\.memory fixes the heap, so it stays; --memory-mode adjust would allow: heap 512 MiB → 1 GiB/,
      /generation 2 died: heap-oom/,
    ],
    rests: true,
  },
  {
    kind: "a heap that the user has fixed, and may be moved",
    flags: ["--memory-mode", "adjust", "--conf", "spark.driver.memory=512m"],
    need: HOLD,
    jvms: [{ heap: 512, direct: 256 }, { heap: 1024, direct: 256 }],
    says: [/memory: heap 512 MiB → 1 GiB, because the last one ran out of heap/],
  },
  {
    kind: "direct buffers that the user has limited",
    flags: ["--retries", "0", ...javaOptions("-XX:MaxDirectMemorySize=128m -XX:MaxMetaspaceSize=400m")],
    need: ["direct", "200"],
    jvms: [{ direct: 128, metaspace: 400 }],
    says: [
      /memory: -XX:MaxDirectMemorySize in the driver's Java options fixes the direct buffers, so it stays; .* → 256 MiB/,
    ],
    rests: true,
  },
];
