/**
 * What is asked of which path, and who may ask? Every resource is a list of routes; finding one is the same for all.
 * @module
 */

import { problem } from "./problem.ts";

/**
 * Who may use a route: `open` is everybody who reaches the listener; `private`
 * reads what holds the user's data and needs the token or the socket in the runtime folder; so does `act`, which
 * changes something.
 */
export type Access = "open" | "private" | "act";

/** Who asks: somebody who has shown the token, or has come by the socket that only this user may open; or anybody. */
export type Caller = "owner" | "anybody";

/** A request whose path has a route, and that has passed the guard. */
export interface RoutedRequest {
  readonly request: Request;
  readonly url: URL;
  /** What stands in the places of the path that are named in braces, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly caller: Caller;
  /** Aborted when the listener is about to be closed: a stream ends itself then. */
  readonly closing: AbortSignal;
}

/** One path and what answers to one method. A route of GET answers HEAD too: the body is left out by the listener. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Such as `/v1/incidents/{id}`; a name in braces stands for one whole segment that is not empty. */
  readonly path: string;
  readonly access: Access;
  readonly answer: (request: RoutedRequest) => Response | Promise<Response>;
}

/** The route of a request, or the answer to one that has none: 404, or 405 with the methods that there are. */
export function findRoute(
  routes: readonly Route[],
  { method, pathname }: { readonly method: string; readonly pathname: string },
): { readonly route: Route; readonly parameters: Readonly<Record<string, string>> } | Response {
  const wanted = method === "HEAD" ? "GET" : method;
  const here = routes.flatMap((route) => {
    const parameters = parametersOf(route.path, pathname);
    return parameters === null ? [] : [{ route, parameters }];
  });
  const found = here.find(({ route }) => route.method === wanted);
  if (found !== undefined) return found;
  if (here.length === 0) return problem(404, `There is nothing at ${pathname}.`);
  const methods = here.map(({ route }) => route.method === "GET" ? "GET, HEAD" : route.method);
  return problem(405, `${method} is not understood at ${pathname}.`, { allow: methods.join(", ") });
}

/** `null` when the path is another one, or is badly encoded. */
function parametersOf(pattern: string, pathname: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split("/");
  const given = pathname.split("/");
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== text) return null;
      continue;
    }
    const value = decoded(text);
    if (value === null || value === "") return null;
    parameters[name] = value;
  }
  return parameters;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
