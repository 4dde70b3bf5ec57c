/**
 * A control group (v1) with a limit, for the processes of one test.
 * @module
 */

import { join } from "@std/path";

const ROOT = "/sys/fs/cgroup";

/** What a group can limit: memory in bytes, or processes and threads by number. */
export type Controller = "memory" | "pids";

const LIMITS: Readonly<Record<Controller, readonly string[]>> = {
  // Without swap accounting there is no second limit.
  memory: ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"],
  pids: ["pids.max"],
};

/** Whether this machine lets a test make such a group. */
export function canLimit(controller: Controller): boolean {
  try {
    const path = Deno.makeTempDirSync({ dir: join(ROOT, controller), prefix: "rekindle-probe-" });
    const [file = ""] = LIMITS[controller];
    const possible = Deno.readTextFileSync(join(path, file)) !== "";
    Deno.removeSync(path);
    return possible;
  } catch {
    return false;
  }
}

/** A group; disposing of it waits until its processes are gone. */
export class ControlGroup implements AsyncDisposable {
  readonly path: string;

  /** @param limit In what the controller counts; `null` for none yet. */
  constructor(controller: Controller, limit: number | null) {
    this.path = Deno.makeTempDirSync({ dir: join(ROOT, controller), prefix: "rekindle-" });
    for (const file of limit === null ? [] : LIMITS[controller]) {
      try {
        Deno.writeTextFileSync(join(this.path, file), String(limit));
      } catch {
        // The first limit holds by itself.
      }
    }
  }

  /** The command that runs another one inside. */
  enter(command: readonly string[]): readonly string[] {
    return ["sh", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', this.path, ...command];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The kernel lets go of a group a moment after its last process.
    for (let tries = 0; tries < 100; tries++) {
      try {
        return Deno.removeSync(this.path);
      } catch {
        await new Deno.Command("sleep", { args: ["0.05"] }).output();
      }
    }
    throw new Error(`Could not remove ${this.path}: processes are left in it`);
  }
}
