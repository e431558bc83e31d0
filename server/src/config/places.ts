// SPDX-License-Identifier: GPL-3.0-or-later

// Rules for text that names a place on the machine: a file, a socket. None is looked up here.
// Each rule answers what is wrong with the text, without quoting it, or undefined.

import { Buffer } from "node:buffer";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { MAX_SOCKET_PATH_BYTES } from "./constants.js";

const UNIX = "unix://";

/** What `wrongPath` expects. */
export const PATH_EXPECTED = "a path, absolute or relative to the folder of this file";
/** What `wrongEndpoint` expects. */
export const ENDPOINT_EXPECTED = `unix:///absolute/path, the path at most ${MAX_SOCKET_PATH_BYTES} bytes long`;

/** The rule for paths of files. */
export function wrongPath(path: string): string | undefined {
  if (path === "") return "empty";
  if (path.startsWith("~")) return "the ~ of a shell, which stands for nothing here";
  return wrongCharacters(path);
}

/** The rule for the endpoint that a daemon listens on. */
export function wrongEndpoint(endpoint: string): string | undefined {
  if (/^(tcp|tls):/i.test(endpoint)) return "this daemon listens on unix sockets only";
  if (!endpoint.startsWith(UNIX)) return "not the endpoint of a unix socket";
  const path = endpoint.slice(UNIX.length);
  if (!path.startsWith("/")) return "the path of the socket is not absolute";
  if (path.endsWith("/")) return "the path names a folder";
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    return "the path is longer than the kernel allows for a socket";
  }
  return wrongCharacters(path);
}

/**
 * Takes a path that is not absolute from the folder of the file it stands in. The result is
 * absolute if the path or the file is: the working directory is not asked.
 */
export function resolveBeside(file: string, path: string): string {
  return isAbsolute(path) ? normalize(path) : join(dirname(file), path);
}

function wrongCharacters(path: string): string | undefined {
  return /\p{Cc}/u.test(path) ? "a line break or other control character" : undefined;
}
