/**
 * A real Spark standalone cluster on this machine: a master and two workers, as `sbin/start-all.sh` would start them.
 * @module
 */

import { join } from "@std/path";
import type { Place } from "./rekindle.ts";
import { until } from "./rekindle.ts";

/** What the master tells of itself at `/json/`. */
export interface MasterState {
  readonly url: string;
  readonly aliveworkers: number;
  readonly activeapps: readonly { readonly id: string; readonly state: string; readonly cores: number }[];
  readonly completedapps: readonly { readonly id: string; readonly state: string }[];
  readonly workers: readonly { readonly state: string; readonly coresused: number }[];
}

/** Master and workers of one place; they end with it. */
export class StandaloneCluster implements AsyncDisposable {
  readonly #children: readonly Deno.ChildProcess[];
  readonly #web: string;
  readonly url: string;

  private constructor(children: readonly Deno.ChildProcess[], { web, url }: { web: string; url: string }) {
    this.#children = children;
    this.#web = web;
    this.url = url;
  }

  /** Starts one and waits until both workers have registered. */
  static async start(place: Place): Promise<StandaloneCluster> {
    const children: Deno.ChildProcess[] = [];
    const folder = join(place.folder, "cluster");
    await Deno.mkdir(folder);
    const launch = (name: string, words: readonly string[]) => {
      const program = join(place.spark.home, "bin/spark-class");
      const child = new Deno.Command("sh", {
        args: ["-c", 'log=$1; shift; exec "$@" 2> "$log"', "sh", `${name}.log`, program, ...words],
        cwd: folder,
        env: {
          ...place.env,
          SPARK_LOCAL_IP: "127.0.0.1",
          SPARK_DAEMON_MEMORY: "256m",
          // What is killed cannot tidy up.
          SPARK_DAEMON_JAVA_OPTS: `-Djava.io.tmpdir=${folder}`,
          SPARK_LOCAL_DIRS: folder,
        },
        clearEnv: true,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      children.push(child);
      return join(folder, `${name}.log`);
    };
    const free = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"];
    const log = launch("master", ["org.apache.spark.deploy.master.Master", ...free]);
    const where = await until(async () => {
      const text = await Deno.readTextFile(log).catch(() => "");
      const port = /Starting Spark master at spark:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      const web = /service 'MasterUI' on port (\d+)/.exec(text)?.[1];
      return port !== undefined && web !== undefined && { port, web };
    });
    const url = `spark://127.0.0.1:${where.port}`;
    const size = ["--cores", "1", "--memory", "1g", "--work-dir", join(folder, "work")];
    for (const name of ["worker-1", "worker-2"]) {
      launch(name, ["org.apache.spark.deploy.worker.Worker", ...free, ...size, url]);
    }
    const cluster = new StandaloneCluster(children, { web: `http://127.0.0.1:${where.web}`, url });
    await cluster.untilState(({ aliveworkers }) => aliveworkers === 2);
    return cluster;
  }

  /** What the master says now. */
  async state(): Promise<MasterState> {
    return await (await fetch(`${this.#web}/json/`)).json();
  }

  /** Waits until the master says what is wanted. */
  async untilState(wanted: (state: MasterState) => boolean): Promise<MasterState> {
    return await until(async () => {
      const state = await this.state();
      return wanted(state) ? state : null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
    }
  }
}
