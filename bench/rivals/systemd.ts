/**
 * How does systemd fare, as process 1 of a box that is thrown away?
 * @module
 */

import { noBox, SystemdBox } from "../../tests/real/systemd_box.ts";
import { cleaned } from "../lifetime.ts";
import { untilUsable } from "../usable.ts";
import { keeperOf, writeGatewayProgram } from "./gateway.ts";
import type { Rival } from "./rival.ts";

const START_MS = 60_000;

/** What systemd.service(5) recommends for what runs for long. */
const UNIT = (gateway: string) => `[Service]\nExecStart=${gateway}\nRestart=on-failure\n`;

async function setup(): Promise<string> {
  const { stdout } = await new Deno.Command("systemctl", { args: ["--version"] }).output();
  const version = /^systemd (\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
  return `${version}, as process 1 of a container, \`Restart=on-failure\`, else its defaults`;
}

/** systemd; its own process is process 1. */
export const systemd: Rival = {
  name: "systemd",
  absence: noBox,
  setup,
  keep: async (place, { breakable }, work) => {
    const box = await SystemdBox.boot();
    return await cleaned(() => box[Symbol.asyncDispose](), async () => {
      const home = { place, root: `/proc/${box.initPid}/root` };
      const gateway = await writeGatewayProgram(home, { stdin: "own", breakable });
      await Deno.writeTextFile(`${home.root}/etc/systemd/system/gateway.service`, UNIT(gateway));
      await box.ask("systemctl daemon-reload && systemctl start gateway");
      const keeper = {
        ...keeperOf(home, { mainPid: () => box.initPid, again: () => Promise.resolve() }),
        ownPids: () => [box.initPid],
      };
      if (await untilUsable(keeper, START_MS) === null) {
        throw new Error(
          `systemd brought no gateway up: ${(await box.run("systemctl status gateway")).stdout}`,
        );
      }
      return await work(keeper);
    });
  },
};
