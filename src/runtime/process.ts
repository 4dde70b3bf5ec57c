/**
 * What this process is and has: its environment, terminal and standard streams, and its last line of defence.
 * @module
 */

/** This process's id. */
export const pid: number = Deno.pid;

/** The command line that this program is started by, to which a command's words are added. */
export function ownCommand(): readonly [program: string, ...args: string[]] {
  return [Deno.execPath(), "run", "-A", "--no-lock", "--cached-only", Deno.mainModule];
}

/** The user it runs as, or `null` where there are no such numbers. */
export function userId(): number | null {
  return Deno.uid();
}

/** The Deno that runs this. */
export function denoPath(): string {
  return Deno.execPath();
}

/** A copy of the environment. Variables that are not UTF-8 are missing: Deno does not show them. */
export function environment(): Record<string, string> {
  return Deno.env.toObject();
}

/**
 * The working folder.
 * @throws {Error} When it has been removed.
 */
export function workingFolder(): string {
  return Deno.cwd();
}

/** What this process runs on. */
export function denoVersions(): { readonly deno: string; readonly v8: string } {
  const { deno, v8 } = Deno.version;
  return { deno, v8 };
}

/** Whether a person is at the other end of a standard stream. */
export function isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean {
  return Deno[stream].isTerminal();
}

/** What is written to this process, to be read once. */
export function standardInput(): ReadableStream<Uint8Array> {
  return Deno.stdin.readable;
}

/** How often a full pipe is tried again, and how long is waited before each time. */
const FULL_PIPE = { attempts: 20, pauseMs: 5 } as const;

/**
 * Writes to standard output or standard error before returning, and never throws.
 * @returns `false` when not everything could be written: the reader is gone, or has read nothing for 100 ms
 * while the stream is in non-blocking mode.
 */
export function writeStandard(stream: "stdout" | "stderr", text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  let attempts = FULL_PIPE.attempts;
  for (let written = 0; written < bytes.length;) {
    try {
      written += Deno[stream].writeSync(bytes.subarray(written));
    } catch (error) {
      // Whoever shares our terminal or pipe may have made it non-blocking.
      if (!(error instanceof Deno.errors.WouldBlock) || attempts-- === 0) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE.pauseMs);
    }
  }
  return true;
}

/**
 * Reports errors nobody caught instead of ending the process for them: whoever watches over others must not
 * die of a slip of its own.
 * @returns Puts the default back.
 */
export function onUncaught(report: (error: unknown) => void): () => void {
  const onError = (event: ErrorEvent) => keepAlive(event, event.error);
  const onRejection = (event: PromiseRejectionEvent) => keepAlive(event, event.reason);
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return () => {
    globalThis.removeEventListener("error", onError);
    globalThis.removeEventListener("unhandledrejection", onRejection);
  };

  function keepAlive(event: Event, error: unknown): void {
    event.preventDefault();
    try {
      report(error);
    } catch (reportError) {
      writeStandard("stderr", `An error could not be reported: ${reportError}\nThe error was: ${error}\n`);
    }
  }
}

/**
 * Ends this process after a turn of its loop: in one, Deno keeps what V8 has made of the program, and the next start is 20
 * ms shorter. A command that waits for nothing would end before the first (measured on 2.9).
 */
export async function leave(code: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  Deno.exit(code);
}

/** Ends this process at once, whatever is under way. */
export function exitNow(code: number): never {
  Deno.exit(code);
}
