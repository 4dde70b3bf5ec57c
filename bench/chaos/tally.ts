/**
 * What has a chaos run come to, in figures?
 * @module
 */

import { columns, duration, mebibytes } from "../figures.ts";
import type { Held } from "./invariants/steady_daemon.ts";
import type { RunningProgram } from "./program.ts";
import type { Step } from "./schedule.ts";

/** What one step has come to. */
export interface StepOutcome {
  readonly step: Step;
  readonly programs: readonly RunningProgram[];
  /** The longest time without a gateway that is ready. */
  readonly downMs: number;
  /** From the programs' end until nothing was left to do. */
  readonly restMs: number;
  readonly gatewaysMade: number;
}

/** What one fault has come to. */
interface FaultFigures {
  times: number;
  /** In milliseconds, of the steps that it had for itself alone; `null` when there was none. */
  worstDownMs: number | null;
  worstRestMs: number | null;
}

/** What a run has come to, as `--json` keeps it. */
export interface Figures
  extends Pick<Tally, "steps" | "gatewaysMade" | "startsAsked" | "programs" | "faults" | "held"> {
  readonly seed: number;
  /** The version of PySpark. */
  readonly spark: string;
  readonly minutes: number;
  /** Whether the run came to its end, with nothing left behind. */
  readonly isOver: boolean;
  readonly machine: string;
  /** What could not be brought about, and why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/** Adds the steps of a run up. */
export class Tally {
  steps = 0;
  gatewaysMade = 0;
  /** How often the daemon had given up, and was told to start. */
  startsAsked = 0;
  readonly held: Held = { fds: [], rssBytes: [] };
  readonly programs = { right: 0, told: 0, otherwise: 0 };
  readonly faults: Record<string, FaultFigures> = {};
  /** What became of the newest step, in words. */
  lastLines: readonly string[] = [];

  /** Adds one. */
  add({ step: { faults }, programs, downMs, restMs, gatewaysMade }: StepOutcome): void {
    this.steps++;
    this.gatewaysMade += gatewaysMade;
    const ends = programs.map(({ end }) => end?.code === 0 ? "right" : end?.wasTold ? "told" : "otherwise");
    for (const end of ends) this.programs[end]++;
    for (const { name } of faults) {
      const figures = this.faults[name] ??= { times: 0, worstDownMs: null, worstRestMs: null };
      figures.times++;
      if (faults.length > 1) continue;
      figures.worstDownMs = Math.max(figures.worstDownMs ?? 0, Math.round(downMs));
      figures.worstRestMs = Math.max(figures.worstRestMs ?? 0, Math.round(restMs));
    }
    const words = programs.flatMap(({ end }) =>
      end === null || end.code === 0 ? [] : [end.stderr.trim().split("\n").at(-1) ?? ""]
    );
    this.lastLines = [
      `${ends.join(", ")}; without a gateway for ${duration(downMs)}, at rest after ${duration(restMs)}; ` +
      `${this.held.fds.at(-1)} files, ${mebibytes(this.held.rssBytes.at(-1) ?? 0)}`,
      ...words.map((each) => `  ${each.slice(0, 200)}`),
    ];
  }

  /** The figures as a person reads them. */
  get table(): string {
    const cell = (ms: number | null) => ms === null ? "" : duration(ms);
    const rows = Object.entries(this.faults).toSorted(([a], [b]) => a < b ? -1 : 1).map((
      [name, each],
    ) => [name, String(each.times), cell(each.worstDownMs), cell(each.worstRestMs)]);
    return columns([["fault", "times", "without, worst", "at rest, worst"], ...rows]);
  }
}
