import assert from "node:assert/strict";
import {
  memoryGroupOf,
  memoryLimitOf,
  memoryReportOf,
  oomKillsIn,
  parseMembership,
  parseMounts,
} from "../../src/runtime/cgroup.ts";
import * as trees from "./cgroup_trees.ts";

const GIB = 2 ** 30;

Deno.test("a memory group is found, with its least limit and its kills, on every kind of host", () => {
  const app = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/rekindle.service";
  const pod = "/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podc0ffee.slice";
  const service = "/sys/fs/cgroup/memory/system.slice/rekindle.service";
  const cases: readonly (readonly [
    keyof typeof trees,
    number | "self",
    { version: 1 | 2; folder: string; limit: number | null; kills: number | null },
  ])[] = [
    ["SYSTEMD_HOST", "self", { version: 2, folder: app, limit: 8 * GIB, kills: 2 }],
    ["DOCKER_PRIVATE", "self", { version: 2, folder: "/sys/fs/cgroup", limit: GIB / 2, kills: 2 }],
    ["DOCKER_PRIVATE", 8, { version: 2, folder: "/sys/fs/cgroup", limit: GIB / 2, kills: 2 }],
    ["DOCKER_ENTERED", "self", { version: 2, folder: "/sys/fs/cgroup", limit: GIB / 2, kills: 2 }],
    ["KUBERNETES_HOST_VIEW", "self", {
      version: 2,
      folder: `${pod}/cri-containerd-4f2a.scope`,
      limit: 2 * GIB,
      kills: 1,
    }],
    ["KUBERNETES_BOUND", "self", { version: 2, folder: "/sys/fs/c group", limit: 3 * GIB, kills: 1 }],
    ["KUBERNETES_BOUND", 9, { version: 2, folder: "/sys/fs/c group/gateway", limit: GIB, kills: 0 }],
    ["HYBRID", "self", { version: 1, folder: service, limit: 6 * GIB, kills: 2 }],
    ["HYBRID", 78, { version: 1, folder: `${service}/gateway`, limit: 2 * GIB, kills: 1 }],
    ["DOCKER_V1", "self", { version: 1, folder: "/sys/fs/cgroup/memory", limit: GIB, kills: 3 }],
    ["DOCKER_V1_HIDDEN", "self", { version: 1, folder: "/sys/fs/cgroup/memory", limit: GIB, kills: 3 }],
    ["V1_NOT_MOUNTED", "self", { version: 2, folder: "/sys/fs/cgroup", limit: GIB / 2, kills: 2 }],
    ["V1_UNLIMITED", "self", { version: 1, folder: "/sys/fs/cgroup/memory", limit: null, kills: 0 }],
  ];
  for (const [name, pid, expected] of cases) {
    const read = trees.readerOf(trees[name] as trees.Tree);
    const group = memoryGroupOf(pid, read);
    assert.ok(group, name);
    const { version, folder } = group;
    const found = { version, folder, limit: memoryLimitOf(group, read), kills: oomKillsIn(group, read) };
    assert.deepEqual(found, expected, `${name}, pid ${pid}`);
  }
});

Deno.test("oomKillsIn() takes the counter above where a group has none", () => {
  const read = trees.readerOf(trees.SYSTEMD_HOST);
  const group = memoryGroupOf(77, read);
  assert.ok(group !== null && group.folder.endsWith("/session-3.scope"));
  assert.equal(oomKillsIn(group, read), 5);
  assert.equal(memoryLimitOf(group, read), 8 * GIB);
});

Deno.test("oomKillsIn() says so when no group above has a counter", () => {
  const read = trees.readerOf(trees.SYSTEMD_HOST);
  const root = { version: 2, folder: "/sys/fs/cgroup", mountPoint: "/sys/fs/cgroup" } as const;
  assert.equal(oomKillsIn(root, read), null);
  assert.equal(memoryLimitOf(root, read), null);
});

Deno.test("oomKillsIn() says so on a kernel whose version 1 does not count kills", () => {
  const group = { version: 1, folder: "/m/a", mountPoint: "/m" } as const;
  const before4_13 = { "/m/a/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\n" };
  assert.equal(oomKillsIn(group, trees.readerOf(before4_13)), null);
});

Deno.test("memoryGroupOf() takes a process that is gone or exiting to be where this one is", () => {
  for (const [tree, pid] of [[trees.HYBRID, 77], [trees.HYBRID, 4711], [trees.SYSTEMD_HOST, 4711]] as const) {
    const read = trees.readerOf(tree);
    assert.deepEqual(memoryGroupOf(pid, read), memoryGroupOf("self", read));
  }
});

Deno.test("memoryGroupOf() is null where nothing is mounted or nothing can be read", () => {
  assert.equal(memoryGroupOf("self", trees.readerOf({})), null);
  const { "/proc/self/mountinfo": _, ...unmounted } = trees.DOCKER_PRIVATE;
  assert.equal(memoryGroupOf("self", trees.readerOf(unmounted)), null);
  const { "/sys/fs/cgroup/cgroup.controllers": __, ...hidden } = trees.DOCKER_PRIVATE;
  assert.equal(memoryGroupOf("self", trees.readerOf(hidden)), null);
});

Deno.test("memoryLimitOf() reads the limits of all groups of version 1 where memory.stat is missing", () => {
  const group = { version: 1, folder: "/m/a/b", mountPoint: "/m" } as const;
  const read = trees.readerOf({
    "/m/a/b/memory.limit_in_bytes": "9223372036854710272\n",
    "/m/a/memory.limit_in_bytes": "1048576\n",
    "/m/memory.limit_in_bytes": "2097152\n",
  });
  assert.equal(memoryLimitOf(group, read), 1048576);
});

Deno.test("memoryReportOf() tells what a group of either version counts, each under its path", () => {
  const service = "/sys/fs/cgroup/memory/system.slice/rekindle.service";
  for (
    const [name, expected] of [
      [
        "DOCKER_PRIVATE",
        "==> /sys/fs/cgroup/memory.max\n536870912\n\n" +
        "==> /sys/fs/cgroup/memory.events\nlow 0\nhigh 0\nmax 40\noom 3\noom_kill 2\noom_group_kill 0\n" +
        "sock_throttled 0\n",
      ],
      [
        "HYBRID",
        `==> ${service}/memory.limit_in_bytes\n9223372036854771712\n\n` +
        `==> ${service}/memory.oom_control\noom_kill_disable 0\nunder_oom 0\noom_kill 2\n\n` +
        `==> ${service}/memory.stat\ncache 135168\nrss 0\nhierarchical_memory_limit 6442450944\n` +
        "hierarchical_memsw_limit 4096\ntotal_cache 1\n",
      ],
    ] as const
  ) {
    const read = trees.readerOf(trees[name]);
    const group = memoryGroupOf("self", read);
    assert.ok(group);
    assert.equal(memoryReportOf(group, read), expected, name);
  }
});

Deno.test("memoryReportOf() is empty for a group that counts nothing", () => {
  const read = trees.readerOf(trees.SYSTEMD_HOST);
  const root = { version: 2, folder: "/sys/fs/cgroup", mountPoint: "/sys/fs/cgroup" } as const;
  assert.equal(memoryReportOf(root, read), "");
});

Deno.test("parseMembership() keeps colons of a path and asks for the memory controller by name", () => {
  assert.deepEqual(parseMembership("9:cpu,memory:/a:b\n3:memory_like:/x\n0::/c:d\n"), {
    1: "/a:b",
    2: "/c:d",
  });
  assert.deepEqual(parseMembership("3:cpuset:/x\n1:name=systemd:/y\n"), { 1: null, 2: null });
});

Deno.test("parseMounts() keeps only hierarchies that may count memory", () => {
  assert.deepEqual(
    parseMounts(trees.HYBRID["/proc/self/mountinfo"] ?? ""),
    [
      { version: 2, root: "/", point: "/sys/fs/cgroup/unified" },
      { version: 1, root: "/", point: "/sys/fs/cgroup/memory" },
    ],
  );
});
