/**
 * Who is connected to a port of this machine, as `/proc/net/tcp` and `tcp6` show it (proc(5)).
 * @module
 */

/** `TCP_ESTABLISHED` in the kernel's list of states. */
const ESTABLISHED = "01";
/**
 * 127.0.0.0/8, bare or mapped into IPv6, and `::1`, in words of the byte order of x86 and ARM. An equal port of
 * another machine is another port.
 */
const LOOPBACK = /^(?:(?:0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000)$/;

/** Before an address of IPv4 in a table of IPv6. */
const MAPPED = "0000000000000000FFFF0000";

/** The socket inodes of the calling ends of every open connection to `port` of the loopback interface. */
export function callersOf(port: number, table: string): readonly string[] {
  const wanted = hexPort(port);
  return table.split("\n").flatMap((line) => {
    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
    const [, , remote = "", state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = "", remotePort] = remote.split(":");
    const calls = remotePort === wanted && LOOPBACK.test(address) && state === ESTABLISHED;
    return calls && inode !== undefined ? [inode] : [];
  });
}

/** The calling end of a connection. */
export interface Caller {
  readonly userId: number;
  /** The socket's. */
  readonly inode: string;
}

/**
 * Who owns the calling end of a connection between two ports of 127.0.0.1; `null` when it is not open.
 * Not by splitting lines: a table may have many thousands, and this is asked for every program's every connection.
 */
export function callerIn(
  table: string,
  { from, to }: { readonly from: number; readonly to: number },
): Caller | null {
  const called = `0100007F:${hexPort(to)} ${ESTABLISHED} `;
  for (let at = table.indexOf(called); at >= 0; at = table.indexOf(called, at + 1)) {
    const address = table.slice(at - MAPPED.length, at) === MAPPED ? at - MAPPED.length : at;
    if (table.slice(address - 6, address) !== `:${hexPort(from)} `) continue;
    const rest = table.slice(at + called.length, at + called.length + 100).trimStart();
    // tx:rx tr:when retrnsmt uid timeout inode
    const [, , , uid = "", , inode = ""] = rest.split(/\s+/, 6);
    return /^\d+$/.test(uid) && /^\d+$/.test(inode) ? { userId: Number(uid), inode } : null;
  }
  return null;
}

/** The inode of a socket from the link in `/proc/<pid>/fd`, or `null` when it is something else. */
export function inodeOf(link: string): string | null {
  return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? null;
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
