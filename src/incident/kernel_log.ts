/**
 * What does the kernel's log say of a process that was killed? Only where its process numbers are ours.
 * @module
 */

import { describeExit } from "../core/diagnosis/ending.ts";
import type { ExitStatus } from "../core/verdict.ts";
import type { ChildLauncher } from "../ports.ts";
import type { Finding } from "./finding.ts";

/** The file in an incident. */
const NAME = "kernel.txt";
/** Together they stay below what a collector has. */
const NAMESPACE_MS = 500, DMESG_MS = 2_000;
/** The first namespace of process numbers, in which the kernel writes its log (PROC_PID_INIT_INO, proc_ns.h). */
const FIRST_NAMESPACE = "pid:[4026531836]";
const MAX_LINES = 200;

/** Looks for the lines of one process. Only a SIGKILL has the kernel to ask; on many machines only root may. */
export async function kernelFinding(
  { exit, pid }: { readonly exit: ExitStatus; readonly pid: number | null },
  children: ChildLauncher,
): Promise<Finding> {
  if (exit.signal !== "SIGKILL" || pid === null) {
    const reason = `the kernel says nothing of ${describeExit(exit)}`;
    return { name: NAME, status: "skipped", reason, content: null };
  }
  const run = (program: string, args: readonly string[], timeoutMs: number) =>
    children.run({ program, args, env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" }, cwd: "/" }, timeoutMs);
  const namespace = await run("readlink", ["/proc/self/ns/pid"], NAMESPACE_MS);
  // In a container another process of the machine has our number, and its death would be taken for ours.
  const own = new TextDecoder().decode(namespace.stdout).trim();
  if (own === "") return missing("it is not known whether the kernel's log numbers processes as we do");
  if (own !== FIRST_NAMESPACE) {
    return missing("the kernel's log has other process numbers than this container");
  }
  const { exit: { code }, stdout, stderr, timedOut } = await run("dmesg", [], DMESG_MS);
  if (timedOut) return missing("dmesg did not end");
  if (code !== 0) return missing(stderr.trim() || "dmesg failed");
  const about = new RegExp(`\\b${pid}\\b`);
  // The time that a line begins with is made of numbers too.
  const isAbout = (line: string) => about.test(line.replace(/^\[ *\d+\.\d+\]/, ""));
  const lines = new TextDecoder().decode(stdout).split("\n").filter(isAbout).slice(-MAX_LINES);
  return lines.length === 0
    ? missing("the kernel's log has no line of it")
    : { name: NAME, status: "saved", reason: null, content: `${lines.join("\n")}\n` };
}

function missing(reason: string): Finding {
  return { name: NAME, status: "missing", reason, content: null };
}
