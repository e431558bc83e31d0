// SPDX-License-Identifier: Apache-2.0

package inet256

// Event is what a client tells whoever cares, beside the answers to calls: one of [Disconnected],
// [Reopened], [Ended], [Refused] and [Lost].
type Event interface{ event() }

// Disconnected: the connection of a node broke; it will be opened again as soon as that is possible.
type Disconnected struct {
	Node Address
	Err  error
}

// Reopened: a node is open again, at the same address; messages may have been lost meanwhile.
type Reopened struct {
	Node Address
}

// Ended: a node cannot be opened again, and is closed for good. Not told when the program closed it.
type Ended struct {
	Node Address
	Err  error
}

// Refused: the daemon refused a message of TrySend or SendBatch.
type Refused struct {
	Node   Address
	Reason Reason
}

// Lost: messages for a node were lost because nobody read them in time.
type Lost struct {
	Node Address
	// AtDaemon says where: at the daemon, or in this process.
	AtDaemon bool
	// Total counts all that were lost there; at the daemon, since the node was opened last.
	Total uint64
}

func (Disconnected) event() {}
func (Reopened) event()     {}
func (Ended) event()        {}
func (Refused) event()      {}
func (Lost) event()         {}
