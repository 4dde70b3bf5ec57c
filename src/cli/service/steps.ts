/**
 * Which commands, as a person would type them, install a service, and which remove it?
 * @module
 */

import { dirname, join } from "@std/path";
import {
  dataFoldersOf,
  emptyFoldersOf,
  SERVICE_USER,
  settingsFileOf,
  SYSUSERS,
  TMPFILES,
  unitOf,
} from "./places.ts";
import type { Places } from "./places.ts";
import type { SettingsFile } from "./settings.ts";

/** One command. */
export interface Step {
  readonly words: readonly string[];
  /** What is installed in the place of `/dev/stdin`: a file with values that the command line must not show. */
  readonly input?: SettingsFile;
  /** Whether everything goes on when it fails: what it removes may not be there. */
  readonly mayFail?: true;
}

/** What is known before. */
export interface Facts {
  readonly places: Places;
  readonly instance: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What an installation is made from. */
export interface InstallFacts extends Facts {
  /** The checkout, or the folder of an installed program. */
  readonly root: string;
  readonly isCheckout: boolean;
  /** The Deno that runs this. */
  readonly deno: string;
  /** `null` when the file can stay as it is. */
  readonly settings: SettingsFile | null;
}

/** Program, unit, user and settings; then the service is started, anew when it runs. */
export function installSteps(facts: InstallFacts): readonly Step[] {
  const { places, instance, root, settings } = facts;
  const { systemctl, units, unitSource, isUser } = places;
  const unit = unitOf(instance);
  const file = (source: string, target: string) =>
    run("install", "-D", "-m", "0644", join(root, "systemd", source), target);
  const owner = isUser ? ["-m", "0600"] : ["-m", "0640", "-g", SERVICE_USER];
  return [
    ...(root === places.program ? [] : programSteps(facts)),
    file(unitSource, join(units, "rekindle@.service")),
    ...(isUser ? [] : [
      file("sysusers.d/rekindle.conf", SYSUSERS),
      run("systemd-sysusers", SYSUSERS),
      file("tmpfiles.d/rekindle.conf", TMPFILES),
      run("systemd-tmpfiles", "--create", TMPFILES),
    ]),
    ...(settings === null ? [] : [{
      words: ["install", "-D", ...owner, "/dev/stdin", settingsFileOf(places, instance)],
      input: settings,
    }]),
    run(...systemctl, "daemon-reload"),
    run(...systemctl, "enable", unit),
    run(...systemctl, "restart", unit),
  ];
}

/** A copy of all that is needed: what becomes of the checkout is no service's business. */
function programSteps({ places: { program, link }, root, isCheckout, deno }: InstallFacts): readonly Step[] {
  const bundle = join(program, "lib/rekindle.js");
  return [
    run("install", "-D", "-m", "0755", deno, join(program, "deno")),
    ...(isCheckout
      ? [
        run("install", "-d", "-m", "0755", dirname(bundle)),
        // Deno looks for the configuration where it is started, not beside what it bundles.
        run(
          ...[deno, "bundle", "--quiet", "--platform", "deno", "--config", join(root, "deno.json")],
          ...["-o", bundle, join(root, "src/main.ts")],
        ),
      ]
      : [run("install", "-D", "-m", "0644", join(root, "lib/rekindle.js"), bundle)]),
    run("install", "-m", "0755", join(root, "systemd/rekindle"), join(program, "rekindle")),
    run("cp", "-RT", join(root, "systemd"), join(program, "systemd")),
    run("chmod", "-R", "u=rwX,go=rX", program),
    run("install", "-d", "-m", "0755", dirname(link)),
    run("ln", "-sfT", join(program, "rekindle"), link),
  ];
}

/** What a removal depends on. */
export interface RemoveFacts extends Facts {
  /** Whether incidents, ledger and logs stay. */
  readonly keepData: boolean;
  /** Whether no other instance is left, so that program, unit and user go as well. */
  readonly isLast: boolean;
}

/** The service is stopped, and everything of it goes. */
export function removeSteps(facts: RemoveFacts): readonly Step[] {
  const { places, instance, env, keepData, isLast } = facts;
  const { systemctl, units, isUser } = places;
  const unit = unitOf(instance);
  const data = keepData ? [] : dataFoldersOf(places, instance, env);
  return [
    attempt(...systemctl, "disable", "--now", unit),
    // A pattern that nothing fits is no failure, unlike a unit that is not loaded any more.
    run(...systemctl, "reset-failed", unit.replace(/service$/, "*")),
    // Only a user's own folders are not systemd's to clean.
    ...(isUser ? [] : [attempt(...systemctl, "clean", "--what=cache", "--what=runtime", unit)]),
    ...(data.length === 0 ? [] : [run("rm", "-rf", ...data)]),
    run(
      ...["rm", "-rf", settingsFileOf(places, instance), join(units, `${unit}.d`)],
      ...(isUser ? [] : [`/etc/credstore/rekindle.${instance}.api-token`]),
    ),
    ...(isLast ? programRemoval(facts) : []),
    run(...systemctl, "daemon-reload"),
  ];
}

function programRemoval({ places, env, keepData }: RemoveFacts): readonly Step[] {
  const { program, link, units, settings, isUser } = places;
  const unit = join(units, "rekindle@.service");
  return [
    run("rm", "-rf", unit, `${unit}.d`, link, program, ...(isUser ? [] : [SYSUSERS, TMPFILES])),
    attempt("rmdir", settings),
    ...emptyFoldersOf(places, env).map((folder) => attempt("rmdir", folder)),
    // Whose files stay must not become somebody else's.
    ...(isUser || keepData ? [] : [attempt("userdel", SERVICE_USER)]),
  ];
}

function run(...words: readonly string[]): Step {
  return { words };
}

function attempt(...words: readonly string[]): Step {
  return { words, mayFail: true };
}
