/**
 * Bytes that are no sound request, or that two readers could understand in two ways.
 * @module
 */

import { BEARER, get, HOST, LAST, post, raw, row } from "./hostile_request.ts";
import type { HostileRequest } from "./hostile_request.ts";

const SMUGGLING = [
  row(
    "a length and chunks",
    post(
      "/v1/status",
      "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
      "0\r\n\r\nGET /private HTTP/1.1\r\n\r\n",
    ),
    400,
  ),
  row("two lengths", post("/v1/stop", `${BEARER}Content-Length: 0\r\nContent-Length: 44\r\n`), 400),
  row("two lengths in one", post("/v1/stop", `${BEARER}Content-Length: 0, 44\r\n`), 400),
  row("a length with a sign", post("/v1/stop", `${BEARER}Content-Length: +0\r\n`), 400),
  row("a length below nothing", post("/v1/stop", `${BEARER}Content-Length: -1\r\n`), 400),
  row(
    "a length beyond all numbers",
    post("/v1/stop", `${BEARER}Content-Length: 99999999999999999999\r\n`),
    400,
  ),
  row("a hexadecimal length", post("/v1/stop", `${BEARER}Content-Length: 0x0\r\n`), 400),
  row("an encoding that is unknown", post("/v1/stop", `${BEARER}Transfer-Encoding: xchunked\r\n`), 400),
  row(
    "an encoding that is chunked and is not",
    post("/v1/stop", `${BEARER}Transfer-Encoding: chunked, identity\r\n`),
    400,
  ),
  row(
    "two encodings",
    post("/v1/stop", `${BEARER}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n`),
    400,
  ),
  row(
    "a chunk whose size is none",
    post("/v1/stop", `${BEARER}Transfer-Encoding: chunked\r\n`, "zz\r\n"),
    400,
    "cut",
  ),
  row("a space before a colon", get("/v1/status", `${HOST}Content-Length : 5\r\n`), 400),
  row("a header that is continued", get("/v1/status", `${HOST}X-A: a\r\n b\r\n`), 400),
  row("a line end alone within a header", get("/v1/status", `${HOST}X-A: a\rX-B: b\r\n`), 400),
  row("lines that end in LF alone", `GET /private HTTP/1.1\n${HOST}\n\n`, 400),
  row("a header without a name", get("/v1/status", `${HOST}: a\r\n`), 400),
  row("a request behind the last", get("/private") + get("/private"), 400, 401),
  row(
    "a request in a body that a GET should not have",
    get("/private", `${HOST}Content-Length: ${get("/private").length}\r\n`) + get("/private"),
    401,
  ),
];

const MALFORMED = [
  row("a head that is too large", get("/livez", `${HOST}X-A: ${"a".repeat(20_000)}\r\n`), 431),
  row("an address that is too long", get(`/${"a".repeat(20_000)}`), 431, 400),
  row("headers without end", get("/livez", HOST + "X-A: a\r\n".repeat(5_000)), 431),
  row("a zero in a header", raw(get("/livez", `${HOST}X-A: a\0b\r\n`)), 400),
  row("a zero in the path", raw(get("/v1/sta\0tus")), 400),
  row("bad UTF-8 in the path", raw(get("/v1/\xff\xfe")), 400),
  row("bad UTF-8 in a name", raw(get("/v1/status", "Host: \xff\xfe\r\n")), 403, 400),
  row("bad UTF-8 in the token", raw(get("/private", `${HOST}Authorization: Bearer \xff\xfe\r\n`)), 401),
  row(
    "bad UTF-8 in a body",
    raw(post("/v1/stop", `${BEARER}Content-Type: application/json\r\nContent-Length: 2\r\n`, "\xff\xfe")),
    400,
  ),
  row("HTTP/0.9", "GET /v1/status\r\n\r\n", 400, 505),
  row("HTTP/3.0 in so many words", `GET /v1/status HTTP/3.0\r\n${HOST}\r\n`, 400, 505),
  row("an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
  row(
    "an upgrade to HTTP/2",
    get(
      "/private",
      `${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n`,
    ),
    401,
  ),
  row("a TLS hello", raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "a".repeat(64)), 400),
  row(
    "a WebSocket's beginning",
    get(
      "/private",
      `${HOST}Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n`,
    ),
    401,
    "cut",
  ),
  row("words of another protocol", "EHLO evil.example\r\nMAIL FROM:<a@b>\r\n\r\n", 400),
  row(
    "noise",
    raw(Array.from({ length: 512 }, (_, index) => String.fromCharCode(index * 89 % 256)).join("")),
    400,
  ),
  row("TRACE", `TRACE /v1/status HTTP/1.1\r\n${HOST}${LAST}`, 501, 405),
  row("CONNECT", `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}${LAST}`, "cut", 400, 405, 501),
  row("a method in small letters", `get /private HTTP/1.1\r\n${HOST}${LAST}`, 400),
  row("a method that nobody knows", `BREW /v1/status HTTP/1.1\r\n${HOST}${LAST}`, 400),
  row("a method without end", `${"A".repeat(5000)} / HTTP/1.1\r\n${HOST}${LAST}`, 400),
  row("an expectation that nobody knows", get("/livez", `${HOST}Expect: a-miracle\r\n`), 417),
];

const PATHS = [
  row("a way up", get("/v1/../private"), 400),
  row("a way up in disguise", get("/v1/%2e%2e/private"), 400),
  row("a way up that is half in disguise", get("/v1/.%2E/private"), 400),
  row("a slash in disguise", get("/files/..%2f..%2fetc%2fpasswd", HOST + BEARER), 404),
  row("a way up in disguise twice", get("/files/%252e%252e", HOST + BEARER), 404),
  row("backslashes", get("/v1\\..\\private"), 400),
  row("a zero in disguise", get("/files/a%00.txt", HOST + BEARER), 404),
  row("bad UTF-8 in disguise", get("/files/%ff", HOST + BEARER), 404),
  row("half a disguise", get("/files/%e", HOST + BEARER), 404),
  row("two slashes", get("//private"), 404),
  row("a fragment", get("/livez#/private"), 400),
  row("a name of every object", get("/problems/__proto__"), 404),
  row("another name of every object", get("/problems/constructor"), 404),
  row("a check of every object", get("/readyz/toString"), 404),
  row("the target that is none", `OPTIONS * HTTP/1.1\r\n${HOST}${LAST}`, 400),
];

const RANGES = [
  "bytes=5-2",
  "bytes=99-",
  "bytes=-0",
  `bytes=${"0-0,".repeat(400)}0-0`,
  "bytes=0-99999999999999999999",
  "lines=1-2",
  "bytes=a-b",
]
  .map((range) =>
    row(
      `a range ${range.slice(0, 30)}`,
      get("/files/a.txt", `${HOST}${BEARER}Range: ${range}\r\n`),
      200,
      206,
      416,
    )
  );

const BODIES = [
  row(
    "a body that is announced as huge",
    post("/v1/stop", `${BEARER}Content-Type: application/json\r\nContent-Length: 9999999999\r\n`),
    413,
  ),
  row(
    "a body that turns out huge",
    post(
      "/v1/stop",
      `${BEARER}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n`,
      "20000\r\n" + "a".repeat(0x20000) + "\r\n0\r\n\r\n",
    ),
    413,
  ),
  row(
    "JSON without end",
    post(
      "/v1/stop",
      `${BEARER}Content-Type: application/json\r\nContent-Length: 60000\r\n`,
      "[".repeat(60_000),
    ),
    400,
  ),
  row(
    "a member of every object",
    post(
      "/v1/stop",
      `${BEARER}Content-Type: application/json\r\nContent-Length: 28\r\n`,
      '{"__proto__":{"a":"bcdefg"}}',
    ),
    400,
  ),
];

/** Whoever sends these waits for the daemon to lose its patience. */
export const SLOW: readonly HostileRequest[] = [
  row("nothing at all", "", 408),
  row("half a request line", "GET /liv", 408),
  row("headers that do not end", `GET /livez HTTP/1.1\r\n${HOST}X-A: `, 408),
  row(
    "a body that does not come",
    post("/v1/stop", `${BEARER}Content-Type: application/json\r\nContent-Length: 9\r\n`, "{"),
    408,
  ),
  row(
    "chunks that do not end",
    post(
      "/v1/stop",
      `${BEARER}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n`,
      "1\r\n{\r\n",
    ),
    408,
  ),
];

/** All others. */
export const HOSTILE_WIRE: readonly HostileRequest[] = [
  ...SMUGGLING,
  ...MALFORMED,
  ...PATHS,
  ...RANGES,
  ...BODIES,
];
