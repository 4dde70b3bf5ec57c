/**
 * The words of HotSpot's attach mechanism: how a command is written, how its answer is read, and what goes wrong.
 * Version 1 of the protocol (`attachListener.hpp`), which JDK 8 to 25 speak.
 * @module
 */

import type { Connection } from "../ports.ts";

/** Longer answers are cut. A thread dump of 1000 threads has about 1 MiB. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;

/** The bounds of version 1 of the protocol (`AttachOperation`). */
const MAX_NAME = 16;
const MAX_ARGUMENT_BYTES = 1024;
const MAX_ARGUMENTS = 3;

/** Why a JVM could not be asked. */
export type AttachProblem =
  /** It has ended, or this machine tells nothing of it. */
  | "gone"
  /** It was stopped by a signal or a debugger, and answers nobody. */
  | "stopped"
  /** Another user runs it. */
  | "not-ours"
  | "too-young"
  /** A SIGQUIT would end it. */
  | "deaf"
  /** It did not answer in time, or the caller gave up. */
  | "silent"
  /** It answered, and refused. */
  | "refused";

/** A JVM could not be asked. */
export class AttachError extends Error {
  override readonly name = "AttachError";
  readonly problem: AttachProblem;

  /** @param message What could not be done, and why. */
  constructor(problem: AttachProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/**
 * A command as it is sent: version, name and exactly three arguments, each with a zero behind it.
 * @throws {AttachError} When it does not fit.
 */
export function encodeRequest(command: string, args: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const all = [command, ...args];
  if (
    command.length > MAX_NAME || args.length > MAX_ARGUMENTS || all.some((each) => each.includes("\0")) ||
    args.some((each) => encoder.encode(each).length > MAX_ARGUMENT_BYTES)
  ) {
    throw new AttachError(
      "refused",
      `"${command}" is no command of the attach mechanism, or has arguments it cannot carry.`,
    );
  }
  const empty = Array<string>(MAX_ARGUMENTS - args.length).fill("");
  return encoder.encode(["1", ...all, ...empty].map((each) => `${each}\0`).join(""));
}

/** What a JVM answered to one command. */
export interface Answer {
  readonly bytes: Uint8Array;
  /** Whether there was more. */
  readonly cut: boolean;
}

/** Reads up to the end of the stream, or to the greatest length that is kept. */
export async function readAnswer(connection: Connection): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= MAX_ANSWER_BYTES) {
    const buffer = new Uint8Array(64 * 1024);
    const count = await connection.read(buffer);
    if (count === null) break;
    chunks.push(buffer.slice(0, count));
    length += count;
  }
  const cut = length > MAX_ANSWER_BYTES;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes: bytes.subarray(0, MAX_ANSWER_BYTES), cut };
}

/**
 * The text of an answer: its first line is a status, 0 for done.
 * @param jvm Whose answer it is, and `what` was asked, for the words of an error.
 * @throws {AttachError} When the JVM refused, or hung up.
 */
export function textOf({ bytes, cut }: Answer, jvm: string, what: string): string {
  const answer = new TextDecoder().decode(bytes);
  const [, status, text = ""] = /^(-?\d+)\n([^]*)$/.exec(answer) ?? [];
  if (status === undefined) throw new AttachError("gone", `${jvm} hung up at "${what}" without an answer.`);
  if (status !== "0") {
    const reason = text.trim().split("\n")[0] || `status ${status}`;
    throw new AttachError("refused", `${jvm} refused "${what}": ${reason}`);
  }
  return cut ? `${text.slice(0, text.lastIndexOf("\n") + 1)}... (cut off after 4 MiB)\n` : text;
}
