/**
 * How is Spark made to say more, or less, while it runs?
 * @module
 */

import { reasonOf } from "../errors.ts";
import { readBody } from "./body.ts";
import { problem, problemOf } from "./problem.ts";
import type { Route } from "./route.ts";

/** What became of one gateway's level. */
export interface LevelChange {
  readonly generation: number;
  readonly before: string;
  readonly level: string;
  /** When it is put back, in ISO 8601; `null` for never. */
  readonly until: string | null;
}

/** What the route acts on. */
export interface LogLevelOptions<Level extends string> {
  readonly levels: readonly Level[];
  /** Changes every gateway that is ready. @throws {Error} When one does not answer. */
  readonly change: (level: Level, forMs: number | null) => Promise<readonly LevelChange[]>;
}

/** A day, in seconds. */
const MOST_SECONDS = 86_400;

/** `POST /v1/log-level` with `{"level": "DEBUG", "forSeconds": 600}`; without a time it stays for the gateway's life. */
export function logLevelRoutes<Level extends string>(
  { levels, change }: LogLevelOptions<Level>,
): readonly Route[] {
  const shape = {
    level: {
      expected: `one of ${levels.join(", ")}`,
      accepts: (value: unknown) => levels.some((each) => each === value),
    },
    forSeconds: {
      expected: `a number above 0, at most ${MOST_SECONDS}`,
      accepts: (value: unknown) => typeof value === "number" && value > 0 && value <= MOST_SECONDS,
    },
  };
  return [{
    ...{ method: "POST", path: "/v1/log-level", access: "act" },
    answer: async ({ request }) => {
      const body = await readBody(request, shape);
      if (body instanceof Response) return body;
      const level = levels.find((each) => each === body.level);
      const forSeconds = body.forSeconds === undefined ? null : Number(body.forSeconds);
      if (level === undefined) {
        return problem(400, `The level must be said: {"level": …}, with ${shape.level.expected}.`);
      }
      try {
        const gateways = await change(level, forSeconds === null ? null : forSeconds * 1_000);
        return gateways.length === 0
          ? problemOf("gateway-not-running", "There is no gateway that is ready.")
          : Response.json({ gateways });
      } catch (error) {
        return problem(503, `The gateway could not be asked: ${reasonOf(error)}.`);
      }
    },
  }];
}
