/**
 * What becomes of a gateway whose control group (v1) gets little memory, little processor time, or is frozen?
 * @module
 */

import { join } from "@std/path";
import { parseKibibytes } from "../../../src/runtime/procfs.ts";
import { type Cost, type Fault, gatewayOf, type Heal } from "../fault.ts";

const ROOT = "/sys/fs/cgroup";

type Controller = "memory" | "cpu" | "freezer";

function canMake(controller: Controller): string | null {
  try {
    Deno.removeSync(Deno.makeTempDirSync({ dir: join(ROOT, controller), prefix: "rekindle-chaos-" }));
    return null;
  } catch {
    return `no control group of ${controller} (v1) can be made here`;
  }
}

/** Puts a gateway into a group of its own; returns what lets it go again. */
function squeezed(
  { controller, what, cost, squeeze, release }: {
    readonly controller: Controller;
    readonly what: string;
    readonly cost: Cost;
    readonly squeeze: (write: (file: string, text: string) => void, pid: number) => void;
    readonly release: (write: (file: string, text: string) => void) => void;
  },
): Fault {
  return {
    what,
    cost,
    missing: () => canMake(controller),
    inject: async (target): Promise<Heal | null> => {
      const pid = await gatewayOf(target);
      if (pid === null) return null;
      const group = Deno.makeTempDirSync({ dir: join(ROOT, controller), prefix: "rekindle-chaos-" });
      const write = (file: string, text: string) => {
        try {
          Deno.writeTextFileSync(join(group, file), text);
        } catch {
          // The process has ended meanwhile, or the kernel cannot take so much away at once.
        }
      };
      write("cgroup.procs", String(pid));
      squeeze(write, pid);
      return async () => {
        release(write);
        await dissolve(group, controller);
      };
    },
  };
}

/** Its processes go back to where the rest of the machine is. */
async function dissolve(group: string, controller: Controller): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    for (
      const pid of Deno.readTextFileSync(join(group, "cgroup.procs")).split("\n").filter((line) =>
        line !== ""
      )
    ) {
      try {
        Deno.writeTextFileSync(join(ROOT, controller, "cgroup.procs"), pid);
      } catch {
        // Ended meanwhile.
      }
    }
    try {
      return Deno.removeSync(group);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Cannot remove ${group}: processes are left in it`);
}

/** What a gateway is short of. */
export const SQUEEZES = {
  "memory-squeeze": squeezed({
    controller: "memory",
    what: "a control group leaves a gateway 4 MiB more than it has: the kernel kills it",
    cost: "gateway",
    squeeze: (write, pid) => {
      const bytes = parseKibibytes(Deno.readTextFileSync(`/proc/${pid}/status`), "VmRSS") ?? 0;
      // What it has is counted to the group it had it in, as long as that is not told to move.
      write("memory.limit_in_bytes", String(Math.max(4 * 2 ** 20, Math.min(bytes, 4 * 2 ** 20))));
    },
    release: (write) => write("memory.limit_in_bytes", "-1"),
  }),
  "cpu-squeeze": squeezed({
    controller: "cpu",
    what: "a control group leaves a gateway a tenth of a processor for up to 8 s",
    cost: "nothing",
    squeeze: (write) => {
      write("cpu.cfs_period_us", "100000");
      write("cpu.cfs_quota_us", "10000");
    },
    release: (write) => write("cpu.cfs_quota_us", "-1"),
  }),
  "freeze": squeezed({
    controller: "freezer",
    what: "a control group freezes a gateway for up to 8 s",
    cost: "nothing",
    squeeze: (write) => write("freezer.state", "FROZEN"),
    release: (write) => write("freezer.state", "THAWED"),
  }),
} as const satisfies Readonly<Record<string, Fault>>;
