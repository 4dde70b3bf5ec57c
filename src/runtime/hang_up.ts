/**
 * What does a SIGHUP mean: that the terminal has gone, or that somebody wants the configuration read again?
 * @module
 */

/** SIGHUP's bit in the masks of /proc (proc(5)). */
const SIGHUP_BIT = 1n;

/**
 * Looks at how this process was started.
 * @returns Whether the terminal it was started from has gone since; always `false` for one that was started without
 *   (by a service manager), or told to outlive its terminal (nohup).
 */
export function watchTerminal(): () => boolean {
  const begun = hasTerminal() && !ignoresHangUp();
  return () => begun && !hasTerminal();
}

/** The kernel takes a terminal that hangs up from every process of its session before it sends the signal. */
function hasTerminal(): boolean {
  try {
    Deno.openSync("/dev/tty").close();
    return true;
  } catch {
    return false;
  }
}

function ignoresHangUp(): boolean {
  try {
    const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
    return (BigInt(`0x${mask}`) & SIGHUP_BIT) !== 0n;
  } catch {
    return false;
  }
}
