/**
 * What did a dead gateway leave that tells of its death? Each thing is looked for by itself, within its time, and what
 * was not found is named with the reason.
 * @module
 */

import { join } from "@std/path";
import type { ExitStatus, OutputLine } from "../core/verdict.ts";
import { reasonOf } from "../errors.ts";
import type { ChildLauncher, Clock, Files, Machine } from "../ports.ts";
import type { Finding } from "./finding.ts";
import { perfDataPaths } from "./hsperfdata.ts";
import { kernelFinding } from "./kernel_log.ts";

/** What is known of a gateway that has ended. */
export interface DeathScene {
  readonly generation: number;
  readonly pid: number | null;
  readonly exit: ExitStatus;
  /** The words it was started with. */
  readonly argv: readonly string[];
  readonly stdout: readonly OutputLine[];
  /** Where HotSpot was told to put its error report. */
  readonly logs: string;
  /** Where it was told to log its collections, or `null` when it was not. */
  readonly gcLog: string | null;
  /** Its performance data, where it was last seen. */
  readonly perfData: string | null;
  /** What was seen of it at the last looks, oldest first: one JSON document a line. */
  readonly history: readonly string[];
}

/** What collecting needs of the world. */
export interface CollectionPorts {
  readonly files: Files;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly children: ChildLauncher;
}

/** What was found, and HotSpot's error report line by line when there is one. */
export interface Collection {
  readonly findings: readonly Finding[];
  readonly hsErr: readonly OutputLine[];
}

/** The name of HotSpot's error report in an incident. */
export const ERROR_REPORT = "hs_err.log";

/** What one thing may take; all are looked for at once. */
const EACH_MS = 3_000;
/** More of a text is cut: an error report has 25 to 200 KiB, a log of collections 2 MiB at most. */
const KEPT_BYTES = 4 * 2 ** 20;

/** Looks for everything that is gone soon or tells of the cause. Never rejects. */
export async function collect(scene: DeathScene, ports: CollectionPorts): Promise<Collection> {
  const { files, clock } = ports;
  const looks: readonly (readonly [string, () => Promise<Finding>])[] = [
    [ERROR_REPORT, () => errorReport(scene, files)],
    ["hsperfdata", () => performanceData(scene, files)],
    ["gc.log", () => textFinding("gc.log", scene.gcLog, files, "the JVM was not told to write one")],
    ["command.txt", () => Promise.resolve(saved("command.txt", `${scene.argv.join("\n")}\n`))],
    ["history.jsonl", () => Promise.resolve(historyFinding(scene.history))],
    ["machine.txt", () => machineFinding(files)],
    ["cgroup.txt", () => groupFinding(ports.machine)],
  ];
  const findings = await Promise.all(looks.map(([name, look]) => inTime(name, look, clock)));
  const report = findings.find(({ name }) => name === ERROR_REPORT)?.content;
  return { findings, hsErr: typeof report === "string" ? linesOf(report) : [] };
}

/**
 * Looks for what the verdict is not made from and takes longest, which nobody who waits for the next gateway has to wait for.
 * Never rejects.
 */
export function collectLate(
  scene: Pick<DeathScene, "exit" | "pid">,
  { children, clock }: Pick<CollectionPorts, "children" | "clock">,
): Promise<Finding> {
  return inTime("kernel.txt", () => kernelFinding(scene, children), clock);
}

async function inTime(name: string, look: () => Promise<Finding>, clock: Clock): Promise<Finding> {
  const done = new AbortController();
  const late = clock.sleep(EACH_MS, done.signal).then(() =>
    missing(name, `it took longer than ${EACH_MS / 1000} s`)
  );
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    return missing(name, reasonOf(error));
  } finally {
    done.abort();
  }
}

/** HotSpot says where it has put the report; on a full disk that file is empty. */
async function errorReport({ generation, stdout, logs }: DeathScene, files: Files): Promise<Finding> {
  const name = ERROR_REPORT;
  const announced = stdout.findIndex(({ text }) =>
    /^# An error report file with more information/.test(text)
  );
  const told = announced < 0 ? null : /^# (\/.*)$/.exec(stdout[announced + 1]?.text ?? "")?.[1] ?? null;
  const path = told ?? await ownReport({ generation, logs }, files);
  const found = await textFinding(name, path, files, "the JVM wrote none");
  return found.content === "" ? missing(name, "its file is empty: the disk was full") : found;
}

/** Where a generation's report lies in the logs; `null` when it has none there. */
async function ownReport(
  { generation, logs }: Pick<DeathScene, "generation" | "logs">,
  files: Files,
): Promise<string | null> {
  const own = (await files.list(logs)).find((each) => each.startsWith(`hs_err_g${generation}_`));
  return own === undefined ? null : join(logs, own);
}

/** Removes the report from the logs. Only when something else has it: on a full disk it may be the only copy. */
export async function removeReport(
  scene: Pick<DeathScene, "generation" | "logs">,
  files: Files,
): Promise<void> {
  const path = await ownReport(scene, files);
  if (path !== null) await files.remove(path);
}

/** A JVM that died before it was first looked at has left its file under its pid alone. */
async function performanceData({ pid, perfData }: DeathScene, files: Files): Promise<Finding> {
  const [unseen = null] = perfData !== null || pid === null ? [] : await perfDataPaths(pid, files);
  return await fileFinding("hsperfdata", perfData ?? unseen, files, "the JVM published none");
}

async function textFinding(
  name: string,
  path: string | null,
  files: Files,
  absent: string,
): Promise<Finding> {
  const found = await fileFinding(name, path, files, absent);
  if (!(found.content instanceof Uint8Array)) return found;
  const end = found.content.subarray(-KEPT_BYTES);
  const content = new TextDecoder().decode(end);
  return end.length === found.content.length
    ? { ...found, content }
    : { ...found, status: "truncated", reason: "only its end was kept", content };
}

async function fileFinding(
  name: string,
  path: string | null,
  files: Files,
  absent: string,
): Promise<Finding> {
  if (path === null) return missing(name, absent);
  const stat = await files.stat(path);
  if (stat === null) return missing(name, `${path} is gone or was never written`);
  // A pipe or a device would be read for ever.
  if (!stat.isFile) return missing(name, `${path} is no file`);
  return { name, status: "saved", reason: null, content: await files.readBytes(path) };
}

function historyFinding(history: readonly string[]): Finding {
  if (history.length === 0) return missing("history.jsonl", "it was never looked at");
  return saved("history.jsonl", `${history.join("\n")}\n`);
}

/** Memory and pressure of the whole machine, as the kernel shows them (proc(5), psi). */
const MACHINE_FILES = ["meminfo", "loadavg", "pressure/memory", "pressure/cpu", "pressure/io"];

async function machineFinding(files: Files): Promise<Finding> {
  const parts: string[] = [];
  for (const path of MACHINE_FILES.map((each) => `/proc/${each}`)) {
    const text = await files.readText(path).catch(() => null);
    if (text !== null) parts.push(`==> ${path}\n${text}`);
  }
  if (parts.length === 0) return missing("machine.txt", "this machine has no /proc");
  return saved("machine.txt", parts.join("\n"));
}

async function groupFinding(machine: Machine): Promise<Finding> {
  const report = await machine.memoryGroupReport();
  if (!report) return missing("cgroup.txt", "no control group counts this process's memory");
  return saved("cgroup.txt", report);
}

function saved(name: string, content: string): Finding {
  return { name, status: "saved", reason: null, content };
}

function missing(name: string, reason: string): Finding {
  return { name, status: "missing", reason, content: null };
}

function linesOf(text: string): readonly OutputLine[] {
  return text.split("\n").map((line, index) => ({ number: index + 1, text: line }));
}
