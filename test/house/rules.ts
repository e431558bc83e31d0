// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The rules of the house, each a function from one source to what is wrong with it. Every message
 * names file and line, the rule, and what was expected.
 */
import { posix } from "node:path";
import { importsOf, linesWith, type Source } from "./source.js";
import {
  DAEMON_COMMANDS,
  EVERYWHERE,
  FOR_OTHERS,
  HOT,
  LICENCES,
  MACHINE,
  MOST_LINES,
  ROOMS,
} from "./table.js";

/** What is wrong: `file:line: rule: what was expected`. */
export type Violation = string;

/** One rule. */
export type Rule = (source: Source) => readonly Violation[];

const SERVER = "server/src/";
const CLIENT = "clients/ts/src/";
const APPS = "apps/src/";

const at = ({ path }: Source, line: number, rule: string, expected: string): Violation =>
  `${path}:${line}: ${rule}: ${expected}`;

/** The room a source of the server is in; undefined for those beside the rooms, and elsewhere. */
function roomOf(path: string): string | undefined {
  const parts = path.startsWith(SERVER) ? path.slice(SERVER.length).split("/") : [];
  return parts.length > 1 ? parts[0] : undefined;
}

function resolve(source: Source, module: string): string {
  return posix.join(posix.dirname(source.path), module);
}

const listed = (name: string, list: readonly string[]): boolean =>
  list.some((entry) =>
    entry.endsWith("/*") ? name.startsWith(entry.slice(0, -1)) : entry === name,
  );

/** Rooms import other rooms by their doors only, and only those below that the table allows. */
export const roomsByTheirDoors: Rule = (source) => {
  if (!source.path.startsWith(SERVER)) return [];
  const own = roomOf(source.path);
  const row = own === undefined ? { rooms: ["*"] } : ROOMS[own];
  if (row === undefined) {
    return [at(source, 1, "rooms", `a room that stands in the table, got ${own}`)];
  }
  return importsOf(source).flatMap(({ module, line }) => {
    if (!module.startsWith(".")) return [];
    const target = resolve(source, module);
    if (!target.startsWith(SERVER)) {
      return [at(source, line, "rooms", `nothing outside server/src but packages, got ${module}`)];
    }
    const other = roomOf(target);
    if (other === undefined || other === own) return [];
    if (FOR_OTHERS.includes(other)) {
      return [at(source, line, "rooms", `nothing of ${other}, which is for others`)];
    }
    if (!row.rooms.includes("*") && !row.rooms.includes(other)) {
      const may = row.rooms.length === 0 ? "no other room" : row.rooms.join(", ");
      return [at(source, line, "rooms", `${own} may import ${may}, got ${other}`)];
    }
    const door = `${SERVER}${other}/index.js`;
    return target === door ? [] : [at(source, line, "doors", `${door}, got ${target}`)];
  });
};

/** Rooms import only the packages that the table gives them. */
export const packagesOfTheTable: Rule = (source) => {
  const own = roomOf(source.path);
  if (own === undefined) {
    if (!source.path.startsWith(SERVER)) return [];
    return importsOf(source).flatMap(({ module, line }) =>
      module.startsWith(".") ? [] : [at(source, line, "packages", `rooms only, got ${module}`)],
    );
  }
  const may = [...EVERYWHERE, ...(ROOMS[own]?.packages ?? []), ...(MACHINE[source.path] ?? [])];
  return importsOf(source).flatMap(({ module, line }) =>
    module.startsWith(".") || listed(module, may)
      ? []
      : [at(source, line, "packages", `${own} may import ${may.join(", ")}, got ${module}`)],
  );
};

/** The process belongs to apps; the client reads its environment in one place. */
export const processOnlyInApps: Rule = (source) => {
  const { path } = source;
  const guarded = path.startsWith(SERVER) || path.startsWith(CLIENT);
  if (!guarded || path === `${CLIENT}endpoint.ts`) return [];
  const rule = "process";
  const expected = "no use of the process outside apps/";
  return [
    ...linesWith(source, /(?<![\w$.#"'])process\b(?!\s*[:?(=](?!=))/).map(([line]) =>
      at(source, line, rule, expected),
    ),
    ...importsOf(source)
      .filter(({ module }) => /^(node:)?(process|child_process|cluster)$/.test(module))
      .filter(({ module }) => MACHINE[path]?.includes(module) !== true)
      .map(({ line }) => at(source, line, rule, expected)),
  ];
};

const CLOCKS =
  /\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|(?<!\bnew\s+)(?<![\w.])Date\s*\(|\bperformance\b|\bhrtime\b/;
const TIMERS = /\b(?:set(?:Timeout|Interval|Immediate)|queueMicrotask|nextTick)\b/;
const CHANCE =
  /\bMath\.random\b|\brandom(?:Bytes|Fill|FillSync|Int|UUID)\b|\bgetRandomValues\b|\bwebcrypto\b|\bgenerateKeyPair(?:Sync)?\b/;

/** Only core's adapters read clocks, timers and randomness. */
export const machineOnlyInCore: Rule = (source) => {
  if (!source.path.startsWith(SERVER) || source.path in MACHINE) return [];
  const found = (pattern: RegExp, port: string) =>
    linesWith(source, pattern).map(([line, what]) =>
      at(source, line, "machine", `${port} of core, got ${what}`),
    );
  return [
    ...found(CLOCKS, "the Clock"),
    ...found(TIMERS, "Deadlines or Turns"),
    ...found(CHANCE, "the Random"),
    ...importsOf(source)
      .filter(({ module }) => /^(node:)?(timers|perf_hooks)(\/|$)/.test(module))
      .map(({ line, module }) => at(source, line, "machine", `the ports of core, got ${module}`)),
  ];
};

const NATIVE = ["koffi", "sodium-native"];

/** The client imports no server, apps no daemon but where one is run, and no codec of their own. */
export const packagesLookOneWay: Rule = (source) => {
  const { path } = source;
  const forbidden = (module: string): string | undefined => {
    const outside = path.startsWith(CLIENT) || path.startsWith(APPS);
    if (outside && NATIVE.includes(module)) return `${module} in server/ only`;
    if (path.startsWith(CLIENT)) {
      if (/^@inet256\/(mesh256|cli)(\/|$)/.test(module)) return "nothing of server/ or apps/";
      if (module.startsWith("@noble/") && !path.startsWith(`${CLIENT}identity/`)) {
        return "crypto libraries in identity/ only";
      }
    }
    if (path.startsWith(SERVER) && /^@inet256\/(cli|mesh256)(\/|$)/.test(module)) {
      return "nothing of apps/, and its own rooms by their paths";
    }
    if (!path.startsWith(APPS)) return undefined;
    if (module.startsWith("@inet256/mesh256") && !DAEMON_COMMANDS.includes(path)) {
      return `a daemon through @inet256/client; the daemon itself only in ${DAEMON_COMMANDS.join(", ")}`;
    }
    const raw = /^(@grpc\/|@bufbuild\/|@noble\/|@inet256\/proto|@inet256\/client\/grpc)/;
    return raw.test(module) ? "a daemon through @inet256/client only" : undefined;
  };
  const home = [CLIENT, APPS].find((folder) => path.startsWith(folder));
  return importsOf(source).flatMap(({ module, line }) => {
    const expected = forbidden(module);
    if (expected !== undefined) return [at(source, line, "one way", `${expected}, got ${module}`)];
    if (home === undefined || !module.startsWith(".")) return [];
    return resolve(source, module).startsWith(home)
      ? []
      : [at(source, line, "one way", `nothing outside ${home} but packages, got ${module}`)];
  });
};

const GENERATED = /\/_gen\/|\.pb\.go$|_pb\.ts$/;

/** Every source says its folder's licence in its first line, a program's in its second. */
export const spdxOfItsFolder: Rule = (source) => {
  const folder = Object.keys(LICENCES).find((name) => source.path.startsWith(`${name}/`));
  const licence = folder === undefined ? undefined : LICENCES[folder];
  if (licence === undefined || source.text.trim() === "") return [];
  const lines = source.text.split("\n");
  const line = lines[0]?.startsWith("#!") ? 2 : 1;
  const said = /SPDX-License-Identifier: (\S+)/.exec(lines[line - 1] ?? "")?.[1];
  if (said === licence || (said === undefined && GENERATED.test(source.path))) return [];
  const expected = `SPDX-License-Identifier: ${licence}`;
  return [at(source, line, "licence", `${expected}, got ${said ?? "none"}`)];
};

/** Names, not defaults. */
export const noDefaultExports: Rule = (source) => {
  if (!/\.[cm]?[jt]s$/.test(source.path)) return [];
  const pattern = /\bexport\s+default\b|\bas\s+default\b|\bmodule\.exports\b/;
  return linesWith(source, pattern).map(([line]) =>
    at(source, line, "exports", "a named export, got a default one"),
  );
};

/** A file's name says what it is for. */
export const noDumps: Rule = (source) => {
  const name = posix.basename(source.path).replace(/\..*$/, "");
  return ["utils", "util", "helpers", "helper", "common", "types", "misc"].includes(name)
    ? [at(source, 1, "names", `a name that says what it is for, got ${name}`)]
    : [];
};

/** The first lines of a door say what the room is for. */
export const doorsSayWhatFor: Rule = (source) => {
  if (!/^server\/src\/([^/]+\/)?index\.ts$/.test(source.path)) return [];
  const body = source.text.replace(/^\/\/ SPDX[^\n]*\n/, "").trimStart();
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(body)?.[1] ?? "";
  return comment.replace(/[\s*]/g, "").length >= 40
    ? []
    : [at(source, 1, "doors", "a doc comment at the top that says what the room is for")];
};

/** What is looked up for each packet has properties and methods: a getter makes it a dictionary. */
export const noGettersWherePacketsPass: Rule = (source) =>
  HOT.some((place) => source.path.startsWith(`${SERVER}${place}`))
    ? linesWith(source, /\bget\s+\w+\s*\(\s*\)/).map(([line]) =>
        at(source, line, "getters", "a property or a method, got a getter"),
      )
    : [];

/** Files stay small. */
export const filesStaySmall: Rule = (source) => {
  if (!/^(server|clients|apps)\//.test(source.path) || GENERATED.test(source.path)) return [];
  const lines = source.text.split("\n").length - 1;
  return lines > MOST_LINES
    ? [at(source, MOST_LINES + 1, "length", `at most ${MOST_LINES} lines, got ${lines}`)]
    : [];
};

/** Every rule about one source. */
export const RULES: Readonly<Record<string, Rule>> = {
  roomsByTheirDoors,
  packagesOfTheTable,
  processOnlyInApps,
  machineOnlyInCore,
  packagesLookOneWay,
  spdxOfItsFolder,
  noDefaultExports,
  noDumps,
  doorsSayWhatFor,
  noGettersWherePacketsPass,
  filesStaySmall,
};
