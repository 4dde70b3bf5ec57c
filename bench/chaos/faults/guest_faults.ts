/**
 * What becomes of a gateway whose program ruins it from inside? A further program comes for that.
 * @module
 */

import { join } from "@std/path";
import { program, ROOT } from "../../../tests/real/rekindle.ts";
import type { Fault } from "../fault.ts";

/** Has a program of the tests bring its own gateway into trouble; the others' are none of its business. */
function ruinedBy(what: string, ...words: readonly string[]): Fault {
  const [file = "", ...args] = words;
  return {
    what,
    cost: "nothing",
    inject: ({ site: { place } }) => {
      const guest = new Deno.Command(join(ROOT, "rekindle"), {
        args: ["exec", ...place.flags, "--", place.spark.python, program(file), ...args],
        ...{ cwd: place.folder, env: place.env, clearEnv: true },
        ...{ stdin: "null", stdout: "null", stderr: "null" },
      }).spawn();
      // They end by themselves once their gateway is gone, and fail.
      return Promise.resolve(async () => void await guest.status);
    },
  };
}

/** What a program can run out of, and how it can end its gateway. */
export const GUEST_FAULTS = {
  "heap-oom": ruinedBy("a program fills the heap by calls", "faults.py", "heap-oom-call"),
  "heap-oom-task": ruinedBy("a task fills the heap", "faults.py", "heap-oom-task"),
  "metaspace-oom": ruinedBy("a program loads classes without end", "deaths.py", "classes"),
  "direct-oom": ruinedBy("a task wants too much direct memory", "deaths.py", "direct-memory"),
  "stack-overflow": ruinedBy("a task recurses too deeply", "deaths.py", "regex"),
  "jvm-crash": ruinedBy("a program writes to where nothing is", "deaths.py", "write-nowhere"),
  "system-exit": ruinedBy("a program calls System.exit(0)", "deaths.py", "system-exit", "0"),
  "halt": ruinedBy("a program halts the JVM with 3", "deaths.py", "halt", "3"),
  "scheduler-thread": ruinedBy("Spark's scheduler thread ends", "faults.py", "scheduler-thread"),
  "deadlock": ruinedBy("two Java threads wait for each other", "faults.py", "deadlock"),
} as const satisfies Readonly<Record<string, Fault>>;
