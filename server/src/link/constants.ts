// SPDX-License-Identifier: GPL-3.0-or-later

// Every limit of a link, each with its unit and what happens at it. First what the protocol fixes,
// which both ends must hold to; then what we chose, which each end may choose anew.

// What the protocol fixes.

/** First byte of a datagram that a session sealed. */
export const DATA = 0x55;
/** What a sealed datagram has before its plaintext, in bytes: type, zeros, index, counter. */
export const DATAGRAM_HEADER_BYTES = 16;
/** What it has after it: the tag. */
export const DATAGRAM_TAG_BYTES = 16;
/** Both. */
export const DATAGRAM_OVERHEAD_BYTES = DATAGRAM_HEADER_BYTES + DATAGRAM_TAG_BYTES;
/** The longest packet in bytes; `send` refuses a longer one, a frame that names one is invalid. */
export const MAX_PACKET_BYTES = 69_632;
/** The longest control message in bytes; `sendControl` refuses a longer one. */
export const MAX_CONTROL_BYTES = 64 * 1024;
/** Bytes of a network tag. */
export const NETWORK_TAG_BYTES = 32;
/** Bytes of a path challenge. */
export const CHALLENGE_BYTES = 8;
/** What HELLO says we speak. */
export const LINK_VERSION = 1;
/** Ranges in one ACK; one with more is invalid. */
export const MAX_ACK_RANGES = 32;
/** The largest piece of a control message in bytes: it fits a datagram of the base size. */
export const CONTROL_PIECE_BYTES = 1_024;
/** Pieces of control messages that may be unacknowledged; the receiver ignores those beyond. */
export const CONTROL_WINDOW_PIECES = 256;

// What we chose: sending.

/** Datagrams of one run of segments: the kernel takes no more at once. */
export const MAX_SEGMENTS = 64;
/** Bytes of one run, and of the largest datagram: what UDP over IPv4 carries. */
export const MAX_RUN_BYTES = 65_507;
/** Bytes of a batch buffer: a run, and the datagram that turns out not to belong to it. */
export const BATCH_BYTES = 2 * 65_536;
/** A datagram that is shorter than its run by at most one part in so many is padded to fit in. */
export const PADDING_SHARE = 16;
/** Bytes of packets that wait for room on the path; beyond, the longest flow loses. */
export const QUEUE_BYTES = 4 * 1024 * 1024;
/** Packets that wait; beyond, the longest flow loses. */
export const QUEUE_PACKETS = 65_536;
/**
 * Bytes of one flow that wait; beyond, who can keep his packets himself is told to. Enough to fill
 * the path anew in each turn, and little enough that nothing grows old here.
 */
export const FLOW_ROOM_BYTES = 256 * 1024;
/** Milliseconds a packet waits at most; then it is dropped. */
export const QUEUE_MS = 500;
/** Queues that flows are hashed into. */
export const FLOW_QUEUES = 256;
/** Bytes a flow may send before the next one's turn. */
export const FLOW_QUANTUM_BYTES = 4_096;
/** Bytes of the pieces of memory that queues are made of. */
export const CHUNK_BYTES = 16 * 1024;
/** Chunks kept for the next packets when a queue has emptied: 256 KiB. */
export const SPARE_CHUNKS = 16;
/** Bytes of control messages that wait or are unacknowledged; beyond, `sendControl` refuses. */
export const CONTROL_QUEUE_BYTES = 1024 * 1024;
/** Pieces that wait, so that short messages are bounded as well; beyond, it refuses. */
export const CONTROL_QUEUE_PIECES = 4_096;
/** Milliseconds an unacknowledged piece waits at least before it is sent again. */
export const CONTROL_RETRY_MIN_MS = 20;
/** Milliseconds it waits at most. */
export const CONTROL_RETRY_MAX_MS = 2_000;
/** Pieces that are sent again in one turn, so that a dead path costs little. */
export const CONTROL_RETRY_PIECES = 16;

/** Milliseconds between the first HELLO without an answer and the second; then twice as long. */
export const GREET_AGAIN_MS = 100;
/** The longest such gap, in milliseconds. */
export const GREET_AGAIN_MAX_MS = 2_000;

// What we chose: receiving.

/** Bytes of unfinished packets; beyond, the oldest is dropped. */
export const REASSEMBLY_BYTES = 4 * 1024 * 1024;
/** Unfinished packets; beyond, the oldest is dropped. */
export const REASSEMBLY_PACKETS = 64;
/** Milliseconds a packet may be unfinished; then it is dropped. */
export const REASSEMBLY_MS = 2_000;
/** Gaps in one unfinished packet; with more it is dropped. */
export const REASSEMBLY_GAPS = 128;
/** Bytes of memory kept for the next unfinished packets. */
export const REASSEMBLY_SPARE_BYTES = 1024 * 1024;
/** Datagrams after which an acknowledgement goes out at the end of the turn. */
export const ACK_DATAGRAMS = 32;
/** Bytes after which it does. */
export const ACK_BYTES = 16 * 1024;
/** Milliseconds it waits otherwise. */
export const ACK_DELAY_MS = 2;
/** Challenges, answers and acknowledgements in one datagram that are acted on; more are ignored. */
export const MOST_COSTLY_FRAMES = 8;
/** Receiving sessions of one channel that are told apart (rule S9 allows three). */
export const RECEIVING_SESSIONS = 4;

// What we chose: bytes in flight.

/** Bytes that may always be in flight on a path, unless the peer's window is smaller. */
export const FLIGHT_FLOOR_BYTES = 32 * 1024;
/** Datagrams that may be in flight in one session: the most that are remembered. */
export const FLIGHT_DATAGRAMS = 8_192;
/** Bytes of receive window taken for granted until HELLO says otherwise. */
export const DEFAULT_WINDOW_BYTES = 128 * 1024;
/** The least a peer can announce and be believed, in bytes. */
export const LEAST_WINDOW_BYTES = 16 * 1024;
/** Round trips over which the best delivery rate counts. */
export const RATE_ROUNDS = 10;
/** Flight beyond the path's product of rate and shortest round trip, as a share of it. */
export const FLIGHT_HEADROOM = 0.5;
/** Share of a round's bytes beyond which its losses are an overflowing queue's, not chance. */
export const LOSSY_ROUND = 0.08;
/** What is left of the headroom after such a round. */
export const LESS_HEADROOM = 0.7;
/** The least share of the headroom that is always used. */
export const LEAST_HEADROOM = 0.3;
/** The share of the headroom that a round with few losses gives back. */
export const MORE_HEADROOM = 0.05;
/** How much a round's rate has to exceed the best before to count as growth. */
export const STARTUP_GROWTH = 1.25;
/** Rounds in a row without growth, the path being full, that end the start. */
export const STARTUP_ROUNDS = 3;
/** Milliseconds for which the least round trip time counts. */
export const MIN_RTT_MS = 10_000;
/** Milliseconds of less flight in which it is measured anew. */
export const MIN_RTT_PROBE_MS = 100;
/** Milliseconds of round trip that are assumed before one was measured. */
export const INITIAL_RTT_MS = 100;
/** Milliseconds by which a datagram may be late beyond its path's round trip before it is lost. */
export const REORDER_MS = 5;
/** Milliseconds after which an unanswered datagram is lost, whatever came after it. */
export const LOST_AFTER_MS = 400;
/** Datagrams of which the lost ones are counted; then what is counted is halved. */
export const LOSS_WINDOW = 512;
/** Arrivals assumed before the first, so that one loss at the start does not look like many. */
export const LOSS_PRIOR = 16;

// What we chose: paths.

/** Learned addresses; beyond, the one least recently heard from is forgotten (rule L2). */
export const MAX_LEARNED = 8;
/** Configured and discovered addresses each; beyond, an address is refused. */
export const MAX_GIVEN = 8;
/** Addresses a handshake datagram without a goal goes to. */
export const MAX_CANDIDATES = 8;
/** Challenges to a learned address, for which it has to answer one (rule L2). */
export const CHALLENGE_TRIES = 3;
/** Milliseconds between the first and the second; each further gap is twice as long. */
export const CHALLENGE_MS = 100;
/** Milliseconds after which a learned address that never answered is tried again, if it sends. */
export const CHALLENGE_AGAIN_MS = 1_000;
/** Challenges of one path whose answers are still recognised. */
export const OPEN_CHALLENGES = 16;
/** Milliseconds of silence after which a learned address has to answer again (rule L2). */
export const REVALIDATE_MS = 30_000;
/** Milliseconds between probes of a path that is not used, while traffic flows. */
export const PROBE_BUSY_MS = 1_000;
/** The same while nothing flows; a quarter of it is jitter. */
export const PROBE_IDLE_MS = 20_000;
/** Milliseconds between probes of a path while the used one is in doubt, at first. */
export const PROBE_DOUBT_MS = 100;
/** The same when it has been silent for SILENT_MS, so that an end of the outage shows soon. */
export const PROBE_OUTAGE_MS = 400;
/** Milliseconds of silence after which that is given up for PROBE_LONG_OUTAGE_MS. */
export const OUTAGE_MS = 60_000;
/** See OUTAGE_MS. */
export const PROBE_LONG_OUTAGE_MS = 5_000;
/** The longest gap in milliseconds between probes of a given address that does not answer. */
export const PROBE_SLOWEST_MS = 20_000;
/** Milliseconds without sending or hearing anything after which the used path is probed: NATs. */
export const KEEPALIVE_MS = 25_000;
/** Milliseconds after a packet for which a link counts as busy. */
export const BUSY_MS = 2_000;
/** Milliseconds without an answer, under traffic, after which the used path is in doubt. */
export const DOUBT_MS = 200;
/** Round trips of the same. */
export const DOUBT_RTTS = 3;
/** Milliseconds without an answer after which traffic moves to a path that does answer. */
export const SWITCH_MS = 400;
/** Milliseconds without an answer on any path after which the session is in doubt as well. */
export const DOUBT_SESSION_MS = 1_000;
/** Milliseconds between two such doubts. */
export const DOUBT_SESSION_AGAIN_MS = 2_000;
/** Milliseconds without an answer on any path after which the link is down. */
export const SILENT_MS = 3_000;
/** Another path is better if its cost is at most this share of the used one's … */
export const BETTER_SHARE = 0.8;
/** … and so many milliseconds lower. */
export const BETTER_MS = 2;
/** Milliseconds of cost of losing every datagram: one in a hundred costs as much as 5 ms. */
export const LOSS_COST_MS = 500;
/** Milliseconds between two moves to a path that is merely better. */
export const MOVE_AGAIN_MS = 5_000;
/** A round trip that changes by this share, or a loss that changes by LOSS_STEP, is told. */
export const RTT_STEP = 0.2;
/** See RTT_STEP. */
export const LOSS_STEP = 0.05;
/** Milliseconds between two such reports. */
export const REPORT_MS = 1_000;

// What we chose: path MTU (RFC 8899; sizes are those of UDP payloads).

/** Sizes that are tried one after the other, in bytes; then the largest possible. */
export const MTU_LADDER: readonly number[] = [1_280, 1_372, 1_400, 1_452, 1_472, 8_952, 8_972];
/** The search ends when it is known so exactly, in bytes. */
export const MTU_PRECISION_BYTES = 16;
/** Probes of one size that have to be lost before it counts as too large. */
export const MTU_TRIES = 3;
/** Milliseconds after which a finished search begins again. */
export const MTU_AGAIN_MS = 600_000;
/** Datagrams above the base size lost in a row, smaller ones arriving, that end a size. */
export const MTU_BLACK_HOLE = 6;
/** The largest datagram is at most this share of the peer's receive window: one in so many. */
export const MTU_WINDOW_SHARE = 4;
