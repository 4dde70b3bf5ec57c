import assert from "node:assert/strict";
import { memoryLeftOf } from "../../src/runtime/cgroup.ts";
import { createMachine } from "../../src/runtime/machine.ts";

/** Reads from files that a test has put down. */
function reader(files: Readonly<Record<string, string>>) {
  return (path: string) => files[path] ?? null;
}

Deno.test("what is left of a group is the least of all limits above it, with what is only cached", () => {
  const group = { version: 2, folder: "/c/pod/app", mountPoint: "/c" } as const;
  const read = reader({
    "/c/pod/app/memory.max": "max\n",
    "/c/pod/app/memory.current": "900\n",
    "/c/pod/memory.max": "1000\n",
    "/c/pod/memory.current": "950\n",
    "/c/pod/memory.stat": "anon 800\ninactive_file 100\nactive_file 50\n",
    "/c/memory.max": "5000\n",
    "/c/memory.current": "4000\n",
  });
  assert.deepEqual(memoryLeftOf(group, read), { leftBytes: 200, limitBytes: 1000 });
  const v1 = reader({
    "/m/memory.limit_in_bytes": "1000\n",
    "/m/memory.usage_in_bytes": "1000\n",
    "/m/memory.stat": "cache 70\ntotal_inactive_file 30\ntotal_active_file 20\n",
  });
  const old = { version: 1, folder: "/m", mountPoint: "/m" } as const;
  assert.deepEqual(memoryLeftOf(old, v1), { leftBytes: 50, limitBytes: 1000 });
  assert.equal(memoryLeftOf(old, reader({ "/m/memory.limit_in_bytes": "9223372036854771712\n" })), null);
});

Deno.test("memoryLeft() of this machine is some of its memory, and unknown without /proc", async () => {
  const left = await createMachine().memoryLeft();
  assert.ok(left !== null && left.leftBytes > 0 && left.leftBytes <= left.limitBytes);
  assert.equal(await createMachine(() => null).memoryLeft(), null);
});
