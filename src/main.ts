/**
 * The command line's entry: words in, exit code out.
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { helpText, readArgs } from "./cli/args.ts";
import type { Invocation } from "./cli/args.ts";
import type { CommandContext } from "./cli/context.ts";
import { fromEnvironment, fromFile, resolveSettings } from "./config.ts";
import type { RawSettings } from "./config.ts";
import { EXIT, reasonOf, UserError, UserErrors } from "./errors.ts";
import type { Piece } from "./gateway/installation.ts";
import { secretsOf } from "./incident/redaction/known_secrets.ts";
import { redact } from "./incident/redaction/redact.ts";
import { createLogger } from "./log.ts";
import { printable } from "./printable.ts";
import { denoRuntime } from "./runtime/deno.ts";
import type { Runtime } from "./runtime/deno.ts";
import {
  environment,
  isTerminal,
  onUncaught,
  pid,
  standardInput,
  workingFolder,
  writeStandard,
} from "./runtime/process.ts";
import { VERSION } from "./version.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs one command line. */
async function main(args: readonly string[]): Promise<number> {
  const env = environment();
  // Requests go to this machine's loopback address only; a proxy would not find it.
  for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) Deno.env.delete(name);
  const print = (text: string) => void writeStandard("stdout", text);
  try {
    const invocation = readArgs(args);
    // Each command is loaded when it is called for: a daemon need not hold what only another one needs.
    switch (invocation.command) {
      case "help":
        print(helpText(invocation.operands[0] ?? null));
        return EXIT.ok;
      case "version":
        print(`rekindle ${VERSION}\n`);
        return EXIT.ok;
      case "run": {
        const { run } = await import("./cli/run.ts");
        return await run(await contextOf(invocation, env));
      }
      case "exec": {
        const { exec } = await import("./cli/exec.ts");
        return await exec(await contextOf(invocation, env), {
          command: invocation.operands,
          retries: readRetries(invocation.own.retries),
        });
      }
      case "status": {
        const { status } = await import("./cli/status.ts");
        return await status(await contextOf(invocation, env), invocation.own.json === true);
      }
      case "explain": {
        const { explain } = await import("./cli/explain.ts");
        const { files } = denoRuntime();
        const warn = (text: string) => void writeStandard("stderr", text);
        const json = invocation.own.json === true;
        return await explain({ files, input: standardInput, print, warn }, invocation.operands, json);
      }
      case "incidents": {
        const { incidents, readIncidentsRequest } = await import("./cli/incidents.ts");
        const request = readIncidentsRequest(invocation);
        return await incidents(await contextOf(invocation, env), request);
      }
      case "plan": {
        const { plan, readPlanRequest } = await import("./cli/plan.ts");
        const request = readPlanRequest(invocation);
        const colour = isTerminal("stdout") && !env.NO_COLOR;
        return await plan(await contextOf(invocation, env), { ...request, colour });
      }
      case "stop": {
        const { stop } = await import("./cli/status.ts");
        return await stop(await contextOf(invocation, env), invocation.own.gateway === true);
      }
    }
  } catch (error) {
    return fail(error);
  }
}

async function contextOf(
  { settings: flags }: Invocation,
  env: Record<string, string>,
): Promise<CommandContext> {
  const runtime = denoRuntime();
  const cwd = workingFolder();
  const variables = fromEnvironment(env);
  const file = await readConfig(String(flags.config ?? variables.config ?? ""), { runtime, cwd });
  const settings = resolveSettings([["flag", flags], ["environment", variables], ["file", file]]);
  const secrets = secretsOf({ env, conf: settings.conf });
  const log = createLogger({
    level: settings.logLevel,
    format: settings.logFormat,
    colour: isTerminal("stderr") && !env.NO_COLOR,
    write: (line) => void writeStandard("stderr", line),
    redact: (text) => redact(text, secrets).text,
  });
  onUncaught((error) => log.error(`an error nobody expected: ${reasonOf(error)}`));
  const root = fromFileUrl(new URL("..", import.meta.url));
  const own = { ownEnvironment: join(root, ".rekindle/python"), provision: provisionOf(env) };
  const print = (text: string) => void writeStandard("stdout", text);
  return { settings, runtime, log, env, secrets, cwd, pid, own, print };
}

async function readConfig(
  path: string,
  { runtime, cwd }: { runtime: Runtime; cwd: string },
): Promise<RawSettings> {
  if (path === "") return {};
  const full = path.startsWith("/") ? path : join(cwd, path);
  const text = await runtime.files.readText(full).catch((cause) => {
    throw new UserError(`Cannot read the configuration file ${full}: ${reasonOf(cause)}`, {
      hint: "Check the path given with --config or REKINDLE_CONFIG.",
      exitCode: EXIT.noInput,
      cause,
    });
  });
  return fromFile(text, full);
}

/** The set-up that the wrapper script named, if any: only a checkout may install what is missing. */
function provisionOf(env: Readonly<Record<string, string>>): CommandContext["own"]["provision"] {
  const script = env.REKINDLE_PROVISION;
  if (!script) return null;
  return async (pieces: readonly Piece[]) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", "--no-config", script, ...pieces],
      stdout: "null",
    });
    await command.spawn().status;
  };
}

function readRetries(text: Invocation["own"][string] | undefined): number {
  const retries = Number(text ?? 0);
  if (Number.isInteger(retries) && retries >= 0) return retries;
  throw new UserError(`Cannot use --retries ${JSON.stringify(text)}: it is not a whole number from 0`, {
    hint: "Write, for example, --retries 2.",
    exitCode: EXIT.usage,
  });
}

function fail(error: unknown): number {
  const errors = error instanceof UserErrors ? error.errors : error instanceof UserError ? [error] : null;
  if (errors === null) {
    const trace = error instanceof Error ? error.stack ?? error.message : String(error);
    writeStandard("stderr", `rekindle: a defect of this program: ${trace}\n`);
    return EXIT.software;
  }
  for (const { message, hint } of errors) {
    // The last words of a gateway may be among them.
    const { text } = redact(
      `${message.replace(/\.$/, "")}.\n  ${hint}`,
      secretsOf({ env: environment(), conf: [] }),
    );
    writeStandard("stderr", `rekindle: ${text.split("\n").map((line) => printable(line)).join("\n")}\n`);
  }
  return errors[0]?.exitCode ?? EXIT.failure;
}
