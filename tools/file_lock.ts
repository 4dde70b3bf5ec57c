/**
 * Keeps two processes from setting up the same thing at once: the second waits for the first. The kernel
 * gives a lock back when its process ends, however that happens, so none is ever left behind.
 * @module
 */

/**
 * Runs `action` while holding the lock file `path`, which is made when missing and stays.
 * @param action What must not run twice at once; it has to look again at what is left to do.
 * @param options `onWait` is called before waiting for another holder.
 */
export async function exclusively<T>(
  path: string | URL,
  action: () => Promise<T>,
  options: { onWait?: () => void } = {},
): Promise<T> {
  using file = await Deno.open(path, { create: true, write: true });
  if (!await file.tryLock(true)) {
    options.onWait?.();
    await file.lock(true);
  }
  return await action();
}
