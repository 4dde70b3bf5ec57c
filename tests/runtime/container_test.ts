import assert from "node:assert/strict";
import { readContainer } from "../../src/runtime/container.ts";
import { readerOf } from "./cgroup_trees.ts";
import type { Tree } from "./cgroup_trees.ts";

const CGROUP = "/sys/fs/cgroup";
const V2_MOUNT = `30 23 0:27 / ${CGROUP} rw - cgroup2 cgroup rw\n`;
const PRESSURE = "some avg10=0.00 avg60=1.00 avg300=0.00 total=12500000\n" +
  "full avg10=0.00 avg60=0.00 avg300=0.00 total=6250\n";

/** A service whose slice has the quota that is felt; what its own group counts is not throttling. */
const V2: Tree = {
  "/proc/self/cgroup": "0::/batch.slice/rekindle.service\n",
  "/proc/self/mountinfo": V2_MOUNT,
  [`${CGROUP}/cgroup.controllers`]: "cpu memory\n",
  [`${CGROUP}/cpu.stat`]: "usage_usec 99\n",
  [`${CGROUP}/batch.slice/cgroup.controllers`]: "cpu memory\n",
  [`${CGROUP}/batch.slice/cpu.max`]: "150000 100000\n",
  [`${CGROUP}/batch.slice/cpu.stat`]: "usage_usec 5\nnr_periods 100\nnr_throttled 4\nthrottled_usec 250000\n",
  [`${CGROUP}/batch.slice/rekindle.service/cgroup.controllers`]: "cpu memory\n",
  [`${CGROUP}/batch.slice/rekindle.service/cpu.max`]: "max 100000\n",
  [`${CGROUP}/batch.slice/rekindle.service/cpu.stat`]: "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
  [`${CGROUP}/batch.slice/rekindle.service/memory.current`]: "943718400\n",
  [`${CGROUP}/batch.slice/rekindle.service/memory.pressure`]: PRESSURE,
  "/proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\n",
  "/proc/pressure/io": "some avg10=0.00 avg60=0.00 avg300=0.00 total=2000\n",
};

/** Version 1, with the controllers mounted apart, as Docker shows it from inside. */
const V1: Tree = {
  "/proc/self/cgroup": "5:cpu,cpuacct:/docker/9c82\n4:memory:/docker/9c82\n",
  "/proc/self/mountinfo":
    `31 25 0:28 /docker/9c82 ${CGROUP}/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n` +
    `33 25 0:30 /docker/9c82 ${CGROUP}/memory ro - cgroup cgroup rw,memory\n`,
  [`${CGROUP}/cpu,cpuacct/cpu.shares`]: "1024\n",
  [`${CGROUP}/cpu,cpuacct/cpu.cfs_quota_us`]: "50000\n",
  [`${CGROUP}/cpu,cpuacct/cpu.cfs_period_us`]: "100000\n",
  [`${CGROUP}/cpu,cpuacct/cpu.stat`]: "nr_periods 7\nnr_throttled 3\nthrottled_time 1500000000\n",
  [`${CGROUP}/memory/memory.limit_in_bytes`]: "1073741824\n",
  [`${CGROUP}/memory/memory.usage_in_bytes`]: "1048576\n",
};

Deno.test("readContainer() reads version 2: the quota that is felt, memory, and pressure", () => {
  assert.deepEqual(readContainer(readerOf(V2)), {
    cpu: { limitProcessors: 1.5, periods: 100, throttledPeriods: 4, throttledMs: 250 },
    memoryUsedBytes: 943718400,
    pressure: [
      { resource: "memory", scope: "container", waitingMs: 12_500, stalledMs: 6.25 },
      { resource: "io", scope: "machine", waitingMs: 2, stalledMs: null },
    ],
  });
});

Deno.test("readContainer() reads version 1, whose controllers have places of their own", () => {
  assert.deepEqual(readContainer(readerOf(V1)), {
    cpu: { limitProcessors: 0.5, periods: 7, throttledPeriods: 3, throttledMs: 1_500 },
    memoryUsedBytes: 1048576,
    pressure: [],
  });
  const free = { ...V1, [`${CGROUP}/cpu,cpuacct/cpu.cfs_quota_us`]: "-1\n" };
  assert.equal(readContainer(readerOf(free)).cpu?.limitProcessors, null);
});

Deno.test("readContainer() knows nothing where there is nothing to read", () => {
  assert.deepEqual(readContainer(() => null), { cpu: null, memoryUsedBytes: null, pressure: [] });
});
