/**
 * What of the folders, ports and locks that a daemon needs can be had?
 * @module
 */

import { dirname, join, resolve } from "@std/path";
import { DAEMON_FILE, LOCK_FILE } from "../daemon/address.ts";
import { findDaemon } from "../cli/client.ts";
import { foldersOf } from "../cli/context.ts";
import type { FolderFact, Need } from "../core/doctor/disk.ts";
import type { LockFacts } from "../core/doctor/locks.ts";
import type { PortFact } from "../core/doctor/ports.ts";
import { reasonOf } from "../errors.ts";
import { OWNER_VARIABLE } from "../gateway/start.ts";
import { freeFiles } from "../runtime/host.ts";
import type { Surroundings } from "./surroundings.ts";

/** Looks at every folder that is written to, and writes to it for an instant. */
export async function folderFacts(surroundings: Surroundings): Promise<readonly FolderFact[]> {
  const { context, settings, env } = surroundings;
  const folders = foldersOf(context);
  const stateBy = context.settings.stateDir === null ? "the state folder" : "--state-dir";
  const local = settings["spark.local.dir"];
  const scratch = env.SPARK_LOCAL_DIRS ?? local?.value;
  const wanted: readonly (readonly [string, string, string, Need])[] = [
    ["ledger and incidents", folders.state, stateBy, "records"],
    ["the way in", folders.runtime, stateBy, "records"],
    ["logs", folders.logs, stateBy, "records"],
    ["temporary files", folders.temp, context.env.TMPDIR ? "TMPDIR" : "/tmp", "libraries"],
    ...(scratch?.split(",") ?? []).map((path) =>
      [
        "shuffles and caches",
        resolve(context.cwd, path.trim()),
        env.SPARK_LOCAL_DIRS ? "SPARK_LOCAL_DIRS" : local?.by ?? "spark.local.dir",
        "scratch",
      ] as const
    ),
  ];
  const mounts = await context.runtime.files.readText("/proc/self/mountinfo").catch(() => "");
  const facts: FolderFact[] = [];
  for (const [what, path, by, need] of wanted) {
    // A place in a place that is full, or not to be written to, is said once.
    if (facts.some((other) => other.need === need && path.startsWith(`${other.path}/`))) continue;
    facts.push({ for: what, path, by, need, ...await look(path, mounts, surroundings) });
  }
  return facts;
}

async function look(
  path: string,
  mounts: string,
  { context: { runtime: { files } } }: Surroundings,
): Promise<Pick<FolderFact, "failure" | "freeBytes" | "freeFiles" | "isNoExec">> {
  let at = path;
  while (await files.stat(at) === null && dirname(at) !== at) at = dirname(at);
  const real = await files.realPath(at) ?? at;
  let failure: string | null = null;
  try {
    const probe = await files.makeTempDir(at, ".rekindle-doctor-");
    try {
      await files.writeAtomic(join(probe, "probe"), "x".repeat(4096));
    } finally {
      await files.remove(probe);
    }
  } catch (error) {
    failure = reasonOf(error);
  }
  return {
    failure,
    freeBytes: (await files.space(at))?.freeBytes ?? null,
    freeFiles: await freeFiles(at),
    isNoExec: isNoExec(real, mounts),
  };
}

/** Of the mounts that hold a path the longest one counts, of equal ones the last (proc(5)). */
export function isNoExec(path: string, mountinfo: string): boolean {
  let best = { length: -1, noexec: false };
  for (const line of mountinfo.split("\n")) {
    const [, , , , point = "", options = ""] = line.split(" ");
    const holds = point === "/" || path === point || path.startsWith(`${point}/`);
    if (point !== "" && holds && point.length >= best.length) {
      best = { length: point.length, noexec: options.split(",").includes("noexec") };
    }
  }
  return best.noexec;
}

/** Spark goes so many ports further when one is taken (`spark.port.maxRetries`). */
const DEFAULT_RETRIES = 16;

/** Tries every port that is fixed. */
export function portFacts(
  { context, settings: spark }: Surroundings,
  { isOurs }: { readonly isOurs: boolean },
): readonly PortFact[] {
  const { settings, runtime: { loopback } } = context;
  const retries = Number(spark["spark.port.maxRetries"]?.value ?? DEFAULT_RETRIES);
  const wanted = [
    { for: "the health API", port: settings.api.port, by: "--api", retries: 0, isOurs },
    { for: "the relay", port: settings.relayPort ?? 0, by: "--relay", retries: 0, isOurs },
    ...["spark.ui.port", "spark.driver.port", "spark.blockManager.port", "spark.driver.blockManager.port"]
      .map((name) => ({
        for: name.replace(/^spark\.|\.port$/g, ""),
        port: Number(spark[name]?.value ?? 0),
        by: spark[name]?.by ?? name,
        retries,
        isOurs: false,
      })),
  ];
  // 0 is any that is free.
  return wanted.filter(({ port }) => port > 0 && port < 65_536).map((each) => ({
    ...each,
    taken: refusalOf(each.port),
  }));

  function refusalOf(port: number): string | null {
    try {
      loopback.listen(port).close();
      return null;
    } catch (error) {
      const reason = reasonOf(error);
      return /in use/i.test(reason) ? "another program listens there" : reason;
    }
  }
}

/** Looks who is there, and who was. */
export async function lockFacts({ context }: Surroundings): Promise<LockFacts> {
  const { runtime: { files, machine }, cwd } = context;
  const { state, runtime } = foldersOf(context);
  const isHeld = await holds(join(state, LOCK_FILE));
  const answers = isHeld && await findDaemon(context) !== null;
  const isStale = !isHeld && await files.stat(join(runtime, DAEMON_FILE)) !== null;
  return {
    stateFolder: state,
    isHeld,
    answers,
    isStale,
    orphans: isHeld ? [] : await machine.processesWith(OWNER_VARIABLE, state),
    metastore: await metastoreOf(join(cwd, "metastore_db"), context),
  };

  /** A lock is only looked at where there is one: looking must make no file. */
  async function holds(path: string): Promise<boolean> {
    if (await files.stat(path) === null) return false;
    const lock = await files.tryLock(path).catch(() => null);
    lock?.release();
    return lock === null;
  }
}

async function metastoreOf(
  path: string,
  { runtime: { files, machine } }: Surroundings["context"],
): Promise<LockFacts["metastore"]> {
  if (await files.stat(join(path, "db.lck")) === null) return null;
  const real = await files.realPath(path) ?? path;
  for (const pid of (await files.list("/proc")).map(Number).filter(Number.isInteger)) {
    const open = await machine.openFiles(pid);
    if (open.some((file) => file.startsWith(`${real}/`))) return { path, holder: pid };
  }
  return { path, holder: null };
}
