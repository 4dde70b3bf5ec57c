/**
 * The world one gateway lives in: its files, its machine, its time, and the process that is to be its JVM.
 * @module
 */

import { firstMemory } from "../../src/core/memory/memory.ts";
import type { Memory } from "../../src/core/memory/memory.ts";
import type { Launch } from "../../src/gateway/process.ts";
import type { MemoryPlan } from "../../src/core/memory/plan.ts";
import { GatewayCommand } from "../../src/gateway/command.ts";
import type { ProcessOptions } from "../../src/gateway/process_options.ts";
import { dialer } from "../../src/runtime/net.ts";
import { REQUEST } from "../gateway/command_requests.ts";
import { launcherText } from "../gateway/launcher_outputs.ts";
import { ManualClock } from "./manual_clock.ts";
import { MemoryFiles } from "./memory_files.ts";
import { ScriptedChild, ScriptedLauncher } from "./scripted_child.ts";
import type { Obedience } from "./scripted_child.ts";
import { ScriptedMachine } from "./scripted_machine.ts";

/** A plan of one gibibyte of heap on a machine of eight. */
export const MEMORY: Memory = firstMemory(
  {
    limit: { bytes: 8 * 2 ** 30, source: "machine" },
    ...{
      heapBytes: null,
      pins: {},
      parallelTasks: 2,
      isLocal: true,
      defaultStackBytes: 2 ** 20,
      gateways: 1,
      standbyBytes: 0,
    },
  },
  { kept: null, mode: "adjust", atMs: 0 },
);
/** The plan of {@linkcode MEMORY}. */
export const PLAN: MemoryPlan = MEMORY.plan;

/** A start with it that nobody waits for. */
export const LAUNCH: Launch = { plan: PLAN, heapDump: null, isAwaited: false };

/** What Spark's launcher says here. */
const LAUNCHER_SAYS = launcherText({
  env: ["PATH=/usr/bin:/bin", "PYSPARK_GATEWAY_SECRET=of-another-attachment", "FROM_SHELL=yes"],
  argv: [
    "/opt/jdk/bin/java",
    ...["-cp", "/opt/spark/jars/*", "-Xmx1048576k"],
    ...["org.apache.spark.deploy.SparkSubmit", "pyspark-shell"],
  ],
});

/** Everything a gateway's process needs, under the test's command. */
export class GatewayWorld {
  readonly clock = new ManualClock();
  readonly files = new MemoryFiles();
  readonly machine = new ScriptedMachine();
  readonly launcher = new ScriptedLauncher();
  /** The processes started so far, oldest first; pids count from 1001. */
  readonly children: ScriptedChild[] = [];
  readonly command: GatewayCommand;

  /** @param obeys What every process started here obeys. */
  constructor(obeys?: Obedience) {
    this.files.put("/tmp/.keep", "");
    this.command = new GatewayCommand(REQUEST, { files: this.files, children: this.launcher });
    this.launcher.onRun = () => ({ stdout: LAUNCHER_SAYS });
    this.launcher.onSpawn = () => {
      const pid = 1001 + this.children.length;
      const child = new ScriptedChild({ pid, ...(obeys === undefined ? {} : { obeys }) });
      this.children.push(child);
      return child;
    };
  }

  get options(): ProcessOptions {
    const { clock, files, machine, command, launcher } = this;
    return {
      command,
      archive: null,
      bytecode: null,
      clock,
      files,
      machine,
      dialer,
      children: launcher,
      modules: null,
      javaMajor: 17,
      cwd: "/job",
      folders: { runtime: "/run", logs: "/log", temp: "/tmp", scratchPrefix: "rekindle-" },
      owner: "/state",
    };
  }

  /** The newest process. */
  get child(): ScriptedChild {
    const child = this.children.at(-1);
    if (child === undefined) throw new Error("No process has been started");
    return child;
  }

  /** Publishes where a gateway listens, as its JVM would. */
  shakeHands({ port, secret }: { readonly port: number; readonly secret: string }, generation = 1): void {
    const bytes = new Uint8Array(8 + secret.length);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, port);
    view.setInt32(4, secret.length);
    new TextEncoder().encodeInto(secret, bytes.subarray(8));
    this.files.put(`/run/g${generation}/handshake`, bytes);
  }
}
