/**
 * `rekindle completions`: prints a script by which a shell completes rekindle's command lines.
 * @module
 */

import { EXIT } from "../errors.ts";
import type { Command } from "./command.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { offeredCommands } from "./completion/offer.ts";
import type { OfferedCommand } from "./completion/offer.ts";
import { zshCompletion } from "./completion/zsh.ts";

const SHELLS: Readonly<Record<string, (commands: readonly OfferedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints the script for the shell that is named. */
export const command: Command = ({ operands: [shell = ""], print }) => {
  print(SHELLS[shell]?.(offeredCommands()) ?? "");
  return Promise.resolve(EXIT.ok);
};
