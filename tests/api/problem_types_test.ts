import assert from "node:assert/strict";
import { problemRoutes } from "../../src/api/problem_pages.ts";
import { problemOf } from "../../src/api/problem.ts";
import { PROBLEMS } from "../../src/api/problem_types.ts";
import type { ProblemName } from "../../src/api/problem_types.ts";
import { apiOf, asker } from "./asking.ts";

const NAMES = Object.keys(PROBLEMS) as ProblemName[];
const ask = asker(apiOf(problemRoutes()));

Deno.test("the type of a problem leads to what it means", async () => {
  for (const name of NAMES) {
    const problem = await problemOf(name, "Why.").json();
    const page = await (await ask(problem.type)).json();
    assert.deepEqual([page.type, page.title, page.status], [problem.type, problem.title, problem.status]);
    assert.match(page.meaning, /^[A-Z].{20,}\.$/);
  }
  assert.equal((await ask("/problems/nothing")).status, 404);
});

Deno.test("docs/API.md has every type of problem with its status, and no other", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/API.md", import.meta.url));
  const rows = text.matchAll(/^\| `\/problems\/([\w-]+)` \| (\d+) \|/gm).map((
    [, name, status],
  ) => [name, status]);
  assert.deepEqual(
    rows.toArray().toSorted(),
    NAMES.map((name) => [name, String(PROBLEMS[name].status)]).toSorted(),
  );
});

Deno.test("the members of a problem stand beside its detail", async () => {
  const answer = problemOf("generation-mismatch", "Why.", { members: { generation: 3 } });
  assert.deepEqual([answer.status, (await answer.json()).generation], [409, 3]);
});
