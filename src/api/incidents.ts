/**
 * Which deaths are kept, and what is left of each? Everybody may read the verdicts, as the status tells the last one;
 * what a gateway wrote and had in memory is its user's alone.
 * @module
 */

import type { OpenFile } from "../ports.ts";
import { attachment, fileAnswer } from "./file_answer.ts";
import { problem } from "./problem.ts";
import type { Route, RoutedRequest } from "./route.ts";

/** Where incidents are kept; `last` stands for the newest one, except when one is removed. */
export interface Incidents {
  /** All in short and without secrets, newest first. */
  list(): Promise<readonly unknown[]>;
  /** A manifest without secrets; each of these answers `null` when there is none of that name. */
  document(id: string): Promise<unknown>;
  file(id: string, name: string): Promise<OpenFile | null>;
  bundle(id: string): Promise<{ readonly id: string; readonly bytes: Uint8Array } | null>;
  /** @returns Whether there was one. */
  remove(id: string): Promise<boolean>;
}

/** The routes of incidents. */
export function incidentRoutes(incidents: Incidents): readonly Route[] {
  const one = "/v1/incidents/{id}";
  return [
    {
      ...{ method: "GET", path: "/v1/incidents", access: "open" },
      answer: async () => Response.json({ incidents: await incidents.list() }),
    },
    {
      ...{ method: "GET", path: one, access: "private" },
      answer: async (request) => {
        const document = await incidents.document(idOf(request));
        return document === null ? unknown(request) : Response.json(document);
      },
    },
    {
      ...{ method: "GET", path: `${one}/artifacts/{name}`, access: "private" },
      answer: (request) => artifact(request, incidents),
    },
    {
      ...{ method: "GET", path: `${one}/bundle`, access: "private" },
      answer: async (request) => {
        const made = await incidents.bundle(idOf(request));
        if (made === null) return unknown(request);
        const headers = { ...attachment(`rekindle-${made.id}.tar.gz`) };
        return new Response(new Uint8Array(made.bytes), { headers });
      },
    },
    {
      ...{ method: "DELETE", path: one, access: "act" },
      answer: async (request) =>
        await incidents.remove(idOf(request)) ? new Response(null, { status: 204 }) : unknown(request),
    },
  ];
}

async function artifact(request: RoutedRequest, incidents: Incidents): Promise<Response> {
  const { name = "" } = request.parameters;
  const file = await incidents.file(idOf(request), name);
  if (file !== null) return await fileAnswer(request.request, { file, name });
  return problem(404, "There is no such file of an incident; the incident's artifacts say what was kept.");
}

function idOf({ parameters }: RoutedRequest): string {
  return parameters.id ?? "";
}

function unknown(request: RoutedRequest): Response {
  return problem(
    404,
    `There is no incident ${JSON.stringify(idOf(request))}; /v1/incidents lists those that are kept.`,
  );
}
