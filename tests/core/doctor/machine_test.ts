import { deepStrictEqual } from "node:assert/strict";
import { examineControlGroup } from "../../../src/core/doctor/control_group.ts";
import { examineLimits, readLimit } from "../../../src/core/doctor/limits.ts";
import { examineMemory } from "../../../src/core/doctor/memory.ts";
import { examineProcessors } from "../../../src/core/doctor/processors.ts";
import type { SparkSettings } from "../../../src/core/doctor/settings.ts";
import { planOf } from "../../../src/core/memory/plan.ts";
import type { PlanRequest } from "../../../src/core/memory/plan.ts";
import { budgetOf } from "../../../src/core/memory/budget.ts";
import { testCases } from "./findings.ts";

const GIB = 2 ** 30, MIB = 2 ** 20;

function planned(other: Partial<PlanRequest> = {}) {
  const residents = { parallelTasks: 2, isLocal: true, pythonPeakBytes: 0, gateways: 1, standbyBytes: 0 };
  return planOf({
    budget: budgetOf({ bytes: 8 * GIB, source: "container" }, residents),
    heapBytes: null,
    pins: {},
    sizes: {},
    needs: { metaspaceBytes: 0, besideBytes: 0 },
    parallelTasks: 2,
    defaultStackBytes: MIB,
    mallocArenas: null,
    ...other,
  });
}

const set = (pairs: Readonly<Record<string, string>>): SparkSettings =>
  Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, { value, by: `--conf ${name}` }]));
const pinned = (bytes: number) => planned({ pins: { heap: { bytes, by: "spark.driver.memory" } } });

testCases("examineMemory", {
  examine: examineMemory,
  usual: {
    plan: planned(),
    askedHeapBytes: null,
    largestHeapBytes: 4 * GIB,
    leftBytes: 6 * GIB,
    settings: {},
    master: "local[*]",
  },
  cases: [
    ["a size that is none", { settings: set({ "spark.driver.memory": "1.5g" }) }, [
      "error",
      /spark\.driver\.memory is "1\.5g"/,
      /1536m/,
    ]],
    ["a heap too small for Spark", { plan: pinned(100 * MIB) }, ["error", /heap of 100 MiB is less/, /512m/]],
    ["a heap beyond the container", { plan: pinned(16 * GIB) }, [
      "error",
      /16 GiB \(spark\.driver\.memory\) is more than the 8 GiB of the container/,
      /Set spark\.driver\.memory to 4g/,
    ]],
    ["a heap that leaves nothing beside it", { plan: pinned(7.5 * GIB), leftBytes: 10 * GIB }, [
      "warning",
      /may come to use .* more than is there/,
      /rekindle plan/,
    ]],
    ["a heap that was asked for and is made to fit", {
      plan: planned({ heapBytes: 12 * GIB }),
      askedHeapBytes: 12 * GIB,
      leftBytes: 9 * GIB,
    }, [
      "note",
      /--heap 12g becomes/,
      /--heap 4g/,
    ]],
    ["a heap that was asked for and fits", {
      plan: planned({ heapBytes: 2 * GIB }),
      askedHeapBytes: 2 * GIB,
    }],
    ["little memory just now", { leftBytes: 1.5 * GIB }, ["note", /Only 1\.5 GiB are free/, /ps/]],
    ["too little memory just now", { leftBytes: GIB / 2 }, ["warning", /Only 512 MiB are free/, /ps/]],
    ["executors where there are none", { settings: set({ "spark.executor.memory": "4g" }) }, [
      "note",
      /no effect with the master local\[\*\]/,
      /--heap 4g/,
    ]],
    ["executors beyond the container", { master: "local-cluster[4, 1, 4096]" }, [
      "error",
      /Executors of 16 GiB on this machine/,
      /spark\.executor\.memory/,
    ]],
    [
      "executors of a master here",
      { master: "spark://localhost:7077", settings: set({ "spark.executor.memory": "20g" }) },
      ["warning", /Executors of 20 GiB/, /spark\.executor\.memory/],
    ],
    ["executors elsewhere", { master: "yarn", settings: set({ "spark.executor.memory": "20g" }) }],
    [
      "off-heap memory without a size",
      { settings: set({ "spark.memory.offHeap.enabled": "true" }) },
      ["error", /without a spark\.memory\.offHeap\.size/, /512m/],
    ],
    [
      "off-heap memory beyond the plan",
      { settings: set({ "spark.memory.offHeap.enabled": "true", "spark.memory.offHeap.size": "6g" }) },
      ["warning", /\(6 GiB\) comes on top/, /--heap/],
    ],
    ["results larger than the heap", { settings: set({ "spark.driver.maxResultSize": "4g" }) }, [
      "warning",
      /maxResultSize=4g/,
      /maxResultSize=512m/,
    ]],
    ["results without a limit", { settings: set({ "spark.driver.maxResultSize": "0" }) }, [
      "warning",
      /=0/,
      /512m/,
    ]],
  ],
});

testCases("examineProcessors", {
  examine: examineProcessors,
  usual: { processors: 4, quota: null, settings: {}, master: "local[*]" },
  cases: [
    ["as many tasks as is usual", { master: "local[16]" }],
    ["more tasks than is usual", { master: "local[64]" }, ["warning", /64 tasks at once on 4/, /local\[4\]/]],
    ["executors with more cores than there are", { master: "local-cluster[8,4,1024]", quota: 2 }, [
      "warning",
      /32 tasks at once on 2/,
      /local\[2\]/,
    ]],
    ["less than a processor", { quota: 0.5 }, ["warning", /0\.5 of a processor \(of 4\)/, /CPU limit/]],
    ["fewer cores than one executor has", {
      settings: set({ "spark.cores.max": "2", "spark.executor.cores": "4" }),
    }, [
      "error",
      /spark\.cores\.max=2 is less/,
      /spark\.cores\.max=4/,
    ]],
    ["fewer cores than one task wants", {
      settings: set({ "spark.task.cpus": "4", "spark.executor.cores": "2" }),
    }, [
      "error",
      /spark\.executor\.cores=2 is less/,
      /spark\.executor\.cores=4/,
    ]],
  ],
});

testCases("examineLimits", {
  examine: examineLimits,
  usual: {
    openFiles: 1024,
    hardOpenFiles: null,
    processes: 30_000,
    addressSpaceBytes: null,
    fileBytes: null,
    dataBytes: null,
    isRoot: false,
    group: null,
    unit: null,
    heapBytes: GIB,
  },
  cases: [
    ["few files", { openFiles: 1024, hardOpenFiles: 1024 }, [
      "warning",
      /no more than 1024 files/,
      /ulimit -n 65536/,
    ]],
    ["too few files", { openFiles: 256, hardOpenFiles: 256, unit: "rekindle.service" }, [
      "error",
      /no more than 256 files/,
      /systemctl edit rekindle\.service.*LimitNOFILE/,
    ]],
    ["few threads", { processes: 1000 }, ["warning", /1000 processes/, /ulimit -u/]],
    ["too few threads", { processes: 100 }, ["error", /100 processes/, /ulimit -u/]],
    ["few threads for root, whom no such limit binds", { processes: 100, isRoot: true }],
    ["few threads for the container", { group: { most: 200, used: 20 } }, [
      "error",
      /allows 180 more/,
      /--pids-limit/,
    ]],
    ["few threads for the service", { group: { most: 1020, used: 20 }, unit: "a.service" }, [
      "warning",
      /allows 1000 more/,
      /TasksMax=4096/,
    ]],
    ["little address space", { addressSpaceBytes: 3 * GIB }, [
      "warning",
      /3 GiB of address space/,
      /ulimit -v/,
    ]],
    ["too little address space", { addressSpaceBytes: GIB }, [
      "error",
      /1 GiB of address space/,
      /ulimit -v/,
    ]],
    ["little data", { dataBytes: GIB }, ["error", /1 GiB of data/, /ulimit -d/]],
    ["small files", { fileBytes: MIB }, ["error", /no larger than 1 MiB/, /ulimit -f/]],
  ],
});

Deno.test("readLimit: reads the lines of proc(5)", () => {
  const text = "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max file size             unlimited            unlimited            bytes     \n" +
    "Max open files            1024                 524288               files     \n";
  deepStrictEqual(readLimit(text, "Max open files"), { soft: 1024, hard: 524_288 });
  deepStrictEqual(readLimit(text, "Max file size"), { soft: null, hard: null });
  deepStrictEqual(readLimit(text, "Max stack size"), null);
});

testCases("examineControlGroup", {
  examine: examineControlGroup,
  usual: {
    version: 2,
    isHybrid: false,
    limitBytes: 8 * GIB,
    highBytes: null,
    countsKills: true,
    killsAll: false,
    swapUsedBytes: 0,
    plannedBytes: 2 * GIB,
    unit: null,
  },
  cases: [
    ["no group", { version: null, countsKills: false, limitBytes: null }, [
      "note",
      /No control group/,
      /Mount/,
    ]],
    ["no counter under a limit", { countsKills: false }, [
      "warning",
      /does not tell whom/,
      /MemoryAccounting/,
    ]],
    ["a soft limit below the plan", { highBytes: GIB }, [
      "warning",
      /memory\.high is 1 GiB/,
      /--memory-limit 1024m/,
    ]],
    ["a soft limit of a service", { highBytes: GIB, unit: "a.service" }, [
      "warning",
      /memory\.high/,
      /MemoryHigh=infinity/,
    ]],
    ["a kill of all", { killsAll: true, unit: "a.service" }, [
      "warning",
      /memory\.oom\.group/,
      /OOMPolicy=continue/,
    ]],
    ["much in swap", { swapUsedBytes: GIB }, [
      "note",
      /1 GiB of this machine's memory are swapped/,
      /swapoff/,
    ]],
  ],
});
