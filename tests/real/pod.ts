/**
 * A pod as Kubernetes makes one, without Kubernetes: containers that share network, processes and volumes and nothing else, each with
 * the image's files, which are this machine's and read-only, and a user who may do nothing. They end with it.
 * @module
 */

import { dirname, join } from "@std/path";
import { type Container, readPod } from "../job_manifest.ts";
import { ROOT, until } from "./rekindle.ts";
import type { SparkInstallation } from "./spark_installations.ts";

/** What the image has, where its Containerfile puts it, or what stands for it here. */
const ENVIRONMENT = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/home/spark",
  LANG: "C.UTF-8",
  // Of the virtual environment only what pip has put there: its Python may lie where others may not look.
  PYTHONPATH: "/opt/packages",
  JAVA_HOME: "/opt/java",
  CREDENTIALS_DIRECTORY: "/run/credentials",
};

/** First process of the pod: its network has a loopback, and it reaps. */
const PAUSE = "ip link set lo up; while :; do sleep 1000 & wait; done";

/** Makes the root of a container and becomes its command. */
const CONTAINER = `set -eu
mount --make-rprivate /
at=$1 checkout=$2 packages=$3 java=$4 user=$5 cwd=$6 volumes=$7; shift 7
mount -t tmpfs tmpfs "$at"; cd "$at"; mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
for each in /opt/rekindle /opt/packages /opt/java /home/spark /var/lib/rekindle; do mkdir -p "root$each"; done
echo "spark:x:$user:$user::/home/spark:/bin/sh" >> root/etc/passwd
chown "$user" root/home/spark
# One by one: what a checkout links to may lie where a volume comes.
ls -A "$checkout" | while read -r each; do
  real=$(readlink -f "$checkout/$each")
  if [ -d "$real" ]; then mkdir "root/opt/rekindle/$each"; mount --bind "$real" "root/opt/rekindle/$each"
  else cp -p "$real" root/opt/rekindle; fi
done
mount --bind "$packages" root/opt/packages
mount --bind "$java" root/opt/java
ln -sf /opt/rekindle/rekindle root/usr/local/bin/rekindle
ln -sf /usr/bin/python3 root/usr/local/bin/python
mount -t proc proc root/proc
mount --rbind /dev root/dev
# In an image it is empty.
mount -t tmpfs -o ro tmpfs root/tmp
echo "$volumes" | while read -r from to mode; do
  mkdir -p "root$to"; mount --bind "$from" "root$to"
  [ "$mode" != ro ] || mount -o remount,bind,ro "root$to"
done
mount -o remount,ro root
exec /usr/sbin/chroot root setpriv --reuid="$user" --regid="$user" --clear-groups --bounding-set=-all --no-new-privs \\
  sh -c 'cd "$1"; shift; exec "$@"' sh "$cwd" "$@"`;

/** Why there can be no pod here, or `null`. */
export async function noPod(): Promise<string | null> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "it takes root on Linux";
  for (const program of ["/usr/bin/python3", "/usr/bin/setpriv", "/usr/bin/nsenter", "/usr/sbin/ip"]) {
    if (await Deno.stat(program).catch(() => null) === null) return `there is no ${program}`;
  }
  const words = ["--fork", "--pid", "--mount", "--net", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
  const { success } = await new Deno.Command("unshare", { args: words, stderr: "null" }).output();
  return success ? null : "no namespaces can be made";
}

/** A running pod of the manifest of the documentation. */
export class Pod implements AsyncDisposable {
  readonly #pause: Deno.ChildProcess;
  readonly #folder: string;
  readonly #spark: SparkInstallation;
  readonly user: number;
  readonly containers: readonly Container[];
  #init = 0;

  private constructor(
    folder: string,
    spark: SparkInstallation,
    { user, containers }: Awaited<ReturnType<typeof readPod>>,
  ) {
    this.#folder = folder;
    this.#spark = spark;
    this.user = user;
    this.containers = containers;
    this.#pause = new Deno.Command("unshare", {
      args: ["--fork", "--pid", "--net", "--ipc", "--uts", "--kill-child", "sh", "-c", PAUSE],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Starts it, with empty volumes and no container. */
  static async start(spark: SparkInstallation): Promise<Pod> {
    const folder = await Deno.makeTempDir({ prefix: "pod-" });
    await Deno.chmod(folder, 0o755);
    const pod = new Pod(folder, spark, await readPod());
    for (const { volume } of pod.containers.flatMap(({ mounts }) => mounts)) {
      await Deno.mkdir(pod.volume(volume), { recursive: true });
      // As the kubelet makes a volume's folder with fsGroup.
      await Deno.chown(pod.volume(volume), 0, pod.user);
      await Deno.chmod(pod.volume(volume), 0o2777);
    }
    pod.#init = await until(async () => {
      const task = `/proc/${pod.#pause.pid}/task/${pod.#pause.pid}/children`;
      return Number((await Deno.readTextFile(task)).trim()) || null;
    });
    return pod;
  }

  /** Where a volume is, from outside. */
  volume(name: string): string {
    return join(this.#folder, "volumes", name);
  }

  /** Starts a container of the manifest, or another command in one like it. */
  spawn(name: string, args?: readonly string[]): Deno.ChildProcess {
    const container = this.containers.find((each) => each.name === name);
    if (container === undefined) throw new Error(`The manifest has no container ${name}`);
    const root = Deno.makeTempDirSync({ dir: this.#folder });
    const volumes = container.mounts.map(({ volume, path, readOnly }) =>
      `${this.volume(volume)} ${path} ${readOnly ? "ro" : "rw"}`
    );
    const { home, javaHome } = this.#spark;
    return new Deno.Command("nsenter", {
      args: [
        ...["-t", `${this.#init}`, "-n", "-p", "-i", "-u", "--", "unshare", "--mount", "sh", "-c", CONTAINER],
        ...["container", root, ROOT, dirname(home), javaHome, `${this.user}`, container.workingDir],
        ...[volumes.join("\n"), ...args ?? container.args],
      ],
      clearEnv: true,
      env: ENVIRONMENT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** What a probe of the node gets: its status code, or 0 without an answer. */
  async probe(path: string): Promise<number> {
    const curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: localhost"];
    const { stdout } = await new Deno.Command("nsenter", {
      args: ["-t", `${this.#init}`, "-n", "--", ...curl, `http://127.0.0.1:7433${path}`],
    }).output();
    return Number(new TextDecoder().decode(stdout));
  }

  /** Processes of the pod's user. */
  async processes(): Promise<readonly string[]> {
    const { stdout } = await new Deno.Command("ps", { args: ["-u", `${this.user}`, "-o", "pid=,args="] })
      .output();
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  }

  /** The kernel ends what is left inside with process 1, and what is mounted with the last of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    Deno.kill(this.#init, "SIGKILL");
    await this.#pause.status;
    await until(async () => (await this.processes()).length === 0);
    await Deno.remove(this.#folder, { recursive: true });
  }
}
