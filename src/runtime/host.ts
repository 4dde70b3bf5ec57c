/**
 * By which names and addresses is this machine known, and how many more files may it hold?
 * @module
 */

/** This machine's name; empty where it has none. */
export function hostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "";
  }
}

/** What a name stands for, as the C library finds it: `/etc/hosts` counts. `null` when it stands for nothing. */
export async function addressesOf(name: string): Promise<readonly string[] | null> {
  try {
    const { lookup } = await import("node:dns/promises");
    const found = await lookup(name, { all: true });
    return found.length === 0 ? null : [...new Set(found.map(({ address }) => address))];
  } catch {
    return null;
  }
}

/** The addresses of this machine's interfaces, without the loopback's. */
export function ownAddresses(): readonly string[] {
  try {
    return Deno.networkInterfaces().map(({ address }) => address).filter((address) =>
      !address.startsWith("127.") && address !== "::1"
    );
  } catch {
    return [];
  }
}

/** How many more files the file system that holds `path` may have; `null` where that is not counted. */
export async function freeFiles(path: string): Promise<number | null> {
  try {
    const { statfs } = await import("node:fs/promises");
    const { files, ffree } = await statfs(path);
    // Btrfs and some network file systems make inodes as they are needed, and say 0.
    return files > 0 ? ffree : null;
  } catch {
    return null;
  }
}
