/**
 * How does one program of `exec` attach? By a lease of its own, or by the environment file of a daemon without a relay.
 * @module
 */

import type { LeaseDocument, OutcomeDocument } from "../api/leases.ts";
import type { Status } from "../api/status.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";

/** One program's way in. */
export interface Attachment {
  /** What it has to have in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** What became of its lease; `null` when it has none, or that is not known. */
  outcome(): Promise<OutcomeDocument | null>;
  /** The program is gone. Never rejects. */
  end(): Promise<void>;
}

/** What gives leases: the daemon in this process, or one that is asked. */
export interface Leasing {
  /** @param pid The process that lives as long as the lease is wanted. */
  lease(pid: number): Promise<LeaseDocument | null>;
  outcome(id: string): Promise<OutcomeDocument | null>;
  end(id: string): Promise<void>;
}

/**
 * Attaches.
 * @throws {UserError} When there is no lease and the file cannot be read.
 */
export async function attachBy(
  leasing: Leasing,
  status: Status,
  { pid, runtime: { files } }: { readonly pid: number; readonly runtime: { readonly files: Files } },
): Promise<Attachment> {
  const lease = await leasing.lease(pid);
  if (lease === null) return await byFile(status, files);
  const { id, port, secret, pinThread } = lease;
  return {
    variables: {
      PYSPARK_GATEWAY_PORT: String(port),
      PYSPARK_GATEWAY_SECRET: secret,
      PYSPARK_PIN_THREAD: pinThread,
      REKINDLE_GENERATION: String(status.generation),
    },
    outcome: () => leasing.outcome(id).catch(() => null),
    // A daemon that is gone has taken the lease with it.
    end: () => leasing.end(id).catch(() => {}),
  };
}

async function byFile({ environmentFile }: Status, files: Files): Promise<Attachment> {
  let text: string;
  try {
    text = await files.readText(environmentFile);
  } catch (cause) {
    throw new UserError(`Cannot read ${environmentFile}, which says how to attach: ${reasonOf(cause)}`, {
      hint: "Run this as the user the daemon runs as, on the same machine.",
      exitCode: EXIT.noPermission,
      cause,
    });
  }
  return {
    variables: readEnvironment(text),
    outcome: () => Promise.resolve(null),
    end: () => Promise.resolve(),
  };
}

/** The variables of the file by which programs attach. */
export function readEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
}
