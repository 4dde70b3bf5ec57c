/**
 * Which gateways log more or less than usual for a while, and when is that over?
 * @module
 */

import type { LevelChange, LogLevelOptions } from "../api/log_level.ts";
import type { Assembly, DaemonOptions } from "./assembly.ts";
import { reasonOf } from "../errors.ts";
import { within } from "../gateway/deadline.ts";
import { setSparkLogLevel, SPARK_LOG_LEVELS } from "../gateway/spark_log_level.ts";
import type { SparkLogLevel } from "../gateway/spark_log_level.ts";
import type { Logger } from "../log.ts";
import type { Clock } from "../ports.ts";

/** What changing levels needs. */
export interface LogLevelsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The generations that can be spoken to. */
  readonly ready: () => readonly number[];
  /** Sets a gateway's level and gives the one before. @throws {Error} When it does not answer. */
  readonly set: (generation: number, level: SparkLogLevel) => Promise<SparkLogLevel>;
}

/** A level that is not the usual one. */
interface Loan {
  readonly usual: SparkLogLevel;
  readonly over: AbortController;
}

/** Changes levels, and puts them back. */
export class LogLevels {
  readonly #options: LogLevelsOptions;
  readonly #loans = new Map<number, Loan>();

  constructor(options: LogLevelsOptions) {
    this.#options = options;
  }

  /**
   * Sets the level of every gateway that is ready. A change while another one lasts takes its place; what was usual
   * before both comes back. A gateway that is lost meanwhile takes its level with it.
   * @param forMs How long; `null` for the gateway's life.
   * @throws {Error} When a gateway does not answer.
   */
  async change(level: SparkLogLevel, forMs: number | null): Promise<readonly LevelChange[]> {
    return await Promise.all(
      this.#options.ready().map(async (generation) => {
        const before = await this.#options.set(generation, level);
        const former = this.#loans.get(generation);
        former?.over.abort();
        this.#loans.delete(generation);
        const until = forMs === null ? null : this.#lend(generation, former?.usual ?? before, forMs);
        this.#options.log.info(
          `generation ${generation} logs from ${level} on, before from ${before}${
            until === null ? "" : `; until ${until}`
          }`,
        );
        return { generation, before, level, until };
      }),
    );
  }

  #lend(generation: number, usual: SparkLogLevel, forMs: number): string {
    const { clock } = this.#options;
    const loan = { usual, over: new AbortController() };
    this.#loans.set(generation, loan);
    void this.#giveBack(generation, loan, forMs);
    return new Date(clock.date().getTime() + forMs).toISOString();
  }

  async #giveBack(generation: number, { usual, over }: Loan, forMs: number): Promise<void> {
    const { clock, log, set, ready } = this.#options;
    await clock.sleep(forMs, over.signal);
    if (over.signal.aborted) return;
    this.#loans.delete(generation);
    if (!ready().includes(generation)) return;
    try {
      await set(generation, usual);
      log.info(`generation ${generation} logs from ${usual} on again`);
    } catch (error) {
      log.warn(
        `the log level of generation ${generation} could not be put back to ${usual}: ${reasonOf(error)}`,
      );
    }
  }
}

/** Some ten exchanges, each answered within 88 ms by gateways under full load. */
const ANSWER_MS = 4_000;

/** What the API's route acts on. */
export function sparkLogLevels(
  { supervisor, driver }: Assembly,
  { runtime: { clock, dialer }, log }: DaemonOptions,
): LogLevelOptions<SparkLogLevel> {
  const endpointOf = (generation: number) => driver.gateway(generation)?.endpoint ?? null;
  const levels = new LogLevels({
    clock,
    log,
    ready: () =>
      supervisor.pool.seats.filter(({ life }) => life.gateway.phase === "ready")
        .map(({ life }) => life.generation).filter((generation) => endpointOf(generation) !== null),
    set: async (generation, level) => {
      const endpoint = endpointOf(generation);
      if (endpoint === null) throw new Error(`generation ${generation} is gone`);
      const deadline = { clock, ms: ANSWER_MS, signal: new AbortController().signal };
      return await within(deadline, (signal) => setSparkLogLevel(level, { ...endpoint, dialer, signal }));
    },
  });
  return { levels: SPARK_LOG_LEVELS, change: (level, forMs) => levels.change(level, forMs) };
}
