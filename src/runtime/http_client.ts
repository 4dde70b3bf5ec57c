/**
 * How is a server asked that listens at a socket in the file system?
 * @module
 */

/**
 * Asks it, and reads the answer while the connection is there.
 * @param socket The socket's path, or `null` to go where the URL says.
 * @throws {Error} When it cannot be reached.
 */
export async function ask<T>(
  url: string,
  { socket, ...init }: RequestInit & { readonly socket: string | null },
  read: (response: Response) => Promise<T>,
): Promise<T> {
  if (socket === null) return await read(await fetch(url, init));
  using client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  return await read(await fetch(url, { ...init, client }));
}
