/**
 * How a hostile request is written down: its bytes, and what is documented to come of them.
 * @module
 */

import { TOKEN } from "./asking.ts";

/** Bytes, and the status codes one of which must come back; `cut` is a connection that is closed without a word. */
export interface HostileRequest {
  readonly what: string;
  readonly bytes: Uint8Array | string;
  readonly expect: readonly (number | "cut")[];
}

/** A good Host header. */
export const HOST = "Host: 127.0.0.1:7433\r\n";
/** The right token. */
export const BEARER = `Authorization: Bearer ${TOKEN}\r\n`;
/** The end of a head after which nothing more is asked. */
export const LAST = "Connection: close\r\n\r\n";

/** A request that reads. */
export function get(path: string, headers = HOST): string {
  return `GET ${path} HTTP/1.1\r\n${headers}${LAST}`;
}

/** A request that acts. */
export function post(path: string, headers: string, body = ""): string {
  return `POST ${path} HTTP/1.1\r\n${HOST}${headers}${LAST}${body}`;
}

/** One row of a table. */
export function row(
  what: string,
  bytes: Uint8Array | string,
  ...expect: HostileRequest["expect"]
): HostileRequest {
  return { what, bytes, expect };
}

/** Latin-1, so that any byte can be written down. */
export function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
