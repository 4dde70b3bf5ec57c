/**
 * What can be done to the gateway and the daemon from outside?
 * @module
 */

import type { Input } from "../core/lifecycle.ts";
import { POSITIVE, readBody } from "./body.ts";
import { problemOf } from "./problem.ts";
import type { Route, RoutedRequest } from "./route.ts";
import type { Status } from "./status.ts";

/** What the commands act on. */
export interface CommandOptions {
  readonly status: () => Pick<Status, "generation">;
  /** Whether the daemon is on its way out. */
  readonly isEnding: () => boolean;
  readonly post: (input: Input) => void;
}

/**
 * `POST /v1/start`, `stop`, `restart` and `shutdown`. Each is taken on with 202 and the generation it was meant for;
 * the status says what comes of it.
 */
export function commandRoutes({ status, isEnding, post }: CommandOptions): readonly Route[] {
  const by = "the API";
  const inputs = [
    { kind: "start" },
    { kind: "stop", by },
    { kind: "restart", by },
    { kind: "shutdown", by },
  ] as const satisfies readonly Input[];
  return inputs.map((input) => ({
    ...{ method: "POST", path: `/v1/${input.kind}`, access: "act" },
    answer: async (asked) => {
      const refused = await refuseLate(asked, status);
      if (refused !== null) return refused;
      if (isEnding() && (input.kind === "start" || input.kind === "restart")) {
        return problemOf("shutting-down", "The daemon is ending, and starts no gateway any more.");
      }
      const { generation } = status();
      post(input);
      return Response.json({ generation }, { status: 202, headers: { location: "/v1/status" } });
    },
  }));
}

/** A click on a page that still shows the gateway before this one must not end this one. */
async function refuseLate(
  { request }: RoutedRequest,
  status: CommandOptions["status"],
): Promise<Response | null> {
  const body = await readBody(request, { generation: POSITIVE });
  return body instanceof Response ? body : mismatch(body.generation, status().generation);
}

/** The refusal of a request that is about another generation than this one; `null` where it names none, or this. */
export function mismatch(meant: unknown, generation: number): Response | null {
  if (meant === undefined || meant === generation) return null;
  const detail = `This was meant for generation ${meant}, and the newest is ${generation}. Nothing was done.`;
  return problemOf("generation-mismatch", detail, { members: { generation } });
}
