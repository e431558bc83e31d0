// SPDX-License-Identifier: Apache-2.0

// Package inet256 is the INET256 network for programs in Go: make a key, connect to the daemon on
// this machine, and send messages to addresses.
//
// An [Address] is the hash of a public key, and whoever has the key is reached by it, wherever they
// are. [Dial] connects to a daemon, [Client.Open] gives a [Node] with an address of its own, and
// nodes send messages of up to 65,535 bytes to each other. A message arrives once, unaltered, from
// exactly who it says it is from, or not at all.
//
// # Sending
//
// [Node.Send] waits until the daemon has accepted the message, or says why not. Any number of
// goroutines may send at once; what they send together travels together. [Node.SendBatch] and
// [Node.TrySend] hand messages over without waiting for the answer, and are the fast way; when they
// say [ErrLimitBytes], [Node.Room] waits until there is room again.
//
// # Receiving
//
// [Node.Receive] takes one message, [Node.ReceiveBatch] all that have arrived, and [Node.Messages]
// is an iterator over them. Each message goes to one receiver. A program that does not read loses
// its own messages, the oldest first; [Lost] says so.
//
// # When the daemon goes away
//
// Nodes come back by themselves. What was on its way when the connection broke fails with
// [ErrOutcomeUnknown] and is never sent again; what was not written yet waits for 10 s, then fails
// with [ErrUnavailable]. [WithEvents] hears of it.
package inet256
