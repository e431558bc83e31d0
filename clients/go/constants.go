// SPDX-License-Identifier: Apache-2.0

package inet256

import "time"

// MTU is the length of the longest message in bytes, the same for every destination.
const MTU = 65_535

// What the API fixes.
const (
	// The longest message of a stream, in bytes.
	maxStreamMessageBytes = 256 * 1024
	// What may be written and not yet accepted, in encoded bytes.
	maxUnacceptedBytes = 1024 * 1024
)

// What this package chooses.
const (
	// Bytes handed over and not yet written; beyond it TrySend fails with LIMIT_BYTES and Send waits.
	unwrittenBytes = 1024 * 1024
	// Bytes that arrived and were not read, unless WithInboxBytes says otherwise.
	defaultInboxBytes = 8 * 1024 * 1024
	// The time without a daemon after which unwritten messages fail with UNAVAILABLE.
	outageTime = 10 * time.Second
	// The time between attempts to reach a daemon that is away: the first, and the longest.
	reconnectFirst = 50 * time.Millisecond
	reconnectMost  = 500 * time.Millisecond
	// How long one attempt to connect may take.
	connectTime = 5 * time.Second
	// Nodes that are opened again at the same time after a daemon came back.
	reopenAtOnce = 128
	// The time between attempts to reopen a node that the daemon refused for now.
	reopenFirst = 100 * time.Millisecond
	reopenMost  = 5 * time.Second
	// How long Close waits for what was sent to be written and for the daemon to agree.
	closeTime = 2 * time.Second
	// The longest a lookup waits for the network, unless the caller gives up first.
	lookupTime = 10 * time.Second
	// The most that a key file, a token file or a file of certificates may hold, in bytes.
	maxFileBytes = 64 * 1024
	// The longest answer that is taken, in bytes: far above a stream message.
	maxAnswerBytes = 4 * 1024 * 1024
)

// DefaultPort is the port of tcp:// and tls:// endpoints that name none.
const DefaultPort = 2560
