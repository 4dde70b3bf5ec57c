/**
 * What does the `type` of a problem lead to?
 * @module
 */

import { problem } from "./problem.ts";
import { PROBLEMS } from "./problem_types.ts";
import type { ProblemName } from "./problem_types.ts";
import type { Route } from "./route.ts";

/** `/problems/{name}`: what a problem's `type` leads to. */
export function problemRoutes(): readonly Route[] {
  return [{
    ...{ method: "GET", path: "/problems/{name}", access: "open" },
    answer: ({ parameters: { name = "" } }) =>
      isProblem(name)
        ? Response.json({ type: `/problems/${name}`, ...PROBLEMS[name] })
        : problem(404, "There is no such type of problem."),
  }];
}

function isProblem(name: string): name is ProblemName {
  return Object.hasOwn(PROBLEMS, name);
}
