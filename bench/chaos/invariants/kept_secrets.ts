/**
 * Does no secret leave by a log, an answer, a report or a file that is kept?
 * @module
 */

import type { Invariant, Rest } from "../invariant.ts";
import type { Site } from "../site.ts";

const PATHS = ["/v1/status", "/v1/events", "/v1/plan", "/v1/incidents", "/v1/logs", "/health", "/metrics"];

/** What is known to be secret is looked for wherever others may look. */
export function keptSecrets(): Invariant {
  const none = async (site: Site, { programs, log }: Pick<Rest, "programs" | "log">) => {
    const texts: [string, string][] = [["the daemon's log", log]];
    for (const { plan, end } of programs) texts.push([`the errors of ${plan.kind}`, end?.stderr ?? ""]);
    for (const path of PATHS) texts.push([path, (await site.ask(path))?.text ?? ""]);
    const secrets = [...site.secrets];
    const told = texts.filter(([, text]) => secrets.some((secret) => text.includes(secret))).map(([where]) =>
      where
    );
    return [...told, ...await filesWith(secrets, site.place.stateDir)].map((where) =>
      `a secret is in ${where}`
    );
  };
  return {
    what: "no secret is in a log, an answer or a file that is kept",
    always: (site) => {
      site.learnSecrets();
      return [];
    },
    atRest: (rest) => none(rest.site, rest),
    atEnd: (site) => none(site, { programs: [], log: site.log }),
  };
}

/** The two files that are there to tell it, to their owner alone, are none of those. */
async function filesWith(secrets: readonly string[], folder: string): Promise<readonly string[]> {
  const args = ["-rlF", "--exclude=gateway.env", "--exclude=daemon.json", "-f", "-", folder];
  const grep = new Deno.Command("grep", { args, stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const writer = grep.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${secrets.join("\n")}\n`));
  await writer.close();
  const { stdout } = await grep.output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}
