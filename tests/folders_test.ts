import assert from "node:assert/strict";
import { EXIT } from "../src/errors.ts";
import { resolveFolders } from "../src/folders.ts";
import type { FolderRequest, Folders } from "../src/folders.ts";

function folders({ stateDir = null, name = null, env = {} }: Partial<FolderRequest>): Folders {
  return resolveFolders({ stateDir, name, env, cwd: "/srv" });
}

const HOME = { HOME: "/home/u" };
const SYSTEMD = {
  STATE_DIRECTORY: "/var/lib/rekindle",
  RUNTIME_DIRECTORY: "/run/rekindle",
  LOGS_DIRECTORY: "/var/log/rekindle",
};

Deno.test("resolveFolders() puts everything below --state-dir when it is given, whatever else is set", () => {
  const env = { ...HOME, ...SYSTEMD, XDG_RUNTIME_DIR: "/run/user/1" };
  const below = { state: "/srv/s", runtime: "/srv/s/run", logs: "/srv/s/log", temp: "/tmp" };
  assert.deepEqual(folders({ stateDir: "s", env }), below);
  assert.deepEqual(folders({ stateDir: "/srv/x/../s/", env }), below);
});

Deno.test("resolveFolders() uses the folders systemd made", () => {
  assert.deepEqual(folders({ env: { ...HOME, ...SYSTEMD } }), {
    state: "/var/lib/rekindle",
    runtime: "/run/rekindle",
    logs: "/var/log/rekindle",
    temp: "/tmp",
  });
  const state = { STATE_DIRECTORY: "/var/lib/rekindle" };
  assert.deepEqual(folders({ env: state }), {
    state: "/var/lib/rekindle",
    runtime: "/var/lib/rekindle/run",
    logs: "/var/lib/rekindle/log",
    temp: "/tmp",
  });
});

Deno.test("resolveFolders() uses the folders of the desktop standard, or their defaults", () => {
  assert.deepEqual(folders({ env: HOME }), {
    state: "/home/u/.local/state/rekindle",
    runtime: "/home/u/.local/state/rekindle/run",
    logs: "/home/u/.local/state/rekindle/log",
    temp: "/tmp",
  });
  const env = { ...HOME, XDG_STATE_HOME: "/state", XDG_RUNTIME_DIR: "/run/user/1", TMPDIR: "/big/tmp" };
  assert.deepEqual(folders({ env }), {
    state: "/state/rekindle",
    runtime: "/run/user/1/rekindle",
    logs: "/state/rekindle/log",
    temp: "/big/tmp",
  });
});

Deno.test("resolveFolders() gives each named daemon its own", () => {
  const env = { ...HOME, XDG_RUNTIME_DIR: "/run/user/1" };
  const night = folders({ name: "night", env });
  assert.equal(night.state, "/home/u/.local/state/rekindle/night");
  assert.equal(night.runtime, "/run/user/1/rekindle/night");
});

Deno.test("resolveFolders() takes an empty variable for none", () => {
  const empty = {
    XDG_STATE_HOME: "",
    XDG_RUNTIME_DIR: "",
    TMPDIR: "",
    STATE_DIRECTORY: "",
    RUNTIME_DIRECTORY: "",
    LOGS_DIRECTORY: "",
  };
  assert.deepEqual(folders({ env: { ...HOME, ...empty } }), folders({ env: HOME }));
});

Deno.test("resolveFolders() says what to do without a home", () => {
  for (const env of [{}, { HOME: "", XDG_STATE_HOME: "" }]) {
    assert.throws(() => folders({ env }), {
      name: "UserError",
      message: "Cannot choose a state folder: neither HOME nor XDG_STATE_HOME is set",
      hint: "Name one with --state-dir DIR.",
      exitCode: EXIT.cannotCreate,
    });
  }
});
