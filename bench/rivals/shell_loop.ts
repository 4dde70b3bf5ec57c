/**
 * How does the loop of a shell fare that people write around `spark-submit`?
 * @module
 */

import { supervised } from "./supervised.ts";

/** `while true; do …; done`. */
export const shellLoop = supervised({
  name: "shell loop",
  absence: () => Promise.resolve(null),
  setup: () => Promise.resolve("`while true; do …; done`"),
  stdin: "own",
  configure: (_, gateway) => Promise.resolve(["sh", "-c", `while true; do ${gateway}; done`]),
});
