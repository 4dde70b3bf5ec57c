/**
 * How a service manager and its journal are reached: the notification socket of sd_notify(3), and whether a standard
 * stream is the journal's.
 * @module
 */

/** Sends notices. */
export interface Notifier {
  /** Sends assignments such as `READY=1`; what cannot be sent is lost, for nothing may wait for it. */
  send(lines: readonly string[]): void;
  close(): void;
}

/**
 * Opens the way to `NOTIFY_SOCKET`: a path, or `@` and an abstract name.
 * @returns `null` for an address of another kind, and when Deno runs without `--unstable-net` (needed in 2.9).
 */
export function openNotifier(address: string): Notifier | null {
  if (!/^[/@]./.test(address) || typeof Deno.listenDatagram !== "function") return null;
  const path = address.startsWith("@") ? `\0${address.slice(1)}` : address;
  // An empty path lets the kernel choose the sender's own address. "unixpacket" is SOCK_DGRAM (measured on 2.9).
  const socket = Deno.listenDatagram({ transport: "unixpacket", path: "" });
  const encoder = new TextEncoder();
  return {
    send: (lines) => {
      socket.send(encoder.encode(lines.join("\n")), { transport: "unixpacket", path }).catch(() => {
        // Who does not listen is not told.
      });
    },
    close: () => socket.close(),
  };
}

/** Descriptors of the standard streams that are written to. */
const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** Whether the stream is what `JOURNAL_STREAM` names (systemd.exec(5)): a child's may have been redirected since. */
export function leadsToJournal(
  stream: keyof typeof DESCRIPTORS,
  { JOURNAL_STREAM }: Readonly<Record<string, string>>,
): boolean {
  if (JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = Deno.statSync(`/proc/self/fd/${DESCRIPTORS[stream]}`);
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    // A stream that is closed leads nowhere.
    return false;
  }
}
