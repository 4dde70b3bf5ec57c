/**
 * What has a gateway used over the last hour? `GET /v1/figures` answers with columns, as charts take them.
 * @module
 */

import type { PHASES } from "../core/lifecycle.ts";
import type { FigureColumns } from "../core/metrics/history.ts";
import { problem } from "./problem.ts";
import type { Route } from "./route.ts";

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

export type { FigureColumns };

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
      return Response.json(figures(Number(since)));
    },
  }];
}
