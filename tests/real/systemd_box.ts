/**
 * A real systemd, the machine's own, as process 1 of a container that is thrown away: its root is an overlay in
 * memory, so that what happens inside changes nothing outside.
 * @module
 */

import { join } from "@std/path";
import { ROOT, until } from "./rekindle.ts";
import type { Result } from "./rekindle.ts";

const GROUPS = "/sys/fs/cgroup";
/** What systemd needs of version 1, and the limit that the test is about. */
const CONTROLLERS = ["systemd", "memory", "pids", "cpu", "cpuacct"];
const SYSTEMD = "/lib/systemd/systemd";
/** Where the checkout is inside, an overlay as well: the root's own does not show what other file systems hold. */
export const CHECKOUT = "/mnt/checkout";

/** Runs in the new namespaces and becomes systemd. `$1` is the folder outside, `$2` the checkout. */
const BOOT = `set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
mkdir -p root${CHECKOUT} upper2 work2
mount -t overlay overlay -o lowerdir="$2",upperdir=upper2,workdir=work2 root${CHECKOUT}
cd root
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
for each in ${CONTROLLERS.join(" ")}; do
  mkdir "sys/fs/cgroup/$each"
  if [ "$each" = systemd ]; then kind=none,name=systemd; else kind=$each; fi
  mount -t cgroup -o "$kind" cgroup "sys/fs/cgroup/$each"
done
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p .old; pivot_root . .old; umount -l /.old
# As systemd has it outside of containers: credentials are mounted where units see them.
mount --make-rshared /
exec env -i container=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
  ${SYSTEMD} --system --unit=basic.target`;

/** Why no box can be had here, or `null`. */
export async function noBox(): Promise<string | null> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "it takes root on Linux";
  for (const program of [SYSTEMD, "/usr/bin/unshare", "/usr/bin/nsenter"]) {
    if (await Deno.stat(program).catch(() => null) === null) return `there is no ${program}`;
  }
  for (const controller of CONTROLLERS) {
    const probe = join(GROUPS, controller, `rekindle-probe-${Deno.pid}`);
    try {
      await Deno.mkdir(probe);
      await Deno.remove(probe);
    } catch {
      return `no control group (version 1) can be made for ${controller}`;
    }
  }
  const words = ["--fork", "--pid", "--mount", "--uts", "--ipc", "--cgroup", "true"];
  const { success } = await new Deno.Command("unshare", { args: words, stderr: "null" }).output();
  return success ? null : "no namespaces can be made";
}

/** A running box. */
export class SystemdBox implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #name: string;
  #init = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#name = `rekindle-box-${Deno.pid}`;
    for (const path of this.#groups()) Deno.mkdirSync(path);
    const enter = `for each in "$@"; do echo $$ > "$each/cgroup.procs"; done
      exec unshare --fork --pid --mount --uts --ipc --cgroup sh -c "$BOOT" boot "$FOLDER" "$CHECKOUT"`;
    this.#child = new Deno.Command("setsid", {
      args: ["sh", "-c", enter, "enter", ...this.#groups()],
      env: { BOOT, FOLDER: folder, CHECKOUT: ROOT },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Boots it; returns when systemd answers. */
  static async boot(): Promise<SystemdBox> {
    const box = new SystemdBox(await Deno.makeTempDir({ prefix: "systemd-box-" }));
    try {
      box.#init = await until(() => box.#initPid());
      await until(async () => /running|degraded/.test((await box.run("systemctl is-system-running")).stdout));
      return box;
    } catch (error) {
      await box[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its process 1, as it is numbered here. */
  get initPid(): number {
    return this.#init;
  }

  /** Runs a line of shell inside, as root. */
  async run(line: string): Promise<Result> {
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: ["-t", String(this.#init), "-m", "-p", "-u", "-i", "-C", "--", "sh", "-c", line],
      clearEnv: true,
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: "/root",
        LANG: "C.UTF-8",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** What a line of shell prints; it must succeed. */
  async ask(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(line);
    if (code !== 0) throw new Error(`${line}: exit code ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  #groups(): readonly string[] {
    return CONTROLLERS.map((controller) => join(GROUPS, controller, this.#name));
  }

  /** setsid(1) has become the shell, the shell unshare(1), and the only child of that is the first process inside. */
  async #initPid(): Promise<number | null> {
    const task = `/proc/${this.#child.pid}/task/${this.#child.pid}/children`;
    const pid = Number((await Deno.readTextFile(task).catch(() => "")).trim());
    if (!pid) return null;
    return (await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "")).trim() === "systemd" ? pid : null;
  }

  /** The kernel ends what is left inside with process 1, and the overlay with the last of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pid = this.#init || await this.#initPid();
    if (pid) Deno.kill(pid, "SIGKILL");
    else this.#child.kill("SIGKILL");
    await this.#child.status;
    for (const path of this.#groups()) await until(() => removedTree(path));
    await Deno.remove(this.#folder);
  }
}

/** Groups within go first; the kernel lets go of one a moment after its last process. */
function removedTree(path: string): boolean {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      if (isDirectory && !removedTree(join(path, name))) return false;
    }
    Deno.removeSync(path);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
