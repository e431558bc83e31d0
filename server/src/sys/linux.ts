// SPDX-License-Identifier: GPL-3.0-or-later

// Numbers and layouts of Linux on 64-bit little-endian machines: the same for x64, arm64 and
// riscv64, and for glibc and musl. Sizes and offsets in bytes.

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** socket(2): datagrams, closed when another program is started, never waiting. */
export const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;

export const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;
/** Set by the kernel: the datagram was longer than the room for it. */
export const MSG_TRUNC = 0x20;

export const SOL_IP = 0;
export const SOL_SOCKET = 1;
export const SOL_UDP = 17;
export const SOL_IPV6 = 41;

export const SO_ERROR = 4;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
/** Who is at the other end of a unix socket: struct ucred, of i32 pid, u32 uid, u32 gid. */
export const SO_PEERCRED = 17;
export const UCRED_BYTES = 12;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;

export const IP_MTU_DISCOVER = 10;
export const IP_RECVERR = 11;
export const IPV6_MTU_DISCOVER = 23;
export const IPV6_RECVERR = 25;
export const IPV6_V6ONLY = 26;
/** Never fragment, and never mind what ICMP said about the path (RFC 8899 section 3). */
export const PMTUDISC_PROBE = 3;

export const UDP_SEGMENT = 103;
export const UDP_GRO = 104;

export const EINTR = 4;
export const EIO = 5;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EINVAL = 22;
export const EMSGSIZE = 90;
export const ENOBUFS = 105;

/** struct iovec: address, length. */
export const IOVEC_BYTES = 16;

/** struct msghdr, and with msg_len after it struct mmsghdr. */
export const MSGHDR = {
  name: 0,
  nameLength: 8,
  iov: 16,
  iovLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  /** Of mmsghdr alone. */
  messageLength: 56,
  bytes: 64,
} as const;

/** struct cmsghdr: u64 length, i32 level, i32 type, then the data; padded to 8. */
export const CMSG = { length: 0, level: 8, type: 12, data: 16 } as const;

/** struct sock_extended_err, in a control message's data: u32 errno, u8 origin. */
export const EXTENDED_ERROR = { errno: CMSG.data, origin: CMSG.data + 4 } as const;
/** Origins that are not this machine: ICMP and ICMPv6. */
export const ORIGIN_ICMP = 2;
export const ORIGIN_ICMP6 = 3;
