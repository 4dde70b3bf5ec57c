import assert from "node:assert/strict";
import fc from "fast-check";
import { redact, redactJson } from "../../src/incident/redaction/redact.ts";
import { HARMLESS, PLANTED, SECRET, SHAPED } from "./redaction_samples.ts";

const MARK = "<redacted>";

function fixture(name: string): string {
  return Deno.readTextFileSync(new URL(`../fixtures/redaction/${name}`, import.meta.url));
}

function changedLines(text: string): readonly string[] {
  const before = text.split("\n");
  const after = redact(text).text.split("\n");
  assert.equal(after.length, before.length);
  return after.filter((line, at) => line !== before[at]);
}

for (const planted of PLANTED) {
  Deno.test(`redact() takes the secret, and it alone, from ${JSON.stringify(planted)}`, () => {
    // Bearer's and a URL's are told by their form, which has a digit or a colon.
    const secret = /:\/\/§|thin:§/.test(planted)
      ? planted.includes("oracle") ? `me/${SECRET}` : `me:${SECRET}`
      : SECRET;
    const redacted = redact(planted.replace("§", secret));
    assert.equal(redacted.text, planted.replace("§", MARK));
    assert.equal(redacted.count, 1);
  });
}

Deno.test("redact() knows secrets by their look", () => {
  for (const secret of SHAPED) {
    const text = `WARN Client: refused for ${secret}, trying again`;
    assert.deepEqual(redact(text), { text: text.replace(secret, MARK), count: 1 }, secret);
  }
});

Deno.test("redact() leaves what only looks like a secret", () => {
  for (const text of HARMLESS) assert.deepEqual(redact(text), { text, count: 0 }, text);
});

Deno.test("redact() takes a quoted or property value whole, spaces and all", () => {
  for (const text of ['"password": "a b § c"', "my.password=a b § c", 'x "--conf" "p.secret=a b § c" y']) {
    const redacted = redact(text.replace("§", SECRET)).text;
    assert.equal(redacted, text.replace("a b § c", MARK));
  }
  assert.equal(redact(`x password={noop}${SECRET} y`).text, `x password=${MARK} y`);
  assert.equal(redact(`x password=it's${SECRET} y`).text, `x password=${MARK} y`);
  assert.equal(redact(`{"tokens": ["${SECRET}", "b"], "n": 1}`).text, `{"tokens": [${MARK}], "n": 1}`);
});

Deno.test("redact() takes a private key whole, also one whose end is missing", () => {
  const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n${SECRET}=\n`;
  const whole = `before\n${key}-----END RSA PRIVATE KEY-----\nafter 1.`;
  assert.deepEqual(redact(whole), { text: `before\n${MARK}\nafter 1.`, count: 1 });
  assert.deepEqual(redact(`${key}\n\tat a.B.c(D.java:1)`), {
    text: `${MARK}\n\n\tat a.B.c(D.java:1)`,
    count: 1,
  });
  const line = `"pem": "-----BEGIN PRIVATE KEY-----\\n${SECRET}\\n-----END PRIVATE KEY-----"`;
  assert.equal(redact(line).text, `"pem": "${MARK}"`);
});

Deno.test("redact() takes the word behind a secret's flag, where a command has a word a line", () => {
  const text = `java\n--password\n${SECRET}\n--token\n--verbose\nx`;
  assert.equal(redact(text).text, `java\n--password\n${MARK}\n--token\n--verbose\nx`);
});

Deno.test("redact() takes what the caller knows to be secret, wherever it stands", () => {
  const text = `auth ok for ${SECRET}!\n(${SECRET}${SECRET}) long-${SECRET}`;
  const { text: redacted, count } = redact(text, [SECRET, `long-${SECRET}`, "", "ok", "redacted"]);
  assert.equal(redacted, `auth ok for ${MARK}!\n(${MARK}${MARK}) ${MARK}`);
  assert.equal(count, 4);
});

Deno.test("redact() keeps of an environment only what is allowed by name", () => {
  const environment = [
    ...[
      "PATH=/bin",
      "HOME=/root",
      "LANG=C",
      "JAVA_HOME=/j",
      "SPARK_HOME=/s",
      "TZ=UTC",
      "TERM=x",
      "SHELL=/bin/sh",
    ],
    ...[
      "DISPLAY=:0",
      "LD_LIBRARY_PATH=/l",
      "HADOOP_CONF_DIR=/h",
      "SPARK_CONF_DIR=/c",
      "JAVA_TOOL_OPTIONS=-Xss1m",
    ],
  ];
  const hidden = ["COMPANY", "MY_DSN", "SPARK_AUTH_TOKEN", "HADOOP_PASSWORD", "_", "lower"];
  const text = [...environment, ...hidden.map((name) => `${name}=${SECRET} 1`)].join("\n");
  for (
    const listed of [text, `Environment Variables:\n${text}\n\nSignal Handlers:`, `x\n\n${text}\n\nFOO=bar`]
  ) {
    const { text: redacted, count } = redact(listed);
    assert.equal(redacted, listed.replaceAll(`${SECRET} 1`, MARK));
    assert.equal(count, hidden.length);
  }
  const options = `PATH=/bin\nJAVA_TOOL_OPTIONS=-Xmx1g -Djavax.net.ssl.keyStorePassword=${SECRET} -Da=b`;
  assert.equal(redact(options).text, options.replace(SECRET, MARK));
});

Deno.test("redact() leaves real error reports and logs as they are, but for a variable", () => {
  assert.deepEqual(changedLines(fixture("hs_err_17.log")), [`USERNAME=${MARK}`]);
  assert.deepEqual(changedLines(fixture("hs_err_8.log")), []);
  assert.deepEqual(changedLines(fixture("spark_stack.log")), []);
});

Deno.test("redact() finds what is planted in a real error report", () => {
  const report = fixture("hs_err_17.log")
    .replace("Command Line: TestCrash", `Command Line: -Dspark.x.password=${SECRET}1 -Xmx8g TestCrash`)
    .replace("java_command: TestCrash", `java_command: TestCrash --token ${SECRET}2 --jars a.jar`)
    .replace("USERNAME=user", `USERNAME=user\nPYSPARK_GATEWAY_SECRET=${SECRET}3\nDATABASE=${SECRET}4`);
  const { text, count } = redact(report);
  assert.ok(!text.includes(SECRET));
  assert.equal(count, 5);
  assert.match(text, /^Command Line: -Dspark\.x\.password=<redacted> -Xmx8g TestCrash$/m);
  assert.match(text, /^java_command: TestCrash --token <redacted> --jars a\.jar$/m);
});

/** Texts made of what redaction looks for, in any order. */
const PIECES = fc.array(
  fc.oneof(
    fc.constantFrom(...PLANTED.map((text) => text.replace("§", SECRET)), ...SHAPED, ...HARMLESS, MARK),
    fc.constantFrom(
      "\n",
      " ",
      "=",
      ":",
      '"',
      "'",
      "\\",
      ",",
      "{",
      "}",
      "[",
      "]",
      "(",
      "<",
      ">",
      "&",
      "?",
      ";",
      "--",
    ),
    fc.constantFrom(
      "password",
      "key",
      "token",
      "PATH=/x",
      "Bearer",
      "-----BEGIN PRIVATE KEY-----",
      "://",
      "@",
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 12 },
).map((pieces) => pieces.join(""));

Deno.test("redact() done twice changes nothing", () => {
  fc.assert(
    fc.property(PIECES, (text) => {
      const once = redact(text, [SECRET]);
      assert.deepEqual(redact(once.text, [SECRET]), { text: once.text, count: 0 });
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("redact() lets no known secret through, whatever stands around it", () => {
  fc.assert(fc.property(PIECES, PIECES, fc.stringMatching(/^[a-f0-9]{64}$/), (before, after, secret) => {
    assert.ok(!redact(`${before}${secret}${after}`, [secret]).text.includes(secret));
  }));
});

Deno.test("redact() counts what it replaces, and replaces nothing it does not count", () => {
  fc.assert(fc.property(PIECES, (text) => {
    const redacted = redact(text);
    assert.equal(redacted.count === 0, redacted.text === text);
  }));
});

Deno.test("redact() comes to an end with a lot of what is hardest to read", () => {
  // With time that grows as the square of the length, each of these would take minutes or hours.
  const hard = [
    "a",
    "key",
    "key=",
    "key ",
    'password="',
    "://",
    "a:b",
    "-eyJaaaaaaaa",
    "Bearer ",
    ";token={",
    "?token=a&",
  ];
  const more = [
    "<name>",
    "<a>b",
    "https://aaaa",
    "token=[",
    "A/",
    '"key":"',
    "(a.token,",
    "--token ",
    "x \t",
    "aB",
    "\n",
  ];
  for (const piece of [...hard, ...more]) {
    const text = piece.repeat(2 ** 18 / piece.length);
    for (const each of [text, `x password=${text}`, `Bearer ${text}`, `eyJ${text}`]) {
      assert.equal(typeof redact(each).text, "string");
    }
  }
  const log = fixture("spark_stack.log").repeat(2_000);
  assert.ok(log.length > 1e7);
  assert.equal(redact(log).count, 0);
});

Deno.test("redactJson() goes by texts, by names, and by flags in lists, and leaves the rest", () => {
  const value = {
    verdict: { class: "heap-oom", evidence: [{ line: 3, text: `login with password=${SECRET}` }] },
    facts: {
      argv: ["java", "-Xmx1g", "--token", SECRET, "--name", "n", `-Da.secret=${SECRET}`],
      gatewaySecret: SECRET,
      key: "group 7",
      env: { MY_TOKEN: SECRET, LANG: "C" },
      plain: `my ${SECRET}`,
      ...{ no: null, yes: true, count: 7 },
    },
  };
  const { value: redacted, count } = redactJson(value, []);
  assert.deepEqual(redacted, {
    verdict: { class: "heap-oom", evidence: [{ line: 3, text: `login with password=${MARK}` }] },
    facts: {
      argv: ["java", "-Xmx1g", "--token", MARK, "--name", "n", `-Da.secret=${MARK}`],
      gatewaySecret: MARK,
      key: "group 7",
      env: { MY_TOKEN: MARK, LANG: "C" },
      plain: `my ${SECRET}`,
      ...{ no: null, yes: true, count: 7 },
    },
  });
  assert.equal(count, 5);
  assert.ok(!JSON.stringify(redactJson(value, [SECRET])).includes(SECRET));
  assert.deepEqual(redactJson(redacted), { value: redacted, count: 0 });
});
