// SPDX-License-Identifier: GPL-3.0-or-later

// Every number of the channel. First what the protocol fixes: to change one is to speak another
// protocol. Then what we chose: each side may choose for itself.

// ---- Fixed by the protocol -------------------------------------------------------------------

/** First byte of each datagram. Apart from STUN (0-3), DTLS (20-63) and QUIC's long headers. */
export const TYPE = {
  message1: 0x51,
  message2: 0x52,
  message3: 0x53,
  cookie: 0x54,
  data: 0x55,
  hint: 0x56,
} as const;

/** The only suite: Noise_XX_25519_ChaChaPoly_SHA256. */
export const SUITE = 1;
/** Header flag of the handshake: the initiator's message 3 comes in fragments. */
export const FLAG_LARGE_MESSAGE_3 = 1;
/** The fragment byte of a message that is whole: index 0 of 1. */
export const WHOLE = 0x01;

/** Bytes of the header of messages 1 to 3. */
export const HANDSHAKE_HEADER_BYTES = 12;
/** Bytes of mac1, of mac2 and of a cookie. */
export const MAC_BYTES = 16;
/** Bytes of a cookie reply. */
export const COOKIE_BYTES = 64;
/** Bytes before the sealed part of a data datagram; all of them are additional data. */
export const DATA_HEADER_BYTES = 16;
/** What sealing adds to a plaintext: the header and the tag. */
export const DATA_OVERHEAD_BYTES = 32;
/** Bytes of a hint. */
export const HINT_BYTES = 16;
/** Bytes of the prologue (C4). */
export const PROLOGUE_BYTES = 88;
/** Bytes of an address. */
export const ADDRESS_BYTES = 32;

/** F1: bytes of a handshake message in one datagram, after its header. */
export const FRAGMENT_BODY_BYTES = 1_156;
/** F1: fragments of a message. */
export const MOST_FRAGMENTS = 15;
/** F1: bytes of messages 2 and 3, headers not counted. A longer one is not sent. */
export const MOST_MESSAGE_BYTES = 16 * 1024;

/** S11: datagrams after which the initiator rekeys. */
export const REKEY_AFTER_DATAGRAMS = 2 ** 40;
/** S11: datagrams after which a session is not used any more. */
export const REJECT_AFTER_DATAGRAMS = 2 ** 48;
/** S11: age at which the initiator rekeys, less 0 to 10 %. */
export const REKEY_INITIATOR_MS = 120_000;
/** S11: age at which the responder rekeys. */
export const REKEY_RESPONDER_MS = 150_000;
/** S11: age at which a session is wiped. */
export const REJECT_AFTER_MS = 180_000;
/** S11: a session of the session layer is rekeyed only if it was used so short a time ago. */
export const REKEY_IF_USED_WITHIN_MS = 30_000;
/** S8: sessions of opposite roles that are closer than this are a crossing. */
export const CROSSING_MS = 5_000;

// ---- Chosen ----------------------------------------------------------------------------------

/** S3: an attempt ends so long after its first message 1, and as long after its message 3. */
export const ATTEMPT_MS = 5_000;
/** S3: pauses before the first retransmissions; the layer says what follows. */
export const RETRANSMIT_AFTER_MS = [250, 500, 1_000] as const;
/** S3: a pause is this much longer or shorter, at random. */
export const RETRANSMIT_JITTER = 0.2;
/** S13: how long after a loss attempts follow each other without a pause. */
export const EAGER_MS = 60_000;
/** S13: after that, one message 1 in so long a time, */
export const PATIENT_PAUSE_MS = 5_000;
/** for so long, */
export const PATIENT_MS = 600_000;
/** S13: and then one in so long a time. */
export const RARE_PAUSE_MS = 30_000;

/** C7: age at which the secret behind the cookies is replaced; the one before is accepted. */
export const COOKIE_SECRET_MS = 120_000;
/** How long a cookie that we got is put into message 1: less than the responder accepts it. */
export const COOKIE_USED_MS = 110_000;
/** C2: a certificate is accepted so many seconds after its end. */
export const CERTIFICATE_GRACE_S = 300;
/** C5: certificates that have been verified; beyond it the one used longest ago is forgotten. */
export const CERTIFICATE_CACHE = 4_096;

/** S4: age at which a half-open handshake is forgotten. */
export const HALF_OPEN_MS = 10_000;
/** S5: half-open handshakes beyond which a cookie is demanded. */
export const COOKIE_ABOVE_HALF_OPEN = 64;
/** S5: rate of message 1 of one source, and of one source with a valid mac2: a second, at once. */
export const SOURCE_RATE = 20;
/** S5 */
export const SOURCE_BURST = 5;
/** S5: rate of message 1 that one neighbour of the session layer may bring. */
export const NEIGHBOUR_RATE = 500;
/** S5: what one group may use up of the messages 2 and 3 that are looked into: of their rate, */
export const HANDSHAKE_SHARE = 1 / 8;
/** S5: of those at once, */
export const HANDSHAKE_BURST_SHARE = 1 / 4;
/** S5: and this many at once in any case. */
export const HANDSHAKE_LEAST_BURST = 2;
/** Buckets of rates that are kept, of each kind; beyond it the one used longest ago is forgotten. */
export const MOST_BUCKETS = 4_096;
/** S5: half of what is kept for valid mac2 is for groups that were not answered for so long. */
export const NEWCOMER_MS = 10_000;
/** Cookie replies a second, of 15 to 30 µs each; beyond it message 1 is dropped. */
export const COOKIE_REPLY_RATE = 5_000;

/** S6: confirmations a second for a repeated message 3. */
export const REPEATED_CONFIRMATIONS_RATE = 4;
/** S7: datagrams that follow message 3 before it is confirmed. */
export const EARLY_DATAGRAMS = 8;
/** S7: and their bytes in all. */
export const EARLY_BYTES = 640 * 1024;
/** S9: sessions of one channel. */
export const MOST_SESSIONS = 3;
/** S9: a receive-only session is wiped so long after its last authentic datagram. */
export const RECEIVE_ONLY_MS = 15_000;
/** S9: new sessions of one identity */
export const NEW_SESSIONS = 5;
/** S9: within so long a time. */
export const NEW_SESSIONS_WITHIN_MS = 10_000;
/** O4: more changes of incarnation than this */
export const INCARNATION_CHANGES = 3;
/** O4: within so long a time, */
export const INCARNATION_CHANGES_WITHIN_MS = 60_000;
/** O4: and only one is accepted in so long a time. */
export const INCARNATION_PAUSE_MS = 5_000;

/** S12: hints a second to one source, */
export const HINTS_PER_SOURCE = 10;
/** S12: and in all. */
export const HINTS_RATE = 100;
/** S12: initiations that hints and doubts may cause: one in so long a time. */
export const DOUBT_PAUSE_MS = 2_000;
/** S13: who does not insist gives up so long after the trouble began. */
export const GIVE_UP_MS = 10_000;
/** S13: a session receiver that has sent nothing so long after data sends a keepalive. */
export const KEEPALIVE_MS = 1_000;
/** S13: a session sender that hears nothing so long after data suspects the session. */
export const SILENCE_MS = 3_000;
/** S11: the wall clock ran away from the monotonic one by more than this: the machine slept. */
export const WALL_JUMP_MS = 30_000;
/** S11: after a jump all links are rekeyed within this time, */
export const JUMP_REKEY_MS = 2_000;
/** S11: and sessions when they are next used, so many a second. */
export const JUMP_REKEY_RATE = 200;

/** F2: bytes of fragments in all; beyond it the oldest message is forgotten. */
export const FRAGMENTS_BYTES = 4 * 1024 * 1024;
/** Messages that wait for their fragments, which may be of one byte; beyond it as above. */
export const MOST_FRAGMENTED = 1_024;
/** F2: messages of one source that wait for their fragments. */
export const FRAGMENTED_PER_SOURCE = 4;
/** F2: age at which fragments are forgotten. */
export const FRAGMENTS_MS = 5_000;
/** S14: identities that were refused and told so; those get silence. */
export const REFUSED_REMEMBERED = 1_024;
/** S14: how long. */
export const REFUSED_MS = 300_000;

/** What differs between the two layers. */
export interface LayerRules {
  /** In the prologue and the certificate. */
  readonly id: 1 | 2;
  /** Bytes of message 1, macs included: never less than the answer to it. */
  readonly message1Bytes: number;
  /** S10: datagrams that may arrive late. */
  readonly windowBits: number;
  /** S4: half-open handshakes. */
  readonly halfOpen: number;
  /** S3: the longest pause before a retransmission. */
  readonly retransmitMs: number;
  /** F1: whether messages 2 and 3 may come in fragments. */
  readonly fragments: boolean;
  /** S11: rekeyed even if not used. */
  readonly rekeyAlways: boolean;
  /** S13: data is answered by data or a keepalive; silence makes suspicious. */
  readonly keepalives: boolean;
  /** What is sealed as confirmation and keepalive; received, it is no data. */
  readonly keepalive: Uint8Array;
}

/** The link layer: from daemon to neighbouring daemon. */
export const LINK_LAYER: LayerRules = {
  id: 1,
  message1Bytes: 1_200,
  windowBits: 32_768,
  halfOpen: 1_024,
  retransmitMs: 500,
  fragments: true,
  rekeyAlways: true,
  keepalives: false,
  keepalive: new Uint8Array(0),
};

/** The session layer: from node to node. */
export const SESSION_LAYER: LayerRules = {
  id: 2,
  message1Bytes: 512,
  windowBits: 8_192,
  halfOpen: 4_096,
  retransmitMs: 1_000,
  fragments: false,
  rekeyAlways: false,
  keepalives: true,
  keepalive: Uint8Array.of(1),
};

/** S5 and the 20 % of a core: what each adapter of crypto is given a second. */
export interface Budgets {
  /** Message 1 a second above which a cookie is demanded. */
  readonly cookieAbove: number;
  /** Message 1 that are answered with message 2, a second. */
  readonly message1: number;
  /** Messages 2 and 3, of each, that are looked into, a second. */
  readonly message23: number;
}

/** libsodium: some 90 µs for message 1, 150 µs for messages 2 and 3. */
export const NATIVE_BUDGETS: Budgets = { cookieAbove: 200, message1: 1_100, message23: 600 };
/** noble: some 3 ms for message 1, 6 ms for the others. */
export const PORTABLE_BUDGETS: Budgets = { cookieAbove: 10, message1: 30, message23: 20 };
