import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { Place, program } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

const GROUPS = "/sys/fs/cgroup/memory";
const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("No PySpark to test on");

/** Whether this machine lets a test make a memory control group of version 1. */
function canLimitMemory(): boolean {
  const path = join(GROUPS, `rekindle-probe-${Deno.pid}`);
  try {
    Deno.mkdirSync(path);
    const possible = Deno.readTextFileSync(join(path, "memory.limit_in_bytes")) !== "";
    Deno.removeSync(path);
    return possible;
  } catch {
    return false;
  }
}

/** A control group with a memory limit, for the commands of one test. */
class Container implements AsyncDisposable {
  readonly path: string;

  constructor(limitBytes: number) {
    this.path = join(GROUPS, `rekindle-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`);
    Deno.mkdirSync(this.path);
    for (const file of ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]) {
      try {
        Deno.writeTextFileSync(join(this.path, file), String(limitBytes));
      } catch {
        // Without swap accounting there is no second limit.
      }
    }
  }

  /** The words that run a command inside. */
  enter(): string[] {
    return ["-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', this.path];
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
  }
}

Deno.test({
  name:
    "in a container the first heap fits, and a heap the kernel kills for is made smaller until the job passes",
  ignore: !canLimitMemory(),
  fn: async (test) => {
    const rekindle = join(import.meta.dirname ?? "", "../../rekindle");
    await test.step("the default heap is what the limit leaves", async () => {
      await using place = await Place.make(spark);
      await using container = new Container(900 * 2 ** 20);
      const { stderr } = await place.plain("sh", [
        ...container.enter(),
        ...[rekindle, "exec", ...place.flags, "--", "true"],
      ]);
      match(stderr, /memory: heap 512 MiB \(Spark's default: 1 GiB, but the container allows 900 MiB/);
    });
    await test.step("a pinned heap that is too large moves when that was allowed", async () => {
      await using place = await Place.make(spark);
      await using container = new Container(1300 * 2 ** 20);
      const { code, stdout, stderr } = await place.plain("sh", [
        ...container.enter(),
        ...[rekindle, "exec", ...place.flags, "--retries", "2", "--memory-mode", "adjust"],
        ...["--conf", "spark.driver.memory=2g", "--", "python", program("cache.py")],
      ]);
      ok(/generation 1 died: killed-by-oom-killer \(signal SIGKILL\)/.test(stderr), stderr);
      match(stderr, /heap 2 GiB → \d+ MiB, because the last one left too little memory for everything else/);
      strictEqual(code, 0, stderr);
      strictEqual(stdout, "rows 1200000 customers 1000\n");
    });
  },
});
