/**
 * How does supervisord fare? It comes from the Python package index, in an environment of its own.
 * @module
 */

import { join } from "@std/path";
import { ROOT } from "../../tests/real/rekindle.ts";
import { ensureEnvironment, findPythons, SetupError } from "../../tools/python_env.ts";
import { say } from "../figures.ts";
import { supervised } from "./supervised.ts";

const VERSION = "4.3.0";
const FOLDER = join(ROOT, `.rekindle/supervisord-${VERSION}`);

async function absence(): Promise<string | null> {
  const [python] = await findPythons();
  if (python === undefined) return "there is no Python to install it with";
  try {
    await ensureEnvironment(FOLDER, {
      python: () => Promise.resolve(python),
      packages: () => [`supervisor==${VERSION}`],
      announce: () => `installing supervisord ${VERSION} in ${FOLDER}`,
      say,
    });
    return null;
  } catch (error) {
    if (error instanceof SetupError) return `supervisord ${VERSION} could not be installed`;
    throw error;
  }
}

/** supervisord, told to restart whatever ends. */
export const supervisord = supervised({
  name: "supervisord",
  absence,
  setup: () =>
    Promise.resolve(
      `${VERSION}, \`autorestart=true\`, \`stopasgroup\` and \`killasgroup\`, else its defaults`,
    ),
  stdin: "held",
  configure: async ({ folder }, gateway) => {
    const path = join(folder, "supervisord.conf");
    await Deno.writeTextFile(
      path,
      `[supervisord]
nodaemon=true
logfile=${folder}/supervisord.log
pidfile=${folder}/supervisord.pid
childlogdir=${folder}
[program:gateway]
command=${gateway}
autorestart=true
stopasgroup=true
killasgroup=true
`,
    );
    // Not by its script, which names the folder that it was installed in: a checkout may be moved.
    return [join(FOLDER, "bin/python"), "-m", "supervisor.supervisord", "-c", path];
  },
});
