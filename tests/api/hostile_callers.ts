/**
 * Requests of those who should not be heard: pages of other sites, and others without the token.
 * @module
 */

import { TOKEN } from "./asking.ts";
import { BEARER, get, HOST, LAST, post, row } from "./hostile_request.ts";
import type { HostileRequest } from "./hostile_request.ts";

const REBINDING = [
  row("a page whose name was made to point here", get("/v1/status", "Host: evil.example\r\n"), 403),
  row("the same with our port", get("/v1/status", "Host: evil.example:7433\r\n"), 403),
  row("a name that ends like ours", get("/v1/status", "Host: evil-localhost\r\n"), 403),
  row("a name that begins like ours", get("/v1/status", "Host: localhost.evil.example\r\n"), 403),
  row("two final dots", get("/v1/status", "Host: localhost..\r\n"), 403),
  row("user information before the name", get("/v1/status", "Host: evil.example@localhost\r\n"), 403),
  row("user information behind the name", get("/v1/status", "Host: localhost@evil.example\r\n"), 403),
  row("a path in the name", get("/v1/status", "Host: localhost/evil.example\r\n"), 403),
  row("an open bracket", get("/v1/status", "Host: [::1\r\n"), 403),
  row("brackets and more", get("/v1/status", "Host: [::1].evil.example\r\n"), 403),
  row("an address of another machine", get("/v1/status", "Host: 192.168.0.7\r\n"), 403),
  row("the address that stands for all", get("/v1/status", "Host: 0.0.0.0:7433\r\n"), 403),
  row("a number that is our address", get("/v1/status", "Host: 2130706433\r\n"), 403),
  row("an empty name", get("/v1/status", "Host: \r\n"), 403),
  row("a port alone", get("/v1/status", "Host: :7433\r\n"), 403),
  row("no name", get("/v1/status", ""), 400),
  row("two names", get("/v1/status", `${HOST}Host: evil.example\r\n`), 400),
  row("two names in one", get("/v1/status", "Host: localhost, evil.example\r\n"), 403),
  row("another origin in the target", get("http://evil.example/v1/status"), 400),
  row(
    "another origin in the target and the name",
    get("http://evil.example/", "Host: evil.example\r\n"),
    403,
  ),
  row("our origin with user information", get("http://a@127.0.0.1:7433/v1/status"), 400),
  row("a target without its scheme", get("//evil.example/v1/status"), 404),
  row(
    "a forwarded name",
    get("/private", `${HOST}X-Forwarded-Host: localhost\r\nForwarded: for=127.0.0.1\r\n`),
    401,
  ),
];

const CROSS_SITE = [
  row("a form of another site", post("/v1/stop", "Sec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n"), 403),
  row("the same with the token", post("/v1/stop", `${BEARER}Sec-Fetch-Site: cross-site\r\n`), 403),
  row("a page of another port", post("/v1/stop", `${BEARER}Sec-Fetch-Site: same-site\r\n`), 403),
  row("an origin that is not ours", post("/v1/stop", `${BEARER}Origin: https://evil.example\r\n`), 403),
  row("an origin that hides", post("/v1/stop", `${BEARER}Origin: null\r\n`), 403),
  row("nonsense for a site", post("/v1/stop", `${BEARER}Sec-Fetch-Site: sure\r\n`), 403),
  row("a preflight", `OPTIONS /v1/stop HTTP/1.1\r\n${HOST}Origin: https://evil.example\r\n${LAST}`, 405),
  row(
    "a picture that shows what is private",
    get("/private", `${HOST}${BEARER}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image\r\n`),
    403,
  ),
  row(
    "a form's body",
    post(
      "/v1/stop",
      `${BEARER}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n`,
      "a=b",
    ),
    415,
  ),
  row(
    "JSON as plain text",
    post("/v1/stop", `${BEARER}Content-Type: text/plain\r\nContent-Length: 2\r\n`, "{}"),
    415,
  ),
  row("a body without a type", post("/v1/stop", `${BEARER}Content-Length: 2\r\n`, "{}"), 415),
];

const TOKENS = [
  row("no token", post("/v1/stop", ""), 401),
  row("a wrong token", post("/v1/stop", `Authorization: Bearer ${"0".repeat(32)}\r\n`), 401),
  row("the token's beginning", post("/v1/stop", `Authorization: Bearer ${TOKEN.slice(0, -1)}\r\n`), 401),
  row("the token and more", post("/v1/stop", `Authorization: Bearer ${TOKEN}0\r\n`), 401),
  row("the token as a password", post("/v1/stop", `Authorization: Basic ${btoa(`:${TOKEN}`)}\r\n`), 401),
  row("the token in the address", post(`/v1/stop?token=${TOKEN}&access_token=${TOKEN}`, ""), 401),
  row("the token in a cookie", post("/v1/stop", `Cookie: token=${TOKEN}\r\n`), 401),
  row("two tokens", post("/v1/stop", `${BEARER}Authorization: Bearer ${"0".repeat(32)}\r\n`), 400),
  row("a method in disguise", post("/private", `X-HTTP-Method-Override: GET\r\n`), 405),
];

/** All of them. */
export const HOSTILE_CALLERS: readonly HostileRequest[] = [...REBINDING, ...CROSS_SITE, ...TOKENS];
