import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { addressesOf, freeFiles, hostName } from "../../src/runtime/host.ts";
import { groupLimits } from "../../src/runtime/group_limits.ts";
import { readerOf } from "./cgroup_trees.ts";

const MOUNT_2 = "35 24 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const MEMINFO = "MemTotal: 1000 kB\nSwapTotal: 400 kB\nSwapFree: 100 kB\n";

Deno.test("groupLimits: reads a service under version 2, where the narrowest limit of all above counts", () => {
  const group = "/sys/fs/cgroup/system.slice/a.service";
  const limits = groupLimits(readerOf({
    "/proc/self/cgroup": "0::/system.slice/a.service\n",
    "/proc/self/mountinfo": MOUNT_2,
    "/proc/meminfo": MEMINFO,
    [`${group}/cgroup.controllers`]: "cpu memory pids\n",
    [`${group}/memory.max`]: "2000\n",
    [`${group}/memory.high`]: "1500\n",
    [`${group}/memory.oom.group`]: "1\n",
    [`${group}/memory.events`]: "oom 0\noom_kill 0\n",
    [`${group}/pids.max`]: "max\n",
    [`${group}/pids.current`]: "7\n",
    ["/sys/fs/cgroup/cgroup.controllers"]: "cpu memory pids\n",
    ["/sys/fs/cgroup/system.slice/pids.max"]: "100\n",
    ["/sys/fs/cgroup/system.slice/pids.current"]: "40\n",
    [`${group}/cpu.max`]: "150000 100000\n",
    ["/sys/fs/cgroup/system.slice/cpu.max"]: "max 100000\n",
  }));
  deepStrictEqual(limits, {
    ...{ version: 2, isHybrid: false, limitBytes: 2000, highBytes: 1500, countsKills: true, killsAll: true },
    ...{ pids: { most: 100, used: 40 }, processors: 1.5, unit: "a.service", swapUsedBytes: 300 * 1024 },
  });
});

Deno.test("groupLimits: reads each hierarchy of version 1 by itself", () => {
  const mount = (id: number, name: string) =>
    `${id} 24 0:${id} / /sys/fs/cgroup/${name} rw - cgroup cgroup rw,${name}\n`;
  const limits = groupLimits(readerOf({
    "/proc/self/cgroup": "3:pids:/box\n2:memory:/box\n1:cpu:/box\n",
    "/proc/self/mountinfo": mount(31, "memory") + mount(32, "pids") + mount(33, "cpu"),
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/box/memory.limit_in_bytes": "3000\n",
    "/sys/fs/cgroup/memory/box/memory.oom_control": "oom_kill_disable 0\noom_kill 2\n",
    "/sys/fs/cgroup/pids/box/pids.max": "50\n",
    "/sys/fs/cgroup/pids/box/pids.current": "8\n",
    "/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us": "50000\n",
    "/sys/fs/cgroup/cpu/box/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  }));
  deepStrictEqual(limits, {
    ...{ version: 1, isHybrid: false, limitBytes: 3000, highBytes: null, countsKills: true, killsAll: false },
    ...{ pids: { most: 50, used: 8 }, processors: 0.5, unit: null, swapUsedBytes: 0 },
  });
});

Deno.test("groupLimits: knows nothing where there is nothing", () => {
  const { version, pids, processors, unit } = groupLimits(readerOf({}));
  deepStrictEqual({ version, pids, processors, unit }, {
    version: null,
    pids: null,
    processors: null,
    unit: null,
  });
});

Deno.test("addressesOf: asks as the C library does, and a name that there is not is none", async () => {
  strictEqual((await addressesOf("127.0.0.1"))?.[0], "127.0.0.1");
  strictEqual(await addressesOf("no.such.host.invalid"), null);
  strictEqual(typeof hostName(), "string");
});

Deno.test("freeFiles: a folder that is not there has no file system", async () => {
  strictEqual(await freeFiles("/no/such/folder"), null);
});
