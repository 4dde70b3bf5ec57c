/**
 * What a JVM tells of its heap over its management beans, and how large a collection leaves it. The real one is asked in
 * tests/real/empty_heap_test.ts and tests/real/young_collection_test.ts.
 * @module
 */

/** An object by what it is, or a plain value in py4j's words. */
export type HeapAnswer = { readonly object: string } | { readonly plain: string };

const LISTS: Readonly<Record<string, readonly string[]>> = {
  getMemoryPoolMXBeans: ["CodeCache", "G1 Eden Space", "G1 Old Gen"],
  getGarbageCollectorMXBeans: ["G1 Old Generation", "G1 Young Generation"],
};
const RUNTIME = "getRuntime";
const OPTION = "option ";
const BEAN = "bean ";

/** A heap of 400 MB, of which 100 are used for ever, and two pages of 16 MB for a while. */
export class ManagedHeap {
  /** Whether the JVM's collector is G1. */
  isG1 = true;
  readonly flags: Record<string, string> = {
    InitiatingHeapOccupancyPercent: "45",
    MaxHeapFreeRatio: "70",
    MinHeapFreeRatio: "40",
  };
  sizeBytes = 400e6;
  liveBytes = 100e6;
  limitBytes = 2e9;
  /** The most that has been in it and not young. */
  peakBytes = 130e6;
  /** So many buffers there is room for before young objects are collected. */
  room = 3;
  youngCollections = 7;

  /** The answer to a call of `method` on an object or a class; `null` when it has nothing to do with the heap. */
  answer(target: string, method: string, [first = "", second = ""]: readonly string[]): HeapAnswer | null {
    const list = LISTS[target]?.map((name) => this.isG1 ? name : name.replace("G1", "PS"));
    if (list !== undefined && method === "size") return { plain: `i${list.length}` };
    if (list !== undefined && method === "get") return { object: BEAN + list[Number(first.slice(1))] };
    if (target.startsWith(BEAN) && method === "getName") return { plain: `s${target.slice(BEAN.length)}` };
    if (target.startsWith(OPTION)) return { plain: `s${this.flags[target.slice(OPTION.length)]}` };
    if (target === RUNTIME && method === "freeMemory") {
      return { plain: `L${this.sizeBytes - this.liveBytes}` };
    }
    switch (method) {
      case "totalMemory":
        return { plain: `L${this.sizeBytes}` };
      case "maxMemory":
        return { plain: `L${this.limitBytes}` };
      case "getUsed":
        return { plain: `L${this.peakBytes}` };
      case "resetPeakUsage":
        this.peakBytes = this.liveBytes;
        return { plain: "v" };
      case "getCollectionCount":
        return { plain: `L${this.youngCollections}` };
      case "getVMOption":
        return { object: OPTION + first.slice(1) };
      case "setVMOption":
        this.flags[first.slice(1)] = second.slice(1);
        return { plain: "v" };
      case "gc":
        this.#collect();
        return { plain: "v" };
      case "allocate":
        if (--this.room === 0) this.youngCollections++;
        return null;
      default:
        return null;
    }
  }

  /** A heap is made as large, or as small, as the two ratios want it. */
  #collect(): void {
    const sizeWith = (freePercent: string | undefined) => this.liveBytes / (1 - Number(freePercent) / 100);
    const leastBytes = sizeWith(this.flags.MinHeapFreeRatio);
    const mostBytes = sizeWith(this.flags.MaxHeapFreeRatio);
    const sizeBytes = Math.min(Math.max(this.sizeBytes, leastBytes), mostBytes, this.limitBytes);
    this.sizeBytes = Math.round(sizeBytes);
  }
}
