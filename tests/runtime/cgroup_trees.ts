/**
 * What the kernel's files hold on typical hosts and in typical containers, as a process there reads them.
 * @module
 */

import type { ReadFile } from "../../src/runtime/kernel_file.ts";

/** Files by path. */
export type Tree = Readonly<Record<string, string>>;

/** Reads from a tree. */
export function readerOf(tree: Tree): ReadFile {
  return (path) => tree[path] ?? null;
}

const CONTROLLERS = "cpuset cpu io memory hugetlb pids rdma misc\n";
const GIB = 2 ** 30;
/** What version 1 calls unlimited, with pages of 4 KiB. */
const UNLIMITED = "9223372036854771712\n";

function v2Group(folder: string, files: { max?: number; high?: number; oomKills?: number } = {}): Tree {
  return {
    [`${folder}/cgroup.controllers`]: CONTROLLERS,
    [`${folder}/memory.max`]: `${files.max ?? "max"}\n`,
    [`${folder}/memory.high`]: `${files.high ?? "max"}\n`,
    [`${folder}/memory.events`]: `low 0\nhigh 0\nmax 40\noom 3\noom_kill ${
      files.oomKills ?? 0
    }\noom_group_kill 0\nsock_throttled 0\n`,
  };
}

/** The root of version 2 has neither limit nor counters; nor has a group without the controller. */
function v2Bare(folder: string): Tree {
  return { [`${folder}/cgroup.controllers`]: folder.endsWith("cgroup") ? CONTROLLERS : "cpu pids\n" };
}

function v1Group(folder: string, files: { limit?: number; least?: number; oomKills?: number } = {}): Tree {
  const limit = files.limit === undefined ? UNLIMITED : `${files.limit}\n`;
  return {
    [`${folder}/memory.limit_in_bytes`]: limit,
    [`${folder}/memory.memsw.limit_in_bytes`]: `${4096}\n`,
    [`${folder}/memory.soft_limit_in_bytes`]: `${4096}\n`,
    [`${folder}/memory.stat`]: `cache 135168\nrss 0\nhierarchical_memory_limit ${
      files.least ?? limit.trim()
    }\nhierarchical_memsw_limit 4096\ntotal_cache 1\n`,
    [`${folder}/memory.oom_control`]: `oom_kill_disable 0\nunder_oom 0\noom_kill ${files.oomKills ?? 0}\n`,
  };
}

const V2_MOUNT =
  "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const USER = "/sys/fs/cgroup/user.slice";

/** A user's service on a systemd host: 8 GiB for the user, the service throttled, pid 77 in a session. */
export const SYSTEMD_HOST: Tree = {
  "/proc/self/cgroup": "0::/user.slice/user-1000.slice/user@1000.service/app.slice/rekindle.service\n",
  "/proc/77/cgroup": "0::/user.slice/user-1000.slice/session-3.scope\n",
  "/proc/self/mountinfo": "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n" + V2_MOUNT +
    "36 24 0:31 / /sys/fs/bpf rw,nosuid shared:10 - bpf bpf rw,mode=700\n",
  ...v2Bare("/sys/fs/cgroup"),
  ...v2Group(USER, { oomKills: 9 }),
  ...v2Group(`${USER}/user-1000.slice`, { max: 8 * GIB, oomKills: 5 }),
  ...v2Group(`${USER}/user-1000.slice/user@1000.service`, { oomKills: 4 }),
  ...v2Group(`${USER}/user-1000.slice/user@1000.service/app.slice`, { max: 9 * GIB, oomKills: 4 }),
  ...v2Group(`${USER}/user-1000.slice/user@1000.service/app.slice/rekindle.service`, {
    high: GIB,
    oomKills: 2,
  }),
  // The controller is not handed down to this one.
  ...v2Bare(`${USER}/user-1000.slice/session-3.scope`),
};

/** Docker on version 2 with its own namespace: the container's group is the mount, and its path is `/`. */
export const DOCKER_PRIVATE: Tree = {
  "/proc/self/cgroup": "0::/\n",
  "/proc/8/cgroup": "0::/\n",
  "/proc/self/mountinfo":
    "1201 1198 0:105 / / rw,relatime master:420 - overlay overlay rw,lowerdir=/var/lib/docker/A\n" +
    "1207 1206 0:30 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate\n",
  ...v2Group("/sys/fs/cgroup", { max: GIB / 2, oomKills: 2 }),
};

/** The same, entered from outside: this process is in another container's group, shown through `..`. */
export const DOCKER_ENTERED: Tree = {
  ...DOCKER_PRIVATE,
  "/proc/self/cgroup": "0::/../6f981a7e30ab\n",
  "/sys/fs/cgroup/../6f981a7e30ab/cgroup.controllers": CONTROLLERS,
};

const POD = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podc0ffee.slice";
const POD_CONTAINER = `${POD}/cri-containerd-4f2a.scope`;

/** A Kubernetes node seen as a whole: the pod's limit is less than its container's. */
export const KUBERNETES_HOST_VIEW: Tree = {
  "/proc/self/cgroup": `0::${POD_CONTAINER}\n`,
  "/proc/self/mountinfo": V2_MOUNT,
  ...v2Bare("/sys/fs/cgroup"),
  ...v2Group("/sys/fs/cgroup/kubepods.slice", { max: 14 * GIB, oomKills: 30 }),
  ...v2Group("/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice", { oomKills: 12 }),
  ...v2Group(`/sys/fs/cgroup${POD}`, { max: 2 * GIB, oomKills: 3 }),
  ...v2Group(`/sys/fs/cgroup${POD_CONTAINER}`, { max: 3 * GIB, oomKills: 1 }),
};

/** The same container, which sees its own group alone, under the node's path; the mount point has a blank. */
export const KUBERNETES_BOUND: Tree = {
  "/proc/self/cgroup": `0::${POD_CONTAINER}\n`,
  "/proc/self/mountinfo": `901 890 0:30 /other.slice /host/cgroup ro - cgroup2 cgroup rw\n` +
    `902 890 0:30 ${POD_CONTAINER} /sys/fs/c\\040group ro,nosuid master:11 - cgroup2 cgroup rw\n`,
  ...v2Group("/host/cgroup", { max: 1 }),
  "/proc/9/cgroup": `0::${POD_CONTAINER}/gateway\n`,
  ...v2Group("/sys/fs/c group", { max: 3 * GIB, oomKills: 1 }),
  ...v2Group("/sys/fs/c group/gateway", { max: GIB }),
};

/** Both versions side by side, as systemd's "hybrid" mode mounts them: memory is counted by version 1. */
export const HYBRID: Tree = {
  "/proc/self/cgroup": "12:pids:/system.slice/rekindle.service\n5:cpu,cpuacct:/\n" +
    "4:memory:/system.slice/rekindle.service\n1:name=systemd:/system.slice/rekindle.service\n" +
    "0::/system.slice/rekindle.service\n",
  // Exiting: version 1 has moved it to the root already, version 2 not.
  "/proc/77/cgroup": "4:memory:/\n0::/system.slice/rekindle.service\n",
  "/proc/78/cgroup": "4:memory:/system.slice/rekindle.service/gateway\n0::/system.slice/rekindle.service\n",
  "/proc/self/mountinfo": "25 21 0:22 / /sys/fs/cgroup ro,nosuid shared:8 - tmpfs tmpfs ro,mode=755\n" +
    "26 25 0:23 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n" +
    "31 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:14 - cgroup cgroup rw,cpu,cpuacct\n" +
    "33 25 0:30 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory\n",
  ...v2Group("/sys/fs/cgroup/unified/system.slice/rekindle.service", { max: 1, oomKills: 77 }),
  ...v1Group("/sys/fs/cgroup/memory", { oomKills: 50 }),
  ...v1Group("/sys/fs/cgroup/memory/system.slice", { limit: 6 * GIB, oomKills: 40 }),
  ...v1Group("/sys/fs/cgroup/memory/system.slice/rekindle.service", { least: 6 * GIB, oomKills: 2 }),
  ...v1Group("/sys/fs/cgroup/memory/system.slice/rekindle.service/gateway", { limit: 2 * GIB, oomKills: 1 }),
};

/** Docker on version 1: the container's group is the mount, under the host's path; a parent has less. */
export const DOCKER_V1: Tree = {
  "/proc/self/cgroup": "4:memory:/docker/9c82edd325d7\n1:name=systemd:/docker/9c82edd325d7\n",
  "/proc/self/mountinfo":
    "733 728 0:33 /docker/9c82edd325d7 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
  ...v1Group("/sys/fs/cgroup/memory", { limit: 2 * GIB, least: GIB, oomKills: 3 }),
};

/** The same without the host's path in the mount, as some runtimes show it. */
export const DOCKER_V1_HIDDEN: Tree = {
  ...DOCKER_V1,
  "/proc/self/mountinfo": "733 728 0:33 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
};

/** A version 1 process whose container mounts version 2 alone. */
export const V1_NOT_MOUNTED: Tree = {
  ...DOCKER_PRIVATE,
  "/proc/self/cgroup": "4:memory:/docker/9c82edd325d7\n0::/\n",
};

/** A host without any limit. */
export const V1_UNLIMITED: Tree = {
  "/proc/self/cgroup": "4:memory:/\n",
  "/proc/self/mountinfo": "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n",
  ...v1Group("/sys/fs/cgroup/memory"),
};
