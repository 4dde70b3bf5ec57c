/**
 * How is one program of a chaos run started, watched by its lines, and judged by its end?
 * @module
 */

import { join } from "@std/path";
import { readEnvironment } from "../../src/cli/attachment.ts";
import { fromFileUrl } from "@std/path";
import { type Place, ROOT } from "../../tests/real/rekindle.ts";
import type { ProgramPlan } from "./schedule.ts";
import { WORK } from "./work.ts";

const WORK_PY = fromFileUrl(new URL("work.py", import.meta.url));

/**
 * What a program was told of the loss of its gateway: by the relay, by `exec`, or by Spark, which a JVM that is asked to
 * end stops before it goes, answering what is under way, be it the making of a context.
 */
const TOLD = new RegExp([
  "rekindle: gateway JVM \\(generation \\d+\\) was lost: ",
  "the gateway \\(generation \\d+\\) was lost while",
  "SparkContext was shut down",
  "stopped SparkContext",
  "Shutdown hooks cannot be modified during shutdown",
].join("|"));

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number;
  readonly stderr: string;
  /** Whether it has given every answer, each of them right, in its last attempt. */
  readonly isWhole: boolean;
  /** Whether it was told that its gateway was lost. */
  readonly wasTold: boolean;
}

/** A program that runs, or has run. */
export class RunningProgram {
  readonly plan: ProgramPlan;
  readonly ended: Promise<ProgramEnd>;
  /** The Python process of the newest attempt. */
  pid: number | null = null;
  /** The JVM that it has. */
  jvm: number | null = null;
  /** The lines it has written, and the last time it did, on `performance.now()`. */
  lines = 0;
  progressAtMs = performance.now();
  end: ProgramEnd | null = null;
  /** Answers that are wrong, in words. */
  readonly wrong: string[] = [];
  /** Whether a fault was meant for it, and not for its gateway. */
  wasHit = false;
  readonly #child: Deno.ChildProcess;
  #answers = 0;
  #isWhole = false;
  #waiting: { readonly lines: number; readonly resolve: () => void }[] = [];

  private constructor(plan: ProgramPlan, child: Deno.ChildProcess) {
    this.plan = plan;
    this.#child = child;
    this.ended = this.#watch();
  }

  /** Starts it; by the environment file, what stands there now is its way, whatever becomes of it. */
  static async start(plan: ProgramPlan, place: Place): Promise<RunningProgram> {
    const { kind, questions, way } = plan;
    const work = [WORK_PY, kind, place.folder, ...questions.map(({ n, m }) => `${n},${m}`)];
    const options = {
      cwd: place.folder,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    } as const;
    if (way === "environment file") {
      const file = await Deno.readTextFile(join(place.stateDir, "run/gateway.env")).catch(() => "");
      // Without a file, as before the first gateway, there is no way but exec.
      if (file !== "") {
        const env = { ...place.env, ...readEnvironment(file), PYSPARK_PYTHON: place.spark.python };
        return new RunningProgram(
          plan,
          new Deno.Command(place.spark.python, { ...options, args: work, env }).spawn(),
        );
      }
    }
    const retries = way === "exec --retries 2" ? ["--retries", "2"] : [];
    const args = ["exec", ...place.flags, ...retries, "--", place.spark.python, ...work];
    return new RunningProgram(
      plan,
      new Deno.Command(join(ROOT, "rekindle"), { ...options, args, env: place.env }).spawn(),
    );
  }

  /** Resolves when it has written so many lines, or has ended. */
  async reached(lines: number): Promise<void> {
    if (this.lines >= lines || this.end !== null) return;
    await new Promise<void>((resolve) => this.#waiting.push({ lines, resolve }));
  }

  /** Signals the program itself, or who starts it while there is none. */
  signal(name: Deno.Signal): void {
    try {
      Deno.kill(this.pid ?? this.#child.pid, name);
    } catch {
      // Gone meanwhile.
    }
  }

  async #watch(): Promise<ProgramEnd> {
    const errors = new Response(this.#child.stderr).text();
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => this.#take(line));
    }
    const { code } = await this.#child.status;
    const stderr = await errors;
    this.end = { code, stderr, isWhole: this.#isWhole, wasTold: TOLD.test(stderr) };
    this.#release();
    return this.end;
  }

  #take(line: string): void {
    this.lines++;
    this.progressAtMs = performance.now();
    const [word, value] = line.split(" ");
    switch (word) {
      case "begin":
        this.#answers = 0;
        this.#isWhole = false;
        this.pid = Number(value);
        this.jvm = null;
        break;
      case "jvm":
        this.jvm = Number(value);
        break;
      case "answer":
        this.#judge(value);
        break;
      case "end":
        this.#isWhole = this.#answers === this.plan.questions.length;
    }
    this.#release();
  }

  #judge(value: string | undefined): void {
    const { kind, questions } = this.plan;
    const question = questions[this.#answers++];
    const right = question === undefined ? "none" : String(WORK[kind](question));
    if (value !== right) {
      this.wrong.push(`${kind} answered ${value} to ${JSON.stringify(question)}, and ${right} is right`);
    }
  }

  #release(): void {
    const reached = this.#waiting.filter(({ lines }) => this.lines >= lines || this.end !== null);
    this.#waiting = this.#waiting.filter((each) => !reached.includes(each));
    reached.forEach(({ resolve }) => resolve());
  }
}
