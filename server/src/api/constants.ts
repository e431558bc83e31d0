// SPDX-License-Identifier: GPL-3.0-or-later

/** The limits of the API that are not configured, each with its unit and what happens at it. */

/**
 * A stream whose unwritten bytes reach this takes no more; its node's inbox does. Deep enough to
 * keep a busy reader busy while the two processes take turns on a core: a quarter of it halves
 * the rate.
 */
export const STREAM_PENDING_BYTES = 2 * 1024 * 1024;
/** The first piece of memory a stream takes for what it is about to write, in bytes. */
export const SMALLEST_CHUNK_BYTES = 1024;
/** A stream that reads or writes more than this at once takes a whole message of memory, in bytes. */
export const LARGE_CHUNK_BYTES = 64 * 1024;
/** Bytes before each message of gRPC: whether it is compressed, and its length (gRPC over HTTP/2). */
export const FRAME_BYTES = 5;
/** Messages' memory kept for the next stream that needs one: 16 MiB. */
export const POOLED_CHUNKS = 64;
/** First pieces kept for the next stream that needs one: 256 KiB. */
export const POOLED_SMALL_CHUNKS = 256;
/** What grpc-js may receive at once: a stream message (256 KiB) and some framing, in bytes. */
export const MAX_RECEIVE_BYTES = 256 * 1024 + 1024;
/**
 * Bytes by which a client may be ahead of the daemon. Less than a unix socket of Linux holds (208
 * KiB): Node stops reading an HTTP/2 connection while a write to it is incomplete, so two ends that
 * both have more to write than the socket holds would wait for each other for ever.
 */
export const FLOW_CONTROL_BYTES = 128 * 1024;
/**
 * Bytes of a request's headers, counted as HTTP/2 does; a connection with longer ones is cut. What
 * gRPC's own libraries take unless they are told otherwise.
 */
export const MAX_HEADER_BYTES = 8 * 1024;
/** Bytes of headers that a request may have without being counted as long ones. */
export const SHORT_HEADER_BYTES = 1024;
/**
 * Bytes beyond those that a connection may bring in a second, and at once; then it is cut. They are
 * memory that the collector does not see: at 60 MB/s it was late by a gigabyte.
 */
export const LONG_HEADER_BYTES_PER_SECOND = 32 * 1024;
/** A stream that accepts lazily does so without being asked when this many bytes are unaccepted. */
export const LAZY_ACCEPTANCE_BYTES = 64 * 1024;
/** Milliseconds a session of Open lasts without being used (rule P2). */
export const LEASE_MS = 60_000;
/** Milliseconds a session of Open lasts at most, however much it is used (rule P2). */
export const LONGEST_SESSION_MS = 24 * 3600 * 1000;
/** Sessions of Open there may be at once, of all callers together; beyond: LIMIT_NODES. */
export const MAX_LEASED_SESSIONS = 1024;
/** Bytes of datagrams in one answer of Receive. */
export const MAX_RECEIVE_ANSWER_BYTES = 256 * 1024;
/** Receives that may wait at one session at once; beyond: LIMIT_RATE. */
export const MAX_WAITING_RECEIVES = 16;
/** Calls that answer with a stream, of all callers together; beyond: LIMIT_RATE. */
export const MAX_ANSWER_STREAMS = 64;
/** Nodes in one answer of ListNodes. */
export const NODES_IN_ANSWER = 256;
/** Milliseconds after which a connection on which nothing is asked any more is closed. */
export const IDLE_MS = 20_000;
/**
 * Milliseconds in which a connection has to ask for something at first; then it is closed. Clients
 * ask at once, and connect again when they ask later. One that sends what is no HTTP/2 is heard of
 * no more: Node stops reading it, and does not see either that the other end is gone.
 */
export const FIRST_CALL_MS = 3_000;
/** Milliseconds between two pings that find out whether a silent client is still there. */
export const KEEPALIVE_MS = 60_000;
/** Bytes of a file of tokens or certificates; a larger one is refused. */
export const MAX_ACCESS_FILE_BYTES = 256 * 1024;
/** Tokens in a file; with more it is refused. Each call is compared with all of them. */
export const MAX_TOKENS = 64;
/** Characters of a token at least: fewer can be guessed. */
export const SHORTEST_TOKEN = 32;
/** Milliseconds for which a new connection waits at most; one that would wait longer is refused. */
export const LONGEST_ARRIVAL_MS = 5_000;
/** Connections that wait, of all processes; more are closed, counted. */
export const MAX_ARRIVING = 1_024;
/**
 * Connections over TCP that have not shown a token yet; more are closed at once, counted. They have
 * places of their own, so that strangers take none from clients.
 */
export const MAX_STRANGERS = 64;
/** Milliseconds a stranger has to finish its handshake and show a token; then it is cut. */
export const STRANGER_MS = 10_000;
/** Handshakes of TLS a second, of all strangers; twice as many at once. More are closed, counted. */
export const HANDSHAKES_PER_SECOND = 100;
/** Calls without a valid token on one connection; at this many it is cut. */
export const MOST_REFUSED_CALLS = 5;
/** Milliseconds that a refusal waits for, times the refusals of that connection before it. */
export const REFUSAL_DELAY_MS = 100;
/** Lines a second about refusals in the log, twice as many at once; the next one says how many more. */
export const REFUSALS_LOGGED_PER_SECOND = 10;
/** Calls that a stranger may begin, known methods or not; then it is cut. */
export const MOST_CALLS_OF_A_STRANGER = 32;
/**
 * Calls that a client may have at once before one of them was served; more are refused in a way that
 * lets it try again. Whatever a connection has begun ends in one turn when it breaks.
 */
export const FIRST_CALLS_AT_ONCE = 32;
/** By how much that grows each time half as many were served, up to the limit of its nodes, … */
export const MORE_CALLS_AT_ONCE = 4;
/** … and so many calls beside the streams of these nodes. */
export const CALLS_BESIDE_NODES = 256;
/**
 * Calls of a client that may come to nothing (malformed, unknown, refused, or given up before there
 * was an answer) in a row, and then a second: beyond, its next calls begin later, …
 */
export const FRUITLESS_AT_ONCE = 32;
export const FRUITLESS_PER_SECOND = 100;
/** … by so many milliseconds at most; */
export const LONGEST_PATIENCE_MS = 2_000;
/**
 * and with so many times as many given up at once as it may have, or more than that rate, the
 * connection is cut: whatever it has begun, it may give up together.
 */
export const GIVEN_UP_SHARE = 1.5;
/**
 * Costly things that are done for clients in a millisecond, all clients' together and one in a turn:
 * grpc-js takes some 100 µs to begin a call, the first message of a stream that opens a node as much
 * again. The others wait, and everybody else has his turn between.
 */
export const COSTLY_AT_ONCE = 8;
