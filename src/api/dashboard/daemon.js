// @ts-check
// How does the page talk to its daemon? Reading is open; the token, when it was given, is kept for this tab alone.

const KEY = "rekindle.token";

/** @returns {string | null} */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** @param {string | null} given */
export function keepToken(given) {
  if (given) sessionStorage.setItem(KEY, given);
  else sessionStorage.removeItem(KEY);
}

/** What the daemon refused, in its own words. */
export class Refusal extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * Asks for a path.
 * @param {string} path
 * @param {{ method?: string, body?: unknown, etag?: string }} [how]
 * @returns {Promise<Response>}
 */
export async function ask(path, { method = "GET", body } = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  const key = token();
  if (key !== null) headers.authorization = `Bearer ${key}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(response.status, problem.detail ?? `the daemon answered ${response.status}`);
}

/** @param {string} path */
export async function read(path) {
  return await (await ask(path)).json();
}

/** Saves what a path answers as a file; a link could not show the token. @param {string} path @param {string} name */
export async function download(path, name) {
  const url = URL.createObjectURL(await (await ask(path)).blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has the file by then; the address would hold it in memory for as long as the page lives.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
