/**
 * What can be done to the gateway and the daemon from outside?
 * @module
 */

import type { Input } from "../core/lifecycle.ts";
import type { Route } from "./route.ts";
import type { Status } from "./status.ts";

/** What the commands act on. */
export interface CommandOptions {
  readonly status: () => Pick<Status, "generation">;
  readonly post: (input: Input) => void;
}

/** `POST /v1/start`, `stop`, `restart` and `shutdown`. Each is taken on with 202; the status says what came of it. */
export function commandRoutes({ status, post }: CommandOptions): readonly Route[] {
  const by = "the API";
  const inputs = [
    { kind: "start" },
    { kind: "stop", by },
    { kind: "restart", by },
    { kind: "shutdown", by },
  ] as const satisfies readonly Input[];
  return inputs.map((input) => ({
    ...{ method: "POST", path: `/v1/${input.kind}`, access: "act" },
    answer: () => {
      post(input);
      return Response.json({ generation: status().generation }, { status: 202 });
    },
  }));
}
