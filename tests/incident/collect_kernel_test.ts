import assert from "node:assert/strict";
import type { Outcome } from "../fakes/scripted_child.ts";
import { KILLED, missing, saved, Scene } from "./death_scene.ts";

/** What `/proc/self/ns/pid` is outside of every container (PROC_PID_INIT_INO, 0xEFFFFFFC). */
const MACHINES_OWN = `pid:[${0xeffffffc}]\n`;

/** A scene whose dmesg gives this, seen from this namespace of process numbers. */
function withLog(dmesg: () => Outcome, namespace: () => Outcome = () => ({ stdout: MACHINES_OWN })): Scene {
  const scene = new Scene();
  scene.children.onRun = ({ program }) => program === "readlink" ? namespace() : dmesg();
  return scene;
}

Deno.test("collectLate() asks the kernel's log of nothing but a SIGKILL", async () => {
  const scene = new Scene();
  for (
    const [changes, told] of [
      [{}, "signal SIGABRT"],
      [{ exit: { code: 52, signal: null } }, "exit code 52"],
      // Its launcher was killed: there was no JVM.
      [{ ...KILLED, pid: null }, "signal SIGKILL"],
    ] as const
  ) {
    const { status, reason, content } = await scene.findLate(changes);
    assert.deepEqual([status, content], ["skipped", null]);
    assert.equal(reason, `the kernel says nothing of ${told}`);
  }
  assert.deepEqual(scene.children.ran, []);
});

Deno.test("collectLate() keeps the lines of the kernel's log that name the process", async () => {
  const lines = [
    "[ 4711.000001] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=java,pid=47110,uid=0",
    "[ 4711.004711] Killed process 14711 (python3) total-vm:4711kB",
    "[17975.951823] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=java,pid=4711,uid=0",
    "[17975.951900] [   4711]     0  4711  1187058   318488  2908160        0           100 java",
    "[17975.951949] Memory cgroup out of memory: Killed process 4711 (java) total-vm:4748216kB",
  ];
  const scene = withLog(() => ({ stdout: `${lines.join("\n")}\n` }));
  const kept = `${lines.slice(2).join("\n")}\n`;
  assert.deepEqual(await scene.findLate(KILLED), saved("kernel.txt", kept));
  assert.deepEqual(scene.children.ran.map(({ program, args }) => [program, args]), [
    ["readlink", ["/proc/self/ns/pid"]],
    ["dmesg", []],
  ]);
  const other = await scene.findLate({ ...KILLED, pid: 12 });
  assert.deepEqual(other, missing("kernel.txt", "the kernel's log has no line of it"));
});

Deno.test("collectLate() says in dmesg's words why it tells nothing", async () => {
  const exit = { code: 1, signal: null };
  const denied = "dmesg: read kernel buffer failed: Operation not permitted";
  for (
    const [run, reason] of [
      [() => ({ exit, stderr: `${denied}\n` }), denied],
      [() => ({ exit }), "dmesg failed"],
      [() => ({ exit: KILLED.exit, timedOut: true }), "dmesg did not end"],
      [() => {
        throw new Error("Failed to spawn 'dmesg': No such file or directory (os error 2)");
      }, "Failed to spawn 'dmesg': No such file or directory (os error 2)"],
    ] as const
  ) {
    assert.deepEqual(await withLog(run).findLate(KILLED), missing("kernel.txt", reason));
  }
});

Deno.test("collectLate() believes the kernel's log only where its process numbers are ours", async () => {
  const told = () => ({ stdout: "[1.0] Memory cgroup out of memory: Killed process 4711 (java)\n" });
  for (
    const [namespace, reason] of [
      [
        () => ({ stdout: "pid:[4026532198]\n" }),
        "the kernel's log has other process numbers than this container",
      ],
      // A system without /proc.
      [
        () => ({ exit: { code: 1, signal: null } }),
        "it is not known whether the kernel's log numbers processes as we do",
      ],
    ] as const
  ) {
    const scene = withLog(told, namespace);
    assert.deepEqual(await scene.findLate(KILLED), missing("kernel.txt", reason));
    assert.deepEqual(scene.children.ran.map(({ program }) => program), ["readlink"]);
  }
});

Deno.test("collectLate() waits three seconds for what hangs", async () => {
  const scene = new Scene();
  scene.children.onRun = () => new Promise<never>(() => {});
  let ended = false;
  const looking = scene.findLate(KILLED).finally(() => ended = true);
  await scene.clock.advance(2_999);
  assert.equal(ended, false);
  await scene.clock.advance(1);
  assert.deepEqual(await looking, missing("kernel.txt", "it took longer than 3 s"));
});
