/**
 * How does a chaos run go? Step by step: programs start, faults hit them, all is healed, and what holds must hold still.
 * @module
 */

import { join } from "@std/path";
import type { Status } from "../../src/api/status.ts";
import type { SparkInstallation } from "../../tests/real/spark_installations.ts";
import { pause } from "../figures.ts";
import { cleaned, inPlace } from "../lifetime.ts";
import { Downtime } from "./downtime.ts";
import type { Cost, Heal } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import { preload } from "./faults/clock_and_disk.ts";
import { onSmallDisks } from "./faults/small_disks.ts";
import type { Invariant } from "./invariant.ts";
import { endedPrograms } from "./invariants/ended_programs.ts";
import { keptSecrets } from "./invariants/kept_secrets.ts";
import { nothingLeft } from "./invariants/nothing_left.ts";
import { oneGateway } from "./invariants/one_gateway.ts";
import { rightAnswers } from "./invariants/right_answers.ts";
import { steadyDaemon } from "./invariants/steady_daemon.ts";
import { wholeIncidents } from "./invariants/whole_incidents.ts";
import { wholeLedger } from "./invariants/whole_ledger.ts";
import { RunningProgram } from "./program.ts";
import { type FaultPlan, inWords, schedule, type Step } from "./schedule.ts";
import { Site } from "./site.ts";
import { Tally } from "./tally.ts";

/** How often what holds always is looked at, in milliseconds. */
const LOOK_MS = 250;
/**
 * So long a step may take to come to rest when its programs have ended, in milliseconds: a wait of a minute at most, a
 * start of as much, a warm-up, on a machine that has other things to do.
 */
const REST_MS = 420_000;
/** So long a fault may take to be over, in milliseconds: what fills memory takes its time where others want the processors. */
const OVER_MS = 1_200_000;
/** What heals when a run was broken may take so long. */
const HEAL_MS = 10_000;

/** Something that must hold did not. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** What is run. */
export interface ChaosOptions {
  readonly spark: SparkInstallation;
  readonly seed: number;
  /** The names of the faults to choose from. */
  readonly faults: readonly string[];
  /** The number of the first step: those before it are left out. @default {1} */
  readonly from?: number;
  /** Whether another step is to begin. */
  readonly goesOn: (stepsTaken: number) => boolean;
  /** Told after each step. */
  readonly onStep?: (tally: Tally) => void;
  /** Told of each line of the report. */
  readonly say: (line: string) => void;
  /** Gets a copy of the state folder, and the daemons' log, when something was broken. */
  readonly keepIn: string;
}

/**
 * Runs until it is told to end.
 * @throws {Broken} When an invariant is broken, with the step.
 */
export async function runChaos(options: ChaosOptions): Promise<Tally> {
  return await inPlace(options.spark, (place) =>
    onSmallDisks(place, async () => {
      const site = new Site(place, await preload(place));
      const run = new ChaosRun(site, options);
      try {
        await cleaned(() => run.heal(), () => run.run());
      } catch (error) {
        await keep(site, options.keepIn);
        throw error;
      }
      return run.tally;
    }));
}

async function keep({ place, log }: Site, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "daemon.log"), log);
  await new Deno.Command("cp", { args: ["-a", place.stateDir, join(folder, "state")] }).output();
}

class ChaosRun {
  readonly tally = new Tally();
  readonly #site: Site;
  readonly #options: ChaosOptions;
  readonly #invariants: readonly Invariant[];
  #programs: readonly RunningProgram[] = [];
  #step: Step | null = null;
  #ended = false;
  readonly #downtime: Downtime;
  /** What is still to be healed. */
  readonly #owed = new Set<Heal>();
  /** What is being healed, by the fault's name, and since when on `performance.now()`. */
  readonly #healing = new Map<string, number>();

  constructor(site: Site, options: ChaosOptions) {
    this.#site = site;
    this.#options = options;
    this.#downtime = new Downtime(site);
    this.#invariants = [
      rightAnswers(),
      endedPrograms(),
      oneGateway(),
      wholeLedger(),
      wholeIncidents(),
      nothingLeft(),
      steadyDaemon(this.tally.held),
      keptSecrets(),
    ];
  }

  async run(): Promise<void> {
    const broken = Promise.withResolvers<never>();
    // Also while nobody waits for it.
    broken.promise.catch(() => {});
    const watching = [this.#watch().catch(broken.reject), this.#downtime.watch(() => this.#ended)];
    try {
      await Promise.race([this.#takeSteps(), broken.promise]);
    } catch (error) {
      if (!(error instanceof Broken) || this.#step === null) throw error;
      throw new Broken(`${error.message}\nin ${inWords(this.#step)}`, { cause: error });
    } finally {
      this.#ended = true;
      await Promise.all(watching);
    }
  }

  /** Heals what is left to heal when the run has ended before its time; no daemon is started any more. */
  async heal(): Promise<void> {
    this.#ended = true;
    // What waits for a program waits in vain now: the place ends it.
    for (const heal of this.#owed) await Promise.race([heal().catch(() => {}), pause(HEAL_MS)]);
  }

  async #takeSteps(): Promise<void> {
    const { seed, faults, goesOn, say, from = 1 } = this.#options;
    const deck = {
      others: faults.filter((name) => FAULTS[name]?.endsDaemon === undefined),
      endDaemon: faults.filter((name) => FAULTS[name]?.endsDaemon === true),
    };
    await this.#untilRest("at the beginning");
    for (const step of schedule(seed, deck).drop(from - 1)) {
      if (!goesOn(this.tally.steps)) break;
      this.#step = step;
      say(inWords(step));
      await this.#take(step);
    }
    await this.#endOrderly();
  }

  async #take(step: Step): Promise<void> {
    const { programs: plans, faults } = step;
    const deathsBefore = this.#site.gateways.size;
    this.#programs = await Promise.all(plans.map((plan) => RunningProgram.start(plan, this.#site.place)));
    const programs = this.#programs;
    this.#downtime.begin();
    await this.#bring(faults);
    await Promise.all(programs.map(({ ended }) => ended));
    const endedMs = performance.now();
    const status = await this.#untilRest(`behind step ${step.number}`);
    const restMs = performance.now() - endedMs;
    const cost = worst(faults.map(({ name }) => FAULTS[name]?.cost ?? "anything"));
    const mayLackRecords = faults.some(({ name }) => FAULTS[name]?.costsRecords);
    const rest = { site: this.#site, status, programs, cost, mayLackRecords, log: this.#site.newLog() };
    for (const invariant of this.#invariants) this.#judge(invariant, await invariant.atRest?.(rest) ?? []);
    const gatewaysMade = this.#site.gateways.size - deathsBefore;
    this.tally.add({ step, programs, downMs: this.#downtime.longestMs, restMs, gatewaysMade });
    for (const line of this.tally.lastLines) this.#options.say(`  ${line}`);
    this.#options.onStep?.(this.tally);
    this.#programs = [];
  }

  /** Brings the faults about and heals them. A daemon that was ended comes back last: another fault may keep it from starting. */
  async #bring(faults: readonly FaultPlan[]): Promise<void> {
    const bring = async ({ name, afterLines, delayMs, lastsMs, amount }: FaultPlan) => {
      await this.#programs[0]?.reached(afterLines);
      await pause(delayMs);
      const fault = FAULTS[name];
      const heal = await fault?.inject({ site: this.#site, programs: this.#programs, amount }) ?? null;
      if (heal === null) return null;
      if (!fault?.endsDaemon) this.#owed.add(heal);
      await pause(lastsMs);
      if (fault?.endsDaemon) return heal;
      this.#healing.set(name, performance.now());
      await heal();
      this.#healing.delete(name);
      this.#owed.delete(heal);
      return null;
    };
    const last = await Promise.all(faults.map(bring));
    for (const heal of last) if (!this.#ended) await heal?.();
  }

  /** Looks until all is at rest. A daemon that has given up is told to start, as a person would. */
  async #untilRest(when: string): Promise<Status> {
    const giveUpMs = performance.now() + REST_MS;
    while (performance.now() < giveUpMs && !this.#ended) {
      const status = await this.#site.rests();
      if (status !== null) return status;
      if ((await this.#site.status())?.phase === "failed") {
        this.tally.startsAsked++;
        await this.#site.ask("/v1/start", { method: "POST" });
      }
      await pause(LOOK_MS);
    }
    const left = JSON.stringify((await this.#site.status())?.pool ?? null);
    throw new Broken(`the daemon is not at rest ${when} after ${REST_MS / 1000} s: ${left}`);
  }

  async #endOrderly(): Promise<void> {
    await this.#site.endDaemon("SIGTERM");
    const { code } = await this.#site.daemon.ended;
    if (code !== 0) throw new Broken(`the daemon ended with ${code} when it was told to end`);
    // What an exec has left that was killed, the next start of any kind takes away.
    await this.#site.place.exec(["--", "true"]);
    for (const invariant of this.#invariants) {
      this.#judge(invariant, await invariant.atEnd?.(this.#site) ?? []);
    }
  }

  async #watch(): Promise<void> {
    for (; !this.#ended; await pause(LOOK_MS)) {
      for (const [name, sinceMs] of this.#healing) {
        if (performance.now() - sinceMs > OVER_MS) {
          throw new Broken(`${name} is not over after ${OVER_MS / 1000} s`);
        }
      }
      for (const invariant of this.#invariants) {
        this.#judge(invariant, invariant.always?.(this.#site, this.#programs) ?? []);
      }
    }
  }

  #judge({ what }: Invariant, broken: readonly string[]): void {
    if (broken.length > 0) {
      throw new Broken(`broken: ${what}\n${broken.map((each) => `  ${each}`).join("\n")}`);
    }
  }
}

function worst(costs: readonly Cost[]): Cost {
  return costs.includes("anything") ? "anything" : costs.includes("gateway") ? "gateway" : "nothing";
}
