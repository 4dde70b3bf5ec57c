/**
 * `rekindle exec`: runs a program attached to the gateway, and again when the gateway was lost under it.
 * @module
 */

import type { Status } from "../api/status.ts";
import { describeExit } from "../core/diagnosis/ending.ts";
import type { Incident } from "../core/lifecycle.ts";
import type { ExitStatus } from "../core/verdict.ts";
import type { ProgramStart } from "../core/submit/python_program.ts";
import { EXIT, UserError } from "../errors.ts";
import { findProgram } from "../gateway/spark_home.ts";
import { spawnProgram } from "../runtime/program.ts";
import type { Program } from "../runtime/program.ts";
import { isTerminal } from "../runtime/process.ts";
import type { Logger } from "../log.ts";
import { onSignal } from "../runtime/signal.ts";
import { SpawnFailure } from "../runtime/spawn.ts";
import type { Attachment } from "./attachment.ts";
import type { Call, Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { viewOf, withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";

/** What to run. */
export interface ExecRequest {
  readonly command: readonly string[];
  /** How often to run it again when the gateway was lost. */
  readonly retries: number;
  /** Why the running daemon's gateway will not do for it, or `null`. @default {any will do} */
  readonly objection?: (status: Status) => Promise<string | null>;
  /** The program as it is to be started on this gateway. @default {as it is given} */
  readonly on?: (program: ProgramStart, gateway: Ready) => Promise<ProgramStart>;
}

const POLL_MS = 100;
/** A program's own error can come before the exit of the JVM that caused it; so long the JVM is watched. */
const AFTERMATH_MS = 1_000;

/** The command line's way to {@linkcode exec}. */
export const command: Command = async (call) => {
  const retries = readRetries(call.own.retries);
  const context = await call.context();
  return await exec(context, { command: call.operands, retries }, viewOf(call, context));
};

/**
 * The number of `--retries`.
 * @throws {UserError} When it is none.
 */
export function readRetries(text: Call["own"][string] = "0"): number {
  const retries = Number(text);
  if (Number.isInteger(retries) && retries >= 0) return retries;
  throw new UserError(`Cannot use --retries ${JSON.stringify(text)}: it is not a whole number from 0`, {
    hint: "Write, for example, --retries 2.",
    exitCode: EXIT.usage,
  });
}

/** Runs the program; the exit code is its own, with 128 + n for a program ended by signal n. */
export async function exec(
  context: CommandContext,
  request: ExecRequest,
  view: ProgressView,
): Promise<number> {
  let program: Program | null = null;
  let interruptedCode = 0;
  const unsubscribe = onSignal(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"], (signal) => {
    interruptedCode ||= SIGNAL_CODES[signal] ?? EXIT.failure;
    // A terminal gives Ctrl-C and Ctrl-\ to the whole foreground group: the program has it already.
    const shared = (signal === "SIGINT" || signal === "SIGQUIT") && isTerminal("stdin");
    if (!shared) program?.signal(signal);
  });
  const stopped = () => interruptedCode !== 0;
  const session = await openSession(context, request.objection).catch((error) => {
    unsubscribe();
    throw error;
  });
  // What an own daemon does is in the log, on the same terminal.
  const { write } = session.narrated || context.settings.quiet ? { write: null } : view;
  const waiting = <T>(work: Promise<T>, label: () => string) => withProgress(work, label, { ...view, write });
  try {
    await waiting(session.takeTurn(stopped), () => "waiting in line");
    for (let attempt = 0;; attempt++) {
      let phase = "not ready";
      const look = untilReady(session, context, { stopped, onLook: (status) => phase = status.phase });
      const ready = await waiting(look, () => `waiting for the gateway, which is ${phase}`);
      if (ready === null) return interruptedCode;
      const { status, attachment } = ready;
      await session.beforeProgram(status);
      const given = { command: request.command, env: await programEnv(ready, context) };
      const start = await request.on?.(given, ready) ?? given;
      // A signal that found no program to end must not be lost on the one about to start.
      if (stopped()) return interruptedCode;
      program = spawn(start, context);
      const exit = await program.exited;
      program = null;
      // Whoever ends the program from outside does not ask what became of the gateway.
      // Whoever waited for a gateway came to another one than was there when it was started.
      const isLost = exit.code !== 0 && !stopped();
      const loss = isLost ? await lossOf({ status, attachment }, session, context) : null;
      await session.afterProgram();
      await attachment.end();
      // Deno's code of a signal death is 128 + n already.
      if (loss === null) return exit.code;
      tell(loss, { exit, attempt, retries: request.retries, narrated: session.narrated, log: context.log });
      if (attempt >= request.retries || stopped()) return exit.code;
    }
  } finally {
    await session.close();
    unsubscribe();
  }
}

/** A gateway to attach to, and how. */
export interface Ready {
  readonly status: Status;
  readonly attachment: Attachment;
}

/** `null` when the caller has been interrupted meanwhile. */
async function untilReady(
  session: Session,
  { runtime: { clock } }: CommandContext,
  { stopped, onLook }: { readonly stopped: () => boolean; readonly onLook: (status: Status) => void },
): Promise<Ready | null> {
  for (let missed = 0; !stopped();) {
    const status = await session.status();
    onLook(status);
    if (status.ready) {
      try {
        return { status, attachment: await session.attach(status) };
      } catch (error) {
        // A gateway that was lost since has no file any more that says how, and is not ready when asked again.
        if (missed++ > 0) throw error;
      }
    }
    if (status.phase === "failed" || status.phase === "stopped" && status.desired === "down") {
      const why = status.lastIncident?.decision.reason ?? "it was stopped";
      throw new UserError(`Cannot run the program: the gateway is ${status.phase} (${why})`, {
        hint: 'See "rekindle status"; correct the cause and start it again.',
        exitCode: EXIT.tempFail,
      });
    }
    await clock.sleep(POLL_MS);
  }
  return null;
}

/** The death that took the program's gateway away; `null` when it lives, or was ended on request, which is told. */
async function lossOf(
  { status: { generation: first }, attachment }: Ready,
  session: Session,
  context: CommandContext,
): Promise<Incident | null> {
  const { runtime: { clock }, log } = context;
  const lookUntilMs = clock.nowMs() + AFTERMATH_MS;
  for (;;) {
    // Whoever waited for a gateway came to another one than was there when it was started.
    const generation = (await attachment.outcome())?.generation ?? first;
    const status = await session.status().catch(() => null);
    if (status === null) {
      log.warn("the daemon itself ended while the program ran, and the gateway with it");
      return null;
    }
    const { lastIncident, pool: { seats } } = status;
    if (lastIncident !== null && lastIncident.generation >= generation) return lastIncident;
    const seat = seats.find((each) => each.generation === generation);
    // Another one in its place without any incident: it was ended on request, and there is no death to tell of.
    if (seat === undefined || seat.phase === "stopped") {
      // Asked again: it may have been lost since.
      const loss = (await attachment.outcome())?.loss;
      if (loss) log.warn(loss.sentence.replace(/^rekindle: /, ""));
      return null;
    }
    if (seat.phase === "ready" && clock.nowMs() >= lookUntilMs) return null;
    await clock.sleep(POLL_MS);
  }
}

interface Telling {
  readonly exit: ExitStatus;
  readonly attempt: number;
  readonly retries: number;
  readonly narrated: boolean;
  readonly log: Logger;
}

function tell(
  { verdict, change, generation }: Incident,
  { exit, attempt, retries, narrated, log }: Telling,
): void {
  log.warn(
    `the gateway (generation ${generation}) was lost while the program ran, which ended with ${
      describeExit(exit)
    }`,
  );
  if (!narrated) {
    log.warn(`  ${verdict.class}: ${verdict.summary} ${verdict.remedy}`);
    log.warn(`  memory: ${change.reason}`);
  }
  if (attempt < retries) log.warn(`running the program again (${attempt + 1} of ${retries})`);
  else if (retries > 0) log.warn(`not running it again: ${retries} of ${retries} retries are used up`);
  else log.warn("not running it again; --retries N would");
}

/** The program's environment: its own, the way in, and the Python that Spark's workers must match. */
async function programEnv(
  { status, attachment }: Ready,
  { env, cwd, runtime: { files }, log }: CommandContext,
): Promise<Record<string, string>> {
  const full: Record<string, string> = { ...env, ...attachment.variables };
  if (status.programBin !== null) full.PATH = `${status.programBin}:${env.PATH ?? ""}`;
  // Plain PySpark's workers run the python3 of the program's PATH; the gateway's own PATH may be another one.
  const python = full.PYSPARK_PYTHON ?? await findProgram("python3", { env: full, cwd }, files);
  if (python !== null) full.PYSPARK_PYTHON = python;
  if (status.cwd !== cwd) {
    log.warn(
      `the gateway works in ${status.cwd}: relative paths of the program's data mean that folder, not ${cwd}`,
    );
  }
  return full;
}

function spawn({ command, env }: ProgramStart, { cwd }: CommandContext): Program {
  const [program = "", ...args] = command;
  try {
    return spawnProgram({ program, args, env, cwd });
  } catch (error) {
    if (!(error instanceof SpawnFailure)) throw error;
    throw new UserError(error.message.replace(/\.$/, ""), {
      hint: "Check the command's spelling and the PATH.",
      exitCode: error.kind === "notExecutable" ? EXIT.notExecutable : EXIT.notFound,
      cause: error,
    });
  }
}

const SIGNAL_CODES: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
};
