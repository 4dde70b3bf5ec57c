/**
 * What must a request show that acts? A token that the service manager has handed over, or a fresh one.
 * @module
 */

import { join } from "@std/path";
import { EXIT, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";
import { randomBytes } from "../runtime/random_bytes.ts";

/** The name of the credential (systemd.exec(5), `LoadCredential=`). */
export const TOKEN_CREDENTIAL = "api-token";

/** Half of what a fresh one has: shorter ones could be guessed one day. */
const LEAST_CHARACTERS = 32;

/**
 * The token of this daemon: 256 random bits in hexadecimal, unless there is a credential.
 * @throws {UserError} When the credential is too short, or has spaces or control characters in it.
 */
export async function apiToken(
  env: Readonly<Record<string, string>>,
  files: Pick<Files, "readText">,
): Promise<string> {
  if (env.CREDENTIALS_DIRECTORY === undefined) return randomToken();
  const text = await files.readText(join(env.CREDENTIALS_DIRECTORY, TOKEN_CREDENTIAL)).catch(() => null);
  if (text === null) return randomToken();
  const token = text.trim();
  if (token.length >= LEAST_CHARACTERS && /^[!-~]+$/.test(token)) return token;
  throw new UserError(
    `Cannot use the credential ${TOKEN_CREDENTIAL}: it is not ${LEAST_CHARACTERS} or more visible ASCII characters`,
    { hint: "Make one with: openssl rand -hex 32", exitCode: EXIT.config },
  );
}

function randomToken(): string {
  return randomBytes(32).toHex();
}
