/**
 * How is a question asked of all rivals: in turn or at once, round after round, and what if one of them cannot answer?
 * @module
 */

import { reasonOf } from "../src/errors.ts";
import type { SparkInstallation } from "../tests/real/spark_installations.ts";
import { say } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import type { Cell, Line } from "./report.ts";
import type { Keeper, Rival } from "./rivals/rival.ts";
import type { Readings, Row } from "./rows/row.ts";

interface Question {
  readonly spark: SparkInstallation;
  readonly row: Row;
}

/** What was learned in one round of a row, by rival: readings, or why there are none. */
type Round = Map<string, Readings | string>;

async function inTurn(
  rivals: readonly Rival[],
  { spark, row }: Question,
  measure: (keeper: Keeper) => Promise<Readings>,
): Promise<Round> {
  const round: Round = new Map();
  for (const rival of rivals) {
    round.set(
      rival.name,
      await inPlace(spark, (place) => rival.keep(place, row, measure)).catch((error) =>
        `failed: ${firstLine(error)}`
      ),
    );
    say(`${row.name}: ${rival.name} ${JSON.stringify(round.get(rival.name))}`);
  }
  return round;
}

/** Brings one up behind the other; who cannot be is left out. */
async function atOnce(
  rivals: readonly Rival[],
  { spark, row }: Question,
  measure: (keepers: ReadonlyMap<string, Keeper>) => Promise<ReadonlyMap<string, Readings>>,
): Promise<Round> {
  const failures: Round = new Map();
  const up = async (
    [rival, ...rest]: readonly Rival[],
    keepers: ReadonlyMap<string, Keeper>,
  ): Promise<ReadonlyMap<string, Readings>> => {
    if (rival === undefined) return await measure(keepers);
    let isUp = false;
    try {
      return await inPlace(spark, (place) =>
        rival.keep(place, row, async (keeper) => {
          isUp = true;
          return await up(rest, new Map([...keepers, [rival.name, keeper]]));
        }));
    } catch (error) {
      if (isUp) throw error;
      failures.set(rival.name, `failed: ${firstLine(error)}`);
      return await up(rest, keepers);
    }
  };
  const readings = await up(rivals, new Map()).catch((error) =>
    new Map(rivals.map(({ name }) => [name, `failed: ${firstLine(error)}`]))
  );
  const round: Round = new Map([...readings, ...failures]);
  say(`${row.name}: ${JSON.stringify(Object.fromEntries(round))}`);
  return round;
}

function firstLine(error: unknown): string {
  return reasonOf(error).split("\n")[0] ?? "";
}

/** Each round begins with another one, so that none is always the first on a machine that has just worked. */
function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}

/** Whom to ask, and how often. */
export interface Asked {
  readonly spark: SparkInstallation;
  readonly rivals: readonly Rival[];
  /** Who is not here, and why. */
  readonly absences: ReadonlyMap<string, string>;
  readonly rounds: number;
}

/** One line of the table, and where it belongs. */
export interface Answer extends Line {
  readonly row: string;
  readonly key: string;
}

/** Asks a question of all whom it concerns, in rounds; a line for each of its figures. */
export async function ask(row: Row, { spark, rivals, absences, rounds }: Asked): Promise<readonly Answer[]> {
  const able = rivals.filter(({ name }) => !absences.has(name) && !(name in row.without));
  const answers: Round[] = [];
  for (let each = 0; each < (row.isOnce ? 1 : rounds); each++) {
    const [order, question] = [rotated(able, each), { spark, row }];
    const { way } = row;
    answers.push(
      way.kind === "in turn"
        ? await inTurn(order, question, way.measure)
        : await atOnce(order, question, way.measure),
    );
  }
  const cellOf = (name: string, key: string): Cell => {
    const reason = absences.get(name) ?? row.without[name];
    if (reason !== undefined) return { kind: "absent", reason };
    const all = answers.map((round) => round.get(name) ?? "failed: no answer");
    const readings = all.flatMap((answer) => typeof answer === "string" ? [] : [answer[key] ?? null]);
    const failures = all.filter((answer) => typeof answer === "string");
    return readings.length === 0
      ? { kind: "absent", reason: failures[0] ?? "" }
      : { kind: "measured", readings, failures };
  };
  return Object.entries(row.figures).map(([key, figure]) => ({
    ...{ row: row.name, key, figure },
    cells: new Map(rivals.map(({ name }) => [name, cellOf(name, key)])),
  }));
}
