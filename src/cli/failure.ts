/**
 * How is a person told that a command could not do what was asked?
 * @module
 */

import { EXIT, UserError, UserErrors } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { secretsOf } from "../incident/redaction/known_secrets.ts";
import { redact } from "../incident/redaction/redact.ts";
import { printable } from "../printable.ts";
import { leadsToJournal } from "../runtime/systemd.ts";

/** What is written to standard error of whatever was thrown, and the exit code. */
export function failureOf(
  error: unknown,
  env: Readonly<Record<string, string>>,
): { readonly text: string; readonly exitCode: ExitCode } {
  const errors = error instanceof UserErrors ? error.errors : error instanceof UserError ? [error] : null;
  // The journal takes a level from the beginning of each line (sd-daemon(3)).
  const level = leadsToJournal("stderr", env) ? "<3>" : "";
  if (errors === null) {
    const trace = error instanceof Error ? error.stack ?? error.message : String(error);
    const text = `rekindle: a defect of this program: ${trace}\n`;
    return { text: text.replaceAll(/^(?=.)/gm, level), exitCode: EXIT.software };
  }
  const secrets = secretsOf({ env, conf: [] });
  const lines = errors.map(({ message, hint }) => {
    // The last words of a gateway may be among them.
    const { text } = redact(`${message.replace(/\.$/, "")}.\n  ${hint}`, secrets);
    return `rekindle: ${text}`.split("\n").map((line) => `${level}${printable(line)}\n`).join("");
  });
  return { text: lines.join(""), exitCode: errors[0]?.exitCode ?? EXIT.failure };
}
