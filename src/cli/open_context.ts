/**
 * What does a command work with? The settings from their three places, and the real machine.
 * @module
 */

import { join } from "@std/path";
import type { RawSettings } from "../config.ts";
import { readConfiguration } from "../config/source.ts";
import { reasonOf } from "../errors.ts";
import { secretsOf } from "../incident/redaction/known_secrets.ts";
import { redact } from "../incident/redaction/redact.ts";
import { createLogger } from "../log.ts";
import { denoRuntime } from "../runtime/deno.ts";
import { isTerminal, onUncaught, pid, workingFolder, writeStandard } from "../runtime/process.ts";
import { provisioner } from "../runtime/provision.ts";
import { leadsToJournal } from "../runtime/systemd.ts";
import { mayColour } from "./colour.ts";
import type { CommandContext } from "./context.ts";
import { serviceOf } from "./service_folders.ts";

/** Where a command line comes from. */
export interface Origins {
  readonly flags: RawSettings;
  /** The environment as it was at the start. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the checkout, or the one above the bundle's. */
  readonly root: string;
}

/**
 * Reads the settings and opens the machine.
 * @throws {UserErrors} With every bad value.
 */
export async function openContext({ flags, env, root }: Origins): Promise<CommandContext> {
  const runtime = denoRuntime();
  const cwd = workingFolder();
  const source = { flags, env, cwd, files: runtime.files };
  const { settings, file } = await readConfiguration(source);
  const secrets = secretsOf({ env, conf: settings.conf });
  const log = createLogger({
    level: settings.logLevel,
    format: settings.logFormat,
    colour: mayColour(env, isTerminal("stderr")),
    journal: leadsToJournal("stderr", env),
    write: (line) => void writeStandard("stderr", line),
    redact: (text) => redact(text, secrets).text,
  });
  onUncaught((error) => log.error(`an error nobody expected: ${reasonOf(error)}`));
  // Only a checkout may install what is missing: its wrapper names what does.
  const script = env.REKINDLE_PROVISION;
  const own = {
    ownEnvironment: join(root, ".rekindle/python"),
    provision: script ? provisioner(script) : null,
  };
  const print = (text: string) => void writeStandard("stdout", text);
  const reload = { again: () => readConfiguration(source), adjustLog: log.adjust };
  const service = await serviceOf(settings, runtime.files);
  return { settings, file, reload, runtime, log, env, secrets, cwd, pid, own, service, print };
}
