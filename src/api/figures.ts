/**
 * What has a gateway used over the last hour? `GET /v1/figures` answers with columns, as charts take them.
 * @module
 */

import { PHASES } from "../core/lifecycle.ts";
import { problem } from "./problem.ts";
import type { Route } from "./route.ts";

/**
 * One array for each figure, all of one length: the same place in each is one moment, oldest first. It is that of the
 * gateway that a program has, or that the next one will get. `null` is "not known then", a gap in a line.
 */
export interface FigureColumns {
  /** The wall clock in seconds since 1970, with milliseconds; strictly ascending. */
  readonly timeSeconds: readonly number[];
  /** The gateway that all else of this moment is of. */
  readonly generation: readonly number[];
  /** Its phase, as a place in {@linkcode FiguresDocument.phases}. */
  readonly phase: readonly number[];
  /** What is used of the heap, garbage not yet collected included, as the JVM last published it. */
  readonly heapUsedBytes: readonly (number | null)[];
  /** What the JVM has taken for its heap so far. */
  readonly heapCommittedBytes: readonly (number | null)[];
  /** What its heap may grow to. */
  readonly heapMaxBytes: readonly (number | null)[];
  /** What the JVM's process has in memory. */
  readonly residentBytes: readonly (number | null)[];
  /** How many processors the JVM has kept busy since the moment before: 1 is one of them. */
  readonly processors: readonly (number | null)[];
  /** Time in stop-the-world collections since the moment before, from 0 to 1. */
  readonly gcShare: readonly (number | null)[];
  /** How long the newest heartbeat took. */
  readonly heartbeatMs: readonly (number | null)[];
  /** Programs attached to any gateway. */
  readonly programs: readonly number[];
}

/** The document. */
export interface FiguresDocument {
  /** How far two moments are apart; nearer where the phase or the gateway has changed. */
  readonly periodMs: number;
  /** How far back the oldest moment may be. */
  readonly keptMs: number;
  /** What the numbers of the column `phase` mean. */
  readonly phases: typeof PHASES;
  /** The newest heartbeat, plan and limits are in `/v1/status`. */
  readonly columns: FigureColumns;
}

/** What answering needs. */
export interface FiguresApiOptions {
  /** The moments after this one, in seconds since 1970. */
  readonly figures: (sinceSeconds: number) => FiguresDocument;
}

/**
 * `GET /v1/figures` has all there is; `?since=` with the last `timeSeconds` of an answer before has what came later,
 * which may be nothing.
 */
export function figuresRoutes({ figures }: FiguresApiOptions): readonly Route[] {
  return [{
    method: "GET",
    path: "/v1/figures",
    access: "open",
    answer: ({ url }) => {
      const since = url.searchParams.get("since") ?? "0";
      if (!/^\d{1,12}(?:\.\d{1,6})?$/.test(since)) {
        return problem(400, "`since` is a number of seconds since 1970, such as the last `timeSeconds`.");
      }
      return Response.json(figures(Number(since)), {
        headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" },
      });
    },
  }];
}
