import assert from "node:assert/strict";
import fc from "fast-check";
import {
  authCommand,
  callCommand,
  classCommand,
  constructorCommand,
  decodeReply,
  deleteCommand,
  exceptionCommand,
  fieldCommand,
  lookUpCommand,
  type Reply,
  staticMemberCommand,
} from "../../src/gateway/py4j_codec.ts";
import { Py4jProtocolError } from "../../src/gateway/py4j_error.ts";
import type { JavaReference, JavaValue } from "../../src/gateway/py4j_value.ts";

const object = (id: string): JavaReference => ({ id, shape: "object" });
const value = (value: JavaValue): Reply => ({ kind: "value", value });

/** As captured from py4j 0.10.9.9: what is built, what is sent, what comes back, what it means. */
const EXCHANGES: readonly (readonly [string, string, string, Reply])[] = [
  [authCommand("sekret"), "A\nsekret\n", "!yv", value(null)],
  [
    callCommand("java.lang.System", "currentTimeMillis", []),
    "c\nz:java.lang.System\ncurrentTimeMillis\ne\n",
    "!yL1795160416294",
    value(1795160416294n),
  ],
  [
    callCommand("java.lang.Runtime", "getRuntime", []),
    "c\nz:java.lang.Runtime\ngetRuntime\ne\n",
    "!yro0",
    value(object("o0")),
  ],
  [
    callCommand(object("o0"), "totalMemory", []),
    "c\no0\ntotalMemory\ne\n",
    "!yL406847488",
    value(406847488n),
  ],
  [callCommand(object("o0"), "availableProcessors", []), "c\no0\navailableProcessors\ne\n", "!yi2", value(2)],
  [deleteCommand(object("o2")), "m\nd\no2\ne\n", "!yv", value(null)],
  [
    callCommand(object("o0"), "totalMemory", []),
    "c\no0\ntotalMemory\ne\n",
    "!xspy4j.Py4JException: Target Object ID does not exist for this gateway :o0\\n\tat x\\n",
    {
      kind: "error",
      trace: "py4j.Py4JException: Target Object ID does not exist for this gateway :o0\n\tat x\n",
    },
  ],
  [
    callCommand("java.lang.management.ManagementFactory", "getGarbageCollectorMXBeans", []),
    "c\nz:java.lang.management.ManagementFactory\ngetGarbageCollectorMXBeans\ne\n",
    "!ylo16",
    value({ id: "o16", shape: "list" }),
  ],
  [callCommand(object("o16"), "get", [0]), "c\no16\nget\ni0\ne\n", "!yro17", value(object("o17"))],
  [
    callCommand(object("o17"), "getName", []),
    "c\no17\ngetName\ne\n",
    "!ysG1 Young Generation",
    value("G1 Young Generation"),
  ],
  [
    lookUpCommand("ArrayList"),
    "r\nu\nArrayList\nrj\ne\n",
    "!ycjava.util.ArrayList",
    { kind: "class", name: "java.util.ArrayList" },
  ],
  [lookUpCommand("java"), "r\nu\njava\nrj\ne\n", "!yp", { kind: "package" }],
  [
    staticMemberCommand("java.lang.Integer", "MAX_VALUE"),
    "r\nm\njava.lang.Integer\nMAX_VALUE\ne\n",
    "!yi2147483647",
    value(2147483647),
  ],
  [
    constructorCommand("java.util.ArrayList", []),
    "i\njava.util.ArrayList\ne\n",
    "!ylo4",
    value({ id: "o4", shape: "list" }),
  ],
  [callCommand(object("o4"), "add", ["a\nb\\c"]), "c\no4\nadd\nsa\\nb\\\\c\ne\n", "!ybtrue", value(true)],
  [callCommand(object("o4"), "get", [0]), "c\no4\nget\ni0\ne\n", "!ysa\\nb\\\\c", value("a\nb\\c")],
  [
    callCommand(object("o4"), "get", [9]),
    "c\no4\nget\ni9\ne\n",
    "!xro5",
    { kind: "thrown", throwable: object("o5") },
  ],
  [
    exceptionCommand(object("o5")),
    "p\nro5\ne\n",
    "!ysjava.lang.IndexOutOfBoundsException: …\\n",
    value("java.lang.IndexOutOfBoundsException: …\n"),
  ],
  [
    callCommand("java.lang.System", "getProperty", ["java.version"]),
    "c\nz:java.lang.System\ngetProperty\nsjava.version\ne\n",
    "!yn",
    value(null),
  ],
  [
    callCommand({ id: "GATEWAY_SERVER", shape: "object" }, "getListeningPort", []),
    "c\nGATEWAY_SERVER\ngetListeningPort\ne\n",
    "!yi46849",
    value(46849),
  ],
  [classCommand("java.lang.String"), "r\nc\njava.lang.String\ne\n", "!yro6", value(object("o6"))],
  [fieldCommand(object("o6"), "x"), "f\ng\no6\nx\ne\n", "!yo", { kind: "no-member" }],
  [staticMemberCommand("java.lang.Math", "max"), "r\nm\njava.lang.Math\nmax\ne\n", "!ym", { kind: "method" }],
  [staticMemberCommand("java.util.Map", "Entry"), "r\nm\njava.util.Map\nEntry\ne\n", "!yc", {
    kind: "class",
    name: "",
  }],
  [staticMemberCommand("java.util.Map", "x"), "r\nm\njava.util.Map\nx\ne\n", "!x", {
    kind: "error",
    trace: "",
  }],
];

Deno.test("commands are built and replies understood as captured, byte by byte", () => {
  for (const [built, sent, line, reply] of EXCHANGES) {
    assert.equal(built, sent);
    assert.deepEqual(decodeReply(line), reply);
  }
});

Deno.test("decodeReply() tells the last line of a connection from an error", () => {
  assert.deepEqual(decodeReply("!zspy4j.Py4JException: Unknown\\n"), {
    kind: "fatal",
    trace: "py4j.Py4JException: Unknown\n",
  });
  assert.deepEqual(decodeReply("!z"), { kind: "fatal", trace: "" });
});

Deno.test("decodeReply() refuses what no gateway answers", () => {
  const lines = [
    "",
    "!",
    "y",
    "yv",
    "!y",
    "!q",
    "!yvv",
    "!ypp",
    "!ymx",
    "!yox",
    "!xn",
    "!xr",
    "!xlo1",
    "!xrx",
    "!zi1",
  ];
  for (const line of [...lines, "HTTP/1.1 400 Bad Request"]) {
    assert.throws(() => decodeReply(line), Py4jProtocolError, line);
  }
  for (const line of ["c", "g"]) {
    assert.throws(() => decodeReply(line), { name: "Py4jProtocolError", message: /calls back/ });
  }
});

Deno.test("decodeReply() never throws but a protocol error, whatever becomes of a line", () => {
  const damaged = fc.tuple(fc.constantFrom(...EXCHANGES.map(([, , line]) => line)), fc.nat(), fc.string())
    .map(([line, at, noise]) => line.slice(0, at % (line.length + 1)) + noise);
  const random = fc.tuple(fc.constantFrom("", "!", "!y", "!x", "!z"), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.oneof(damaged, random.map((parts) => parts.join(""))), (line) => {
      try {
        decodeReply(line);
      } catch (error) {
        assert.ok(error instanceof Py4jProtocolError);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("commands refuse names that would not arrive as one line", () => {
  const bad = "a\nm\nd\no1\ne";
  const commands: readonly (() => string)[] = [
    () => callCommand(bad, "m", []),
    () => callCommand("", "m", []),
    () => callCommand(object(bad), "m", []),
    () => callCommand("C", bad, []),
    () => callCommand("C", "m", [object(bad)]),
    () => constructorCommand(bad, []),
    () => fieldCommand(object(bad), "f"),
    () => fieldCommand(object("o1"), bad),
    () => lookUpCommand(bad),
    () => staticMemberCommand(bad, "m"),
    () => staticMemberCommand("C", bad),
    () => classCommand(bad),
    () => exceptionCommand(object(bad)),
  ];
  for (const command of commands) assert.throws(command, TypeError);
});

Deno.test("deleteCommand() refuses the gateway's own objects, which py4j would delete", () => {
  for (const id of ["t", "j", "GATEWAY_SERVER", "o", "o1\n", "z:java.lang.System"]) {
    assert.throws(() => deleteCommand(object(id)), TypeError);
  }
});

Deno.test("authCommand() escapes the secret, and refuses one of several lines without naming it", () => {
  assert.equal(authCommand("back\\slash"), "A\nback\\\\slash\n");
  assert.throws(() => authCommand(""), TypeError);
  assert.throws(() => authCommand("sekret\nc"), (error) => !Deno.inspect(error).includes("sekret"));
});
