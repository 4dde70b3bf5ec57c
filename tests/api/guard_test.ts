import assert from "node:assert/strict";
import { admit, refuseStranger } from "../../src/api/guard.ts";
import { knownHosts } from "../../src/api/hosts.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

/** What is answered to a request with these headers: its status, or `null` when it may pass. */
function check(
  headers: Readonly<Record<string, string>>,
  { method = "GET", hostname = "127.0.0.1", trusted = [] }: {
    method?: string;
    hostname?: string;
    trusted?: readonly string[];
  } = {},
): Response | null {
  const request = new Request("http://127.0.0.1:7433/x", { method, headers });
  const access = method === "GET" || method === "HEAD" ? "open" : "act";
  const stranger = refuseStranger(request, { hosts: knownHosts({ hostname }, trusted) });
  const admitted = stranger ?? admit(request, { access, entrance: "tcp", token: TOKEN });
  return admitted instanceof Response ? admitted : null;
}

for (
  const host of [
    "localhost:7433",
    "localhost",
    "LocalHost:7433",
    "localhost.:7433",
    "127.0.0.1:7433",
    "127.0.0.1",
    "[::1]:7433",
    "[::1]",
  ]
) {
  Deno.test(`the guard lets a reader pass who asks for ${host}`, () => {
    for (const method of ["GET", "HEAD"]) assert.equal(check({ host }, { method }), null);
  });
}

for (
  const host of [
    "evil.example",
    "evil.example:7433",
    "localhost.evil.example",
    "evil-localhost",
    "localhost..",
    "127.0.0.1.evil.example",
    "127.0.0.1:7433:7433",
    "127.0.0.1:",
    "127.0.0.1:http",
    "0.0.0.0",
    "192.168.1.2:7433",
    "::1",
    "[::1].evil.example",
    "localhost, evil.example",
    "localhost/",
    "evil.example@localhost",
    "localhost#.evil.example",
    "127.1",
    "2130706433",
    "0x7f000001",
    "[::ffff:127.0.0.1]",
    "[::1",
    ":7433",
    "",
  ]
) {
  Deno.test(`the guard turns everybody away who asks for "${host}"`, () => {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      const authorization = `Bearer ${TOKEN}`;
      assert.equal(check({ host, authorization }, { method })?.status, 403);
    }
  });
}

Deno.test("the guard turns everybody away who names no host", () => {
  assert.equal(check({})?.status, 403);
});

Deno.test("the guard knows the address that is listened on", () => {
  assert.equal(check({ host: "127.0.0.7:1" }, { hostname: "127.0.0.7" }), null);
  assert.equal(check({ host: "127.0.0.7:1" })?.status, 403);
  assert.equal(check({ host: "[::2]:1" }, { hostname: "::2" }), null);
});

Deno.test("the guard knows the hosts it is told to trust, and no wildcard", () => {
  const trusted = ["spark.example.org"];
  assert.equal(check({ host: "Spark.Example.org:80" }, { hostname: "0.0.0.0", trusted }), null);
  for (const host of ["0.0.0.0:7433", "example.org", "a.spark.example.org", "[::]"]) {
    assert.equal(check({ host }, { hostname: "0.0.0.0", trusted })?.status, 403, host);
  }
});

/** What is answered to somebody who wants something done. */
function act(headers: Readonly<Record<string, string>>, method = "POST"): number | null {
  return check({ host: "127.0.0.1:7433", ...headers }, { method })?.status ?? null;
}

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

Deno.test("the guard lets only those act who have the token", async () => {
  assert.equal(act(AUTHORIZED), null);
  for (
    const authorization of [
      "Bearer",
      "Bearer ",
      TOKEN,
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN}x`,
      `Bearer x${TOKEN}`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN.slice(0, -1)}0`,
      `Bearer ${TOKEN.toUpperCase()}`,
      `Bearer ${TOKEN} ${TOKEN}`,
      "Bearer é",
    ]
  ) {
    assert.equal(act({ authorization: encodeURI(authorization).replaceAll("%20", " ") }), 401, authorization);
  }
  assert.equal(act({}), 401);
  const refused = check({ host: "localhost" }, { method: "POST" });
  assert.equal(refused?.headers.get("www-authenticate"), "Bearer");
  assert.ok(!(await refused?.text())?.includes(TOKEN));
});

Deno.test("the guard asks for the token whatever is not merely reading", () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]) {
    assert.equal(act({}, method), 401, method);
    assert.equal(act(AUTHORIZED, method), null, method);
  }
});

for (
  const [what, headers, status] of [
    ["a program, which names neither", {}, null],
    ["our own page", { "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:7433" }, null],
    ["a person at the address bar", { "sec-fetch-site": "none" }, null],
    ["a page of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }, 403],
    ["a page of another port", { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:80" }, 403],
    ["a page that hides its origin", { "sec-fetch-site": "cross-site", origin: "null" }, 403],
    ["an old browser on our own page", { origin: "http://127.0.0.1:7433" }, null],
    ["an old browser on another site", { origin: "https://evil.example" }, 403],
    ["an old browser on another port", { origin: "http://127.0.0.1:7434" }, 403],
    ["an old browser that hides its origin", { origin: "null" }, 403],
    ["nonsense in sec-fetch-site", { "sec-fetch-site": "sure" }, 403],
  ] as const
) {
  Deno.test(`the guard ${status === null ? "lets act" : "does not let act"}: ${what}`, () => {
    assert.equal(act({ ...AUTHORIZED, ...headers }), status);
  });
}

Deno.test("the guard takes JSON for a body, and nothing that a form of another site can send", () => {
  const codeOf = (type: string | null) => {
    const headers = { host: "localhost", ...AUTHORIZED, ...(type === null ? {} : { "content-type": type }) };
    const request = new Request("http://localhost/x", {
      method: "POST",
      headers,
      body: new Uint8Array([123]),
    });
    const admitted = admit(request, { access: "act", entrance: "tcp", token: TOKEN });
    return admitted instanceof Response ? admitted.status : null;
  };
  for (
    const type of ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
  ) {
    assert.equal(codeOf(type), null, type);
  }
  for (
    const type of [
      null,
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=a",
      "text/plain; application/json",
      "application/json, text/plain",
      "application/json; charset=utf-7",
      "application/jsonp",
    ]
  ) assert.equal(codeOf(type), 415, String(type));
});

Deno.test("the guard shows what is private to no page of another site, even where it has the token", () => {
  for (
    const headers of [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, {
      origin: "https://evil.example",
    }, { "sec-fetch-site": "same-origin", origin: "https://evil.example" }] as readonly Record<
      string,
      string
    >[]
  ) {
    const request = new Request("http://localhost/x", {
      headers: { host: "localhost", ...AUTHORIZED, ...headers },
    });
    for (const entrance of ["tcp", "socket"] as const) {
      const admitted = admit(request, { access: "private", entrance, token: TOKEN });
      assert.ok(admitted instanceof Response && admitted.status === 403);
    }
  }
});

Deno.test("the guard lets a page of another site read: it cannot see the answer", () => {
  assert.equal(
    check({ host: "localhost", "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
    null,
  );
});
