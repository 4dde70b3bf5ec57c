/**
 * What does the manifest of the documentation tell Kubernetes of its pod? As much of its YAML as tests need: what stands in one line.
 * @module
 */

const MANIFEST = new URL("../docs/kubernetes/job.yaml", import.meta.url);

/** A container of the pod. */
export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly: boolean }[];
  readonly rootIsReadOnly: boolean;
}

/** The containers, in the order in which they are started, and the user they run as. */
export async function readPod(): Promise<
  { readonly user: number; readonly containers: readonly Container[] }
> {
  const text = await Deno.readTextFile(MANIFEST);
  const user = Number(/^ +runAsUser: (\d+)$/m.exec(text)?.[1]);
  const [, ...sections] = text.replace(/^ +volumes:$[^]*/m, "").split(/^(?= {8}- name: \w+$)/m);
  return {
    user,
    containers: sections.map((section) => ({
      name: /- name: (\w+)/.exec(section)?.[1] ?? "",
      args: (/^ +args: \[(.+)\]$/m.exec(section)?.[1] ?? "").split(",")
        .map((word) => word.trim().replace(/^"(.*)"$/, "$1")),
      workingDir: /^ +workingDir: (\S+)$/m.exec(section)?.[1] ?? "/",
      mounts: [...section.matchAll(/^ +- \{ name: (\w+), mountPath: ([^ ,]+)(, readOnly: true)? \}$/gm)]
        .map(([, volume = "", path = "", readOnly]) => ({ volume, path, readOnly: readOnly !== undefined })),
      rootIsReadOnly: /readOnlyRootFilesystem: true/.test(section),
    })),
  };
}
