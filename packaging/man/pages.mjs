// SPDX-License-Identifier: GPL-3.0-or-later

// Manual pages of the command and of each of its commands, from the same descriptions that --help
// has. Guards that what looks like a macro of troff in them is text.

const SECTION = "1";

/** Pages as [file name, content], from the program as commander knows it. */
export function manualPages(program, version) {
  const pages = [];
  const walk = (command, name, parents) => {
    pages.push([`${name}.${SECTION}`, pageOf(program, command, name, parents, version)]);
    for (const child of visibleCommands(program, command)) {
      walk(child, `${name}-${child.name()}`, [...parents, command]);
    }
  };
  walk(program, program.name(), []);
  return pages;
}

function pageOf(program, command, name, parents, version) {
  const help = program.createHelp();
  const usage = [...parents.map((parent) => parent.name()), command.name()].join(" ");
  const isRoot = parents.length === 0;
  const summary = isRoot ? command.description() : command.summary();
  const children = visibleCommands(program, command);
  const globals = isRoot ? [] : help.visibleOptions(program).filter(({ long }) => long === "--api");
  return [
    `.TH ${name.toUpperCase()} ${SECTION} "" "inet256 ${version}" "INET256"`,
    ".SH NAME",
    `${troff(name)} \\- ${troff(summary.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    `.B ${troff(usage)}`,
    troff(command.usage()),
    ".SH DESCRIPTION",
    ...paragraphs(command.description()),
    ...terms(
      "OPTIONS",
      [...help.visibleOptions(command), ...globals].map(({ flags, description }) => [
        flags,
        description,
      ]),
    ),
    ...terms(
      "COMMANDS",
      children.map((child) => [child.name(), `${child.summary()}; see ${name}-${child.name()}(1)`]),
    ),
    ...examplesOf(command),
    ...(isRoot ? ENVIRONMENT : [".SH SEE ALSO", `.BR ${program.name()} (${SECTION})`]),
    "",
  ].join("\n");
}

const ENVIRONMENT = [
  ".SH ENVIRONMENT",
  ...term(
    "INET256_API",
    "which daemon is meant where --api does not say: unix:///path, tcp://host:port or tls://host:port",
  ),
  ".SH EXIT STATUS",
  "0: it worked. 1: it did not, and a line on standard error says why. 2: it was called wrongly. 128 and the number of a signal: that ended it.",
  ".SH FILES",
  ...term("/run/inet256.sock", "where the daemon of a machine listens"),
  ...term("$XDG_RUNTIME_DIR/inet256.sock", "where the daemon of a user listens"),
];

function visibleCommands(program, command) {
  return program
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== "help");
}

/** What stands under "Examples:" in its help. */
function examplesOf(command) {
  let text = "";
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  const [, examples] = /\nExamples:\n(.*)$/s.exec(text) ?? [];
  return examples === undefined
    ? []
    : [".SH EXAMPLES", ".nf", ...examples.trimEnd().split("\n").map(troff), ".fi"];
}

function terms(title, entries) {
  return entries.length === 0
    ? []
    : [`.SH ${title}`, ...entries.flatMap((entry) => term(...entry))];
}

function term(word, about) {
  return [".TP", `.B ${troff(word)}`, ...paragraphs(about)];
}

function paragraphs(text) {
  return text.trim().split("\n").map(troff);
}

/** Text as troff takes it for text: backslashes, hyphens that are typed, and dots at the start. */
function troff(text) {
  const shown = text.replace(/\\/g, "\\e").replace(/-/g, "\\-").replace(/…/g, "...");
  return /^\s*[.']/.test(shown) ? `\\&${shown}` : shown;
}
