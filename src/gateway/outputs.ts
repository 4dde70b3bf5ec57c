/**
 * Both outputs of one gateway: drained for its whole life, watched line by line, logged, their ends kept.
 * @module
 */

import { join } from "@std/path";
import type { DeathEvidence } from "../core/diagnosis/exit_cause.ts";
import type { Input } from "../core/lifecycle.ts";
import type { ChildHandle, Files } from "../ports.ts";
import { drain, OutputTail } from "./output.ts";
import { OutputWatch } from "./output_watch.ts";
import { RotatedLog } from "./rotated_log.ts";

/** What HotSpot says of a heap dump, when it begins and when it ends (`heapDumper.cpp`, Java 8 to 25). */
const HEAP_DUMP =
  /^(?:Dumping heap to |Heap dump file created|Dump file is incomplete|Unable to create .*\.hprof)/;

/** The last lines of both. */
export type LastLines = Pick<DeathEvidence, "stdout" | "stderr">;

/** The outputs of one generation. */
export class GatewayOutputs {
  readonly #tails: Readonly<Record<"stdout" | "stderr", OutputTail>>;
  #logs: readonly RotatedLog[] = [];
  #drained: Promise<unknown> = Promise.resolve();
  #heapDumpLine: string | null = null;

  /** @param report Told of what a line means to the supervisor. */
  constructor(generation: number, report: (input: Input) => void) {
    const tail = (source: "stdout" | "stderr") => {
      const watch = new OutputWatch(source, generation);
      return new OutputTail((line) => {
        if (HEAP_DUMP.test(line.text)) this.#heapDumpLine = line.text;
        const news = watch.take(line);
        if (news !== null) report(news);
      });
    };
    this.#tails = { stdout: tail("stdout"), stderr: tail("stderr") };
  }

  /** Begins to drain a process; the logs go to `folder`. */
  drain(child: ChildHandle, folder: string, files: Files): void {
    const logs = (["stdout", "stderr"] as const).map((name) => ({
      name,
      log: new RotatedLog(join(folder, `gateway.${name}.log`), files),
    }));
    this.#logs = logs.map(({ log }) => log);
    this.#drained = Promise.all(logs.map(async ({ name, log }) => {
      await drain(child[name], this.#tails[name], log);
      await log.close();
    }));
  }

  /** Resolves when both have ended and everything is in the logs. */
  get drained(): Promise<unknown> {
    return this.#drained;
  }

  /** Takes words for standard error that no process has written. */
  tell(text: string): void {
    this.#tails.stderr.append(new TextEncoder().encode(text));
    this.#tails.stderr.end();
  }

  /** The last lines of both, oldest first. */
  get lines(): LastLines {
    return { stdout: this.#tails.stdout.lines, stderr: this.#tails.stderr.lines };
  }

  /** The newest line that tells of a heap dump, be it long ago; `null` when there was none. */
  get heapDumpLine(): string | null {
    return this.#heapDumpLine;
  }

  /** Bytes that could not be written to the logs. */
  get lostBytes(): number {
    return this.#logs.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0);
  }
}
