/**
 * What is said in the Py4J protocol: the commands a client sends, as text ready for the socket, and the replies a
 * gateway can give. Formats: `py4j/commands/*.java`, the same from py4j 0.10.9.3 to 0.10.9.9.
 * @module
 */

import { Py4jProtocolError } from "./py4j_error.ts";
import {
  checkedName,
  decodeValue,
  encodeValue,
  escape,
  isObjectId,
  isReference,
  type JavaArgument,
  type JavaReference,
  type JavaValue,
  unescape,
} from "./py4j_value.ts";

/** One reply line, understood. */
export type Reply =
  /** The call returned; a `void` method returns null. */
  | { readonly kind: "value"; readonly value: JavaValue }
  /** The name is a class; its full name, or "" when the gateway only says that a member is a class. */
  | { readonly kind: "class"; readonly name: string }
  /** The name is no class the JVM knows. */
  | { readonly kind: "package" }
  /** The member is a static method. */
  | { readonly kind: "method" }
  /** The object has no such field. */
  | { readonly kind: "no-member" }
  /** The called code threw; the exception is one more object to release. */
  | { readonly kind: "thrown"; readonly throwable: JavaReference }
  /** Py4J could not do it: a stack trace, or "" when it gives no reason. The connection lives on. */
  | { readonly kind: "error"; readonly trace: string }
  /** Py4J did not understand the command; it closes the connection after this line. */
  | { readonly kind: "fatal"; readonly trace: string };

/** What a method is called on: an object, or, for a static method, a class by its full name. */
export type Target = JavaReference | string;

/**
 * Presents the secret. The only command without an end mark: py4j would read one as the next command.
 * @throws {TypeError} When the secret is not one line; the message does not hold it.
 */
export function authCommand(secret: string): string {
  if (secret === "" || /[\r\n]/.test(secret)) {
    throw new TypeError("Could not send the secret: it is not one line");
  }
  // Java compares with the escaped secret: `GatewayServer` and `ClientServer` keep it so.
  return `A\n${escape(secret)}\n`;
}

/** Calls a method. @throws {TypeError} When a name or an argument cannot be sent. */
export function callCommand(target: Target, method: string, args: readonly JavaArgument[]): string {
  const id = typeof target === "string" ? `z:${checkedName(target)}` : target.id;
  return command(["c", checkedName(id), checkedName(method)], args);
}

/** Makes an object. @throws {TypeError} When the name or an argument cannot be sent. */
export function constructorCommand(className: string, args: readonly JavaArgument[]): string {
  return command(["i", checkedName(className)], args);
}

/** Reads a field of an object. @throws {TypeError} When the name cannot be sent. */
export function fieldCommand(object: JavaReference, field: string): string {
  return command(["f", "g", checkedName(object.id), checkedName(field)]);
}

/** Asks whether a name is a class. @throws {TypeError} When the name cannot be sent. */
export function lookUpCommand(name: string): string {
  // `rj`: the name is looked up with the imports all clients share, which are those of `java.lang` at first.
  return command(["r", "u", checkedName(name), "rj"]);
}

/** Reads a static field, or tells what else the member is. @throws {TypeError} When a name cannot be sent. */
export function staticMemberCommand(className: string, member: string): string {
  return command(["r", "m", checkedName(className), checkedName(member)]);
}

/** Asks for the `java.lang.Class` object of a class. @throws {TypeError} When the name cannot be sent. */
export function classCommand(className: string): string {
  return command(["r", "c", checkedName(className)]);
}

/**
 * Lets go of an object.
 * @throws {TypeError} When the id is not that of an object a call made: py4j means to protect its own objects
 * (`t`, `j`, `GATEWAY_SERVER`) but compares their ids by identity, and deletes them (`MemoryCommand.java`).
 */
export function deleteCommand(object: JavaReference): string {
  if (!isObjectId(object.id)) {
    throw new TypeError(`Could not release ${JSON.stringify(object.id)}: no call made it`);
  }
  return command(["m", "d", object.id]);
}

/** Asks for the stack trace of an exception. @throws {TypeError} When the id cannot be sent. */
export function exceptionCommand(throwable: JavaReference): string {
  return command(["p", encodeValue(throwable)]);
}

function command(lines: readonly string[], args: readonly JavaArgument[] = []): string {
  return [...lines, ...args.map(encodeValue), "e", ""].join("\n");
}

/**
 * Understands a reply line, given without its line end.
 * @throws {Py4jProtocolError} When no gateway answers so, and nothing else.
 */
export function decodeReply(line: string): Reply {
  const body = line.slice(2);
  switch (line.slice(0, 2)) {
    case "!y":
      return decodeSuccess(body);
    case "!x":
      return body.startsWith("r") ? decodeThrown(body) : { kind: "error", trace: decodeTrace(body) };
    case "!z":
      return { kind: "fatal", trace: decodeTrace(body) };
    case "c":
    case "g":
      // The first line of a call to a proxy, or of its release; lines of a gateway that a client lent one.
      throw new Py4jProtocolError("The gateway calls back, though nothing was lent to it");
    default:
      // Quoted no further: it may be the echo of a secret.
      throw new Py4jProtocolError(`A line that begins with ${JSON.stringify(line.charAt(0))} is no reply`);
  }
}

function decodeSuccess(body: string): Reply {
  switch (body) {
    case "v":
      return { kind: "value", value: null };
    case "p":
      return { kind: "package" };
    case "m":
      return { kind: "method" };
    case "o":
      return { kind: "no-member" };
    default:
      if (body.startsWith("c")) return { kind: "class", name: body.slice(1) };
      return { kind: "value", value: decodeValue(body) };
  }
}

function decodeThrown(body: string): Reply {
  const throwable = decodeValue(body);
  if (!isReference(throwable)) throw new Py4jProtocolError("What was thrown is no reference");
  return { kind: "thrown", throwable };
}

function decodeTrace(body: string): string {
  if (body !== "" && !body.startsWith("s")) throw new Py4jProtocolError("An error comes without text");
  return unescape(body.slice(1));
}
