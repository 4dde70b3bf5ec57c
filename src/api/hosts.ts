/**
 * By which names may the API be asked for? After DNS rebinding the Host header is the only thing that still names the
 * page's own domain.
 * @module
 */

/** Where the API listens. */
export interface BoundAddress {
  readonly hostname: string;
}

/** The names of every listener: loopback's, that of the address unless it stands for all, and the trusted ones. */
export function knownHosts({ hostname }: BoundAddress, trusted: readonly string[]): readonly string[] {
  const own = isWildcard(hostname) ? [] : [hostname.includes(":") ? `[${hostname}]` : hostname];
  return ["localhost", "127.0.0.1", "[::1]", ...own, ...trusted];
}

/** Whether an address stands for all of this machine's. */
export function isWildcard(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** Whether a Host header names one of them: in whatever case, with or without a port and a final dot. */
export function isKnownHost(header: string | null, known: readonly string[]): boolean {
  const name = /^(\[[\da-f:.]+\]|[a-z\d_.-]*[a-z\d_-])\.?(?::\d{1,5})?$/.exec(header?.toLowerCase() ?? "")
    ?.[1];
  return name !== undefined && known.includes(name);
}
