// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sys: what only the kernel gives, and whether it is there. Everything here can be missing
 * (another system, no koffi): `loadSys` says so, and who asks has another way without it.
 */
export { SysError, type SysErrorCode } from "./errors.js";
export { interfaceIndex, interfaceName } from "./interfaces.js";
export type { PeerProcess } from "./peer-process.js";
export type { SegmentSender, SendFailure, SendOutcome } from "./segmentation.js";
export {
  IPV4_AT,
  IPV4_NAME_BYTES,
  IPV6_AT,
  IPV6_NAME_BYTES,
  ipOfName,
  portOfName,
  scopeOfName,
  socketName,
} from "./socket-name.js";
export { loadSys, type Sys } from "./sys.js";
export type { UdpSocket, UdpSocketHandler, UdpSocketOptions } from "./udp-socket.js";
