/**
 * Errors a person can act on, and the exit codes that go with them.
 * @module
 */

/**
 * Exit codes, after sysexits.h, which systemd prints by name. `exec` returns its program's own code instead,
 * and `status` the codes of the Linux Standard Base (0 running, 3 not running, 4 unknown).
 */
export const EXIT = {
  ok: 0,
  failure: 1,
  notRunning: 3,
  unknown: 4,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  tempFail: 75,
  noPermission: 77,
  config: 78,
  notExecutable: 126,
  notFound: 127,
  interrupted: 130,
} as const;

/** When a command ends with each, for the documentation's table. */
export const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "it is done; `status`, `wait`: the gateway is ready; `run`: ended by SIGTERM",
  failure: "something else failed",
  notRunning: "`status`, `wait`, `stop`: no daemon, or no gateway and none on its way",
  unknown: "`status`, `wait`: the gateway is on its way, or runs and is not fit",
  usage: "a mistake on the command line or in a variable",
  noInput: "a file or an incident that cannot be read",
  unavailable: "no daemon, no gateway, or the API's port is taken",
  software: "a defect of rekindle",
  cannotCreate: "the state folder, or a file that was asked for, cannot be written",
  tempFail: "the gateway has given up, a time is over, or a process of before does not die",
  noPermission: "refused by the daemon or the system",
  config: "a configuration that cannot work: the file, Spark, Java, JVM options",
  notExecutable: "`exec`: the program may not be executed",
  notFound: "`exec`: there is no such program",
  interrupted: "`run`: ended by Ctrl-C",
};

/** One of {@linkcode EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake or condition its reader can do something about: printed without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** What to do next, one or more sentences. */
  readonly hint: string;
  readonly exitCode: ExitCode;

  /**
   * @param message What could not be done, and why.
   * @param options What to do next, the exit code, and what lies beneath.
   */
  constructor(message: string, options: { hint: string; exitCode: ExitCode; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** Several {@linkcode UserError}s at once; the first one's exit code stands for all. */
export class UserErrors extends Error {
  override readonly name = "UserErrors";
  readonly errors: readonly UserError[];

  /** @param errors At least one. */
  constructor(errors: readonly [UserError, ...UserError[]]) {
    super(errors.map((error) => error.message).join("; "));
    this.errors = errors;
  }

  /** The exit code of the first error. */
  get exitCode(): ExitCode {
    return this.errors[0]?.exitCode ?? EXIT.failure;
  }
}

/** The text of whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
