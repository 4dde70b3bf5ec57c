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

/** The socket inodes of the calling ends of every open connection to `port` of the loopback interface. */
export function callersOf(port: number, table: string): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
    const [, , remote = "", state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = "", remotePort] = remote.split(":");
    const calls = remotePort === hexPort && LOOPBACK.test(address) && state === ESTABLISHED;
    return calls && inode !== undefined ? [inode] : [];
  });
}

/** The inode of a socket from the link in `/proc/<pid>/fd`, or `null` when it is something else. */
export function inodeOf(link: string): string | null {
  return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? null;
}
