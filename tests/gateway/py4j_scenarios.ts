/**
 * What a gateway does, byte by byte, most of it as captured from py4j 0.10.9.9: run against the fake and against
 * real PySpark, so that the fake cannot drift from what it stands for.
 * @module
 */

import assert from "node:assert/strict";
import { RawConnection } from "../fakes/raw_connection.ts";

/** Where a gateway listens. */
export interface Gateway {
  readonly port: number;
  readonly secret: string;
}

/** One thing a gateway does. */
export interface Scenario {
  readonly name: string;
  readonly run: (gateway: Gateway) => Promise<void>;
}

const TIME = "c\nz:java.lang.System\ncurrentTimeMillis\ne\n";

/** What is said, and answered. */
export const rawScenarios: readonly Scenario[] = [
  {
    name: "accepts the secret, again too, and refuses another one by closing",
    run: withRaw(async (raw, { secret }) => {
      assert.equal(await raw.ask(`A\n${secret}\n`), "!yv");
      assert.equal(await raw.ask(`A\n${secret}\n`), "!yv");
      assert.match(await raw.ask(TIME) ?? "", /^!yL\d{13}$/);
      assert.equal(await raw.ask("A\nwrong\n"), "!xsAuthentication error: bad auth token received.");
      assert.equal(await raw.line(), null);
    }),
  },
  {
    name: "refuses a wrong secret by closing",
    run: withRaw(async (raw) => {
      assert.equal(await raw.ask("A\nwrong\n"), "!xsAuthentication error: bad auth token received.");
      assert.equal(await raw.line(), null);
    }),
  },
  {
    name: "refuses a command before the secret by closing",
    run: withRaw(async (raw) => {
      assert.equal(await raw.ask(TIME), "!xsAuthentication error: unexpected command.");
      assert.equal(await raw.line(), null);
    }),
  },
  {
    name: "does not know an unknown word before the secret, and closes",
    run: withRaw(async (raw) => {
      assert.match(
        await raw.ask("GET / HTTP/1.1\r\n\r\n") ?? "",
        /^!zspy4j\.Py4JException: Unknown command received: GET \/ HTTP\/1\.1\\n\tat /,
      );
      assert.equal(await raw.line(), null);
    }),
  },
  {
    name: "takes an end mark after the secret for a command",
    run: withRaw(async (raw, { secret }) => {
      assert.equal(await raw.ask(`A\n${secret}\ne\n`), "!yv");
      assert.match(await raw.line() ?? "", /^!zspy4j\.Py4JException: Unknown command received: e\\n/);
      assert.equal(await raw.line(), null);
    }),
  },
  {
    name: "ends lines at any of the three line ends",
    run: withRaw(async (raw, { secret }) => {
      assert.equal(await raw.ask(`A\r\n${secret}\r\n`), "!yv");
      assert.match(await raw.ask("c\rz:java.lang.System\r\ncurrentTimeMillis\re\r") ?? "", /^!yL/);
    }),
  },
  {
    name: "answers a command that comes in pieces, and two that come at once",
    run: withRaw(async (raw, { secret }) => {
      await raw.send("A");
      await raw.send(`\n${secret.slice(0, 3)}`);
      assert.equal(await raw.ask(`${secret.slice(3)}\n`), "!yv");
      assert.match(await raw.ask(TIME + TIME) ?? "", /^!yL/);
      assert.match(await raw.line() ?? "", /^!yL/);
    }),
  },
  {
    name: "answers the captured exchanges as captured",
    run: withRaw(async (raw, { secret }) => {
      await raw.ask(`A\n${secret}\n`);
      const list = idIn(await raw.ask("i\njava.util.ArrayList\ne\n"), /^!yl(o\d+)$/);
      assert.equal(await raw.ask(`c\n${list}\nadd\nsa\\nb\\\\c\ne\n`), "!ybtrue");
      assert.equal(await raw.ask(`c\n${list}\nget\ni0\ne\n`), "!ysa\\nb\\\\c");
      const thrown = idIn(await raw.ask(`c\n${list}\nget\ni9\ne\n`), /^!xr(o\d+)$/);
      assert.match(
        await raw.ask(`p\nr${thrown}\ne\n`) ?? "",
        /^!ysjava\.lang\.IndexOutOfBoundsException: .*\\n\tat /,
      );
      assert.equal(await raw.ask(`m\nd\n${thrown}\ne\n`), "!yv");
      assert.equal(await raw.ask(`m\nd\n${thrown}\ne\n`), "!yv");
      assert.equal(await raw.ask(`m\nd\n${list}\ne\n`), "!yv");
      assert.match(
        await raw.ask(`c\n${list}\nsize\ne\n`) ?? "",
        new RegExp(
          `^!xspy4j\\.Py4JException: Target Object ID does not exist for this gateway :${list}\\\\n\tat `,
        ),
      );
      assert.equal(await raw.ask("r\nu\njava.util.ArrayList\nrj\ne\n"), "!ycjava.util.ArrayList");
      assert.equal(await raw.ask("r\nu\njava\nrj\ne\n"), "!yp");
      assert.equal(await raw.ask("r\nm\njava.lang.Integer\nMAX_VALUE\ne\n"), "!yi2147483647");
      assert.equal(await raw.ask("r\nm\njava.lang.Integer\nparseInt\ne\n"), "!ym");
      assert.equal(await raw.ask("r\nm\njava.lang.Integer\nNOPE\ne\n"), "!x");
      assert.equal(await raw.ask("c\nz:java.lang.System\ngetProperty\nsno.such\ne\n"), "!yn");
    }),
  },
];

function withRaw(body: (raw: RawConnection, gateway: Gateway) => Promise<void>): Scenario["run"] {
  return async (gateway) => {
    using raw = await RawConnection.open(gateway.port);
    await body(raw, gateway);
  };
}

function idIn(reply: string | null, pattern: RegExp): string {
  const id = pattern.exec(reply ?? "")?.[1];
  assert.ok(id !== undefined, `${reply} does not match ${pattern}`);
  return id;
}
