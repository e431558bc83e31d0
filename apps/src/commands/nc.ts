// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Address } from "@inet256/client";
import { addressArgument, fileArgument, secondsArgument } from "../arguments.js";
import { apiOf, examples, KEY_ABOUT, KEY_OPTION, newCommand } from "../command.js";
import { CommandError } from "../failures.js";
import { type Conversation, createConversation } from "../nc/conversation.js";
import { type NodeChoice, withNode } from "../open-node.js";
import { showProgress } from "../progress.js";
import { formatBytes, formatMany } from "../quantities.js";
import { note, type Terminal, type World } from "../world.js";

const DEFAULT_PATIENCE_MS = 5000;
/** Bytes of messages that may wait here for a slow reader of stdout. */
const INBOX_BYTES = 64 * 1024 * 1024;

/** What `nc` is told. */
interface NcOptions {
  readonly listen?: boolean | undefined;
  readonly wait?: number | undefined;
  readonly quit?: boolean | undefined;
  readonly end: boolean;
}

const ABOUT = `\
Sends the lines of stdin as messages to an address, and prints what comes back. A line keeps its
newline; one that is longer than a message (65,535 bytes) becomes several, so whatever bytes go in
come out the same. Without an address it listens: it prints its own, and talks with whoever
writes first; what others send is printed too.

Messages are not a connection: what the daemon has accepted may still be lost on its way. At the
end of stdin nc sends an empty message, and waits for that of the other side: both ends of a
file's transfer end by themselves, and with exit code 0 only if the other side has seen the end.
A listener that had nothing to send ends when the other does. A terminal is not read any further
once the other side has ended.`;

/** `inet256 nc`: stdin and stdout through messages. */
export function createNcCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "nc")
    .summary("send lines to an address and print what comes back, or listen")
    .description(ABOUT)
    .argument("[address]", "whom to talk with (default: listen)", addressArgument)
    .option("-l, --listen", "wait for a first message; with an address, for one from there only")
    .option(KEY_OPTION, KEY_ABOUT, fileArgument("--key"))
    .option(
      "-q, --wait <seconds>",
      "after stdin has ended: how long without a message to wait for the other's end (default: 5)",
      secondsArgument("--wait", 0, 86_400),
    )
    .option("-N, --quit", "quit at the end of stdin, as -q 0 does")
    .option("--no-end", "send no empty message; for programs that do not expect one")
    .addHelpText(
      "after",
      examples(
        ["inet256 nc -l > copy", "receive a file; prints an address for …"],
        ["inet256 nc ADDRESS < file", "… sending one there"],
        ["inet256 nc ADDRESS", "talk to it, Ctrl-D to end"],
        ["echo hello | inet256 nc -N ADDRESS", "send a line, wait for nothing"],
      ),
    )
    .action((address, options, command) =>
      runNc(world, address, { api: apiOf(command), key: options.key }, options),
    );
}

async function runNc(
  world: World,
  address: Address | undefined,
  choice: NodeChoice,
  options: NcOptions,
): Promise<void> {
  const { terminal } = world;
  const listen = options.listen === true || address === undefined;
  let lost = false;
  await withNode(
    world,
    choice,
    async (node) => {
      if (listen) note(terminal, `listening on ${node.address}`);
      const conversation = createConversation(node, terminal, {
        partner: address,
        listen,
        patienceMs: options.quit === true ? 0 : (options.wait ?? DEFAULT_PATIENCE_MS),
        marksEnd: options.end,
      });
      const endProgress = watch(terminal, conversation);
      try {
        await conversation.run();
      } finally {
        endProgress();
      }
      const { ignored } = conversation;
      if (ignored > 0) note(terminal, `${formatMany(ignored, "message")} of others ignored`);
    },
    {
      inboxBytes: INBOX_BYTES,
      onEvent(event) {
        if (event.type === "lost") lost = true;
      },
    },
  );
  if (lost) throw new CommandError("what was printed is not all that was sent");
}

// On a terminal that shows the conversation itself there is nothing to add.
function watch(terminal: Terminal, conversation: Conversation): () => void {
  const { stdin, stdout } = terminal;
  if (stdin.isTTY === true && stdout.isTTY === true) return () => {};
  return showProgress(terminal, () => {
    const { sentBytes, receivedBytes } = conversation;
    return `sent ${formatBytes(sentBytes)}, received ${formatBytes(receivedBytes)}`;
  });
}
