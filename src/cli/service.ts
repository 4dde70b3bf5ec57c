/**
 * `rekindle service`: the daemon as a service of systemd, installed and removed by commands that are shown.
 * @module
 */

import { join } from "@std/path";
import { resolveSettings } from "../config.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Files } from "../ports.ts";
import { denoRuntime } from "../runtime/deno.ts";
import { denoPath, environment, userId, workingFolder } from "../runtime/process.ts";
import type { Call, Command } from "./command.ts";
import { carryOut, shown } from "./service/carry_out.ts";
import { placesOf, settingsFileOf, unitOf } from "./service/places.ts";
import type { Places } from "./service/places.ts";
import { settingsFile } from "./service/settings.ts";
import { installSteps, removeSteps } from "./service/steps.ts";
import type { Facts, Step } from "./service/steps.ts";

/** Installs or removes, or shows what that would do. */
export const command: Command = async (call) => {
  const { own, operands, print, root } = call;
  const { files, children } = denoRuntime();
  const env = environment();
  const facts = { places: placesOf(own.user === true, env), instance: instanceOf(call), env };
  const isInstall = operands[0] === "install";
  const steps = isInstall ? await toInstall(call, facts, files) : await toRemove(call, facts, files);
  if (own["dry-run"] === true) {
    print(steps.map((step) => `${shown(step)}\n`).join(""));
    return EXIT.ok;
  }
  await mustBePossible(facts, files);
  await carryOut(steps, { files, children, print, env, root });
  print(isInstall ? welcome(facts) : `${unitOf(facts.instance)} is removed.\n`);
  return EXIT.ok;
};

async function toInstall(
  { settings: given, root }: Call,
  facts: Facts,
  files: Files,
): Promise<readonly Step[]> {
  // Every mistake is told before anything is done.
  resolveSettings([["flag", given]]);
  const { places, instance } = facts;
  const path = settingsFileOf(places, instance);
  const others = await otherInstances(facts, files);
  return installSteps({
    ...facts,
    root: root.replace(/\/$/, ""),
    isCheckout: await files.stat(join(root, "src/main.ts")) !== null,
    deno: denoPath(),
    settings: settingsFile({
      path,
      current: await files.readText(path).catch(() => null),
      given,
      cwd: workingFolder(),
      others: await Promise.all(
        others.map((name) => files.readText(settingsFileOf(places, name)).catch(() => "")),
      ),
    }),
  });
}

async function toRemove({ own }: Call, facts: Facts, files: Files): Promise<readonly Step[]> {
  const isLast = (await otherInstances(facts, files)).length === 0;
  return removeSteps({ ...facts, keepData: own["keep-data"] === true, isLast });
}

/** An instance is there as long as its settings are. */
async function otherInstances({ places, instance }: Facts, files: Files): Promise<readonly string[]> {
  return (await files.list(places.settings)).flatMap((name) => {
    const [, other] = /^(.+)\.json$/.exec(name) ?? [];
    return other === undefined || other === instance ? [] : [other];
  });
}

function instanceOf({ own: { instance } }: Call): string {
  const name = instance === undefined ? "default" : String(instance);
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return name;
  throw new UserError(
    `Cannot use --instance ${
      JSON.stringify(name)
    }: it may hold letters, digits, dots, dashes and underscores`,
    { hint: "It is the gateway's name: --instance etl makes rekindle@etl.service.", exitCode: EXIT.usage },
  );
}

async function mustBePossible({ places }: Facts, files: Files): Promise<void> {
  if (!places.isUser && userId() !== 0) {
    throw new UserError("Cannot change the machine's services: that takes root", {
      hint: "Use sudo, or --user for a service of your own; --dry-run shows what would be done.",
      exitCode: EXIT.noPermission,
    });
  }
  // As sd_booted(3) finds out.
  if (await files.stat("/run/systemd/system") !== null) return;
  throw new UserError("Cannot change services: this machine was not started by systemd", {
    hint:
      'Let whatever starts programs here run "rekindle run"; --dry-run shows what would be done with systemd.',
    exitCode: EXIT.unavailable,
  });
}

function welcome({ places, instance }: Facts): string {
  const { systemctl, isUser }: Places = places;
  const unit = unitOf(instance).replace(/\.service$/, "");
  const as = isUser ? "" : "sudo -u rekindle ";
  return [
    "",
    `${unit} runs, and starts ${isUser ? "when you log in" : "with the machine"}.`,
    `  how it is:   ${systemctl.join(" ")} status ${unit}`,
    `  its log:     journalctl ${isUser ? "--user " : ""}-u ${unit} -f`,
    `  a program:   ${as}rekindle exec --name ${instance} -- python job.py`,
    `  settings:    ${settingsFileOf(places, instance)}, then ${
      systemctl.join(" ")
    } reload ${unit}, or restart`,
    ...(isUser ? ["  without a log-in: loginctl enable-linger"] : []),
    "",
  ].join("\n");
}
