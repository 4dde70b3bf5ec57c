/**
 * Where does a service live: the machine's, or one of a user's own?
 * @module
 */

import { join } from "@std/path";
import { EXIT, UserError } from "../../errors.ts";

/** Where everything goes. The paths are those of the unit files, which say them with systemd's specifiers. */
export interface Places {
  readonly isUser: boolean;
  /** The program, with the Deno that runs it. */
  readonly program: string;
  /** The link by which it is on the PATH. */
  readonly link: string;
  /** The folder of unit files. */
  readonly units: string;
  /** The unit file among the project's. */
  readonly unitSource: string;
  /** The folder of the instances' settings. */
  readonly settings: string;
  /** How systemd is told. */
  readonly systemctl: readonly string[];
}

/** The user that the machine's services run as, and its group. */
export const SERVICE_USER = "rekindle";
/** What systemd-sysusers and systemd-tmpfiles read. */
export const SYSUSERS = "/etc/sysusers.d/rekindle.conf";
export const TMPFILES = "/etc/tmpfiles.d/rekindle.conf";

const SYSTEM: Places = {
  isUser: false,
  program: "/usr/local/lib/rekindle",
  link: "/usr/local/bin/rekindle",
  units: "/etc/systemd/system",
  unitSource: "rekindle@.service",
  settings: "/etc/rekindle",
  systemctl: ["systemctl"],
};

/**
 * The places of the machine, or of the user whose environment this is.
 * @throws {UserError} When the user has no home.
 */
export function placesOf(isUser: boolean, env: Readonly<Record<string, string>>): Places {
  if (!isUser) return SYSTEM;
  if (!env.HOME) {
    throw new UserError("Cannot choose where the service goes: HOME is not set", {
      hint: "Set it to the user's home, or install the service for the whole machine without --user.",
      exitCode: EXIT.usage,
    });
  }
  const config = env.XDG_CONFIG_HOME || join(env.HOME, ".config");
  return {
    isUser: true,
    program: join(env.HOME, ".local/lib/rekindle"),
    link: join(env.HOME, ".local/bin/rekindle"),
    units: join(config, "systemd/user"),
    unitSource: "user/rekindle@.service",
    settings: join(config, "rekindle"),
    systemctl: ["systemctl", "--user"],
  };
}

/** The unit of an instance. */
export function unitOf(instance: string): string {
  return `rekindle@${instance}.service`;
}

/** The file of an instance's settings. */
export function settingsFileOf(places: Places, instance: string): string {
  return join(places.settings, `${instance}.json`);
}

/** What an instance keeps; its own folder in each, so that those of others stay. */
export function dataFoldersOf(
  { isUser }: Places,
  instance: string,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  if (!isUser) return ["/var/lib", "/var/log"].map((folder) => join(folder, "rekindle", instance));
  const state = env.XDG_STATE_HOME || join(env.HOME ?? "/", ".local/state");
  // What is there only while it runs goes with the data: systemd cleans folders that it has made, and no others.
  const folders = [state, ...(env.XDG_RUNTIME_DIR ? [env.XDG_RUNTIME_DIR] : [])];
  return folders.map((folder) => join(folder, "rekindle", instance));
}

/** The folders that only hold those of instances. */
export function emptyFoldersOf(places: Places, env: Readonly<Record<string, string>>): readonly string[] {
  if (!places.isUser) return ["/var/lib", "/var/log", "/var/cache", "/run"].map((each) => `${each}/rekindle`);
  return dataFoldersOf(places, "", env);
}
