// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"iter"
)

// Node is one identity that sends and receives messages. Every call fails with NODE_CLOSED after
// [Node.Close], with NODE_DROPPED after somebody dropped the node, and with what is said at each
// call. Safe for use by several goroutines.
type Node struct {
	keeper  *keeper
	public  PublicKey
	address Address
	inbox   *inbox
	outbox  *outbox
}

func newNode(c *Client, public PublicKey, serialized []byte, daemonInboxBytes uint32) *Node {
	n := &Node{
		public:  public,
		address: public.Address(),
		inbox:   newInbox(c.options.inboxBytes),
		outbox:  newOutbox(),
	}
	n.keeper = newKeeper(c, n, serialized, daemonInboxBytes)
	return n
}

// LocalAddr returns the node's own address.
func (n *Node) LocalAddr() Address { return n.address }

// PublicKey returns the key that hashes to the node's address.
func (n *Node) PublicKey() PublicKey { return n.public }

// MTU returns the length of the longest message in bytes: 65,535.
func (n *Node) MTU() int { return MTU }

// Send sends one message and returns when it was accepted, which is not to say that it arrived. The
// payload is copied. It waits while too much is on its way.
//
// Fails with MESSAGE_TOO_LARGE, NO_SUCH_ADDRESS, UNREACHABLE, LIMIT_BYTES, with OUTCOME_UNKNOWN when
// the connection broke before the daemon answered, with UNAVAILABLE when there was no daemon for 10
// s, or with the context's error; giving up after the message was handed over does not call it back.
// Nothing that failed is sent again.
func (n *Node) Send(ctx context.Context, to Address, payload []byte) error {
	if err := checkPayload(payload); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	result, err := n.outbox.enqueue(ctx, &to, payload)
	if err != nil {
		return err
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return givenUp(ctx)
	}
}

// TrySend hands over one message without waiting for anything; the payload is copied. Fails with
// MESSAGE_TOO_LARGE, or with LIMIT_BYTES when too much is on its way: [Node.Room] waits until that
// has changed. What the daemon says to the message is told by [Refused].
func (n *Node) TrySend(to Address, payload []byte) error {
	if err := checkPayload(payload); err != nil {
		return err
	}
	return n.outbox.trySend(&to, payload)
}

// SendBatch is TrySend for many, and the fastest way to send. It returns how many of them, from the
// first on, were taken, and why the next one was not. With MESSAGE_TOO_LARGE none is taken.
func (n *Node) SendBatch(batch []Message) (taken int, err error) {
	for i := range batch {
		if err := checkPayload(batch[i].Payload); err != nil {
			return 0, err
		}
	}
	return n.outbox.sendBatch(batch)
}

// Room returns when TrySend would take a message; that it then takes one is not promised, for others
// may have been quicker. It waits through an outage of the daemon as Send does.
func (n *Node) Room(ctx context.Context) error {
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	return n.outbox.waitForRoom(ctx)
}

// Receive waits for one message, calls the function with it, and returns what that returns. Each
// message goes to one receiver only. Fails with the context's error, too.
func (n *Node) Receive(ctx context.Context, handle func(Message) error) error {
	message, err := n.inbox.one(ctx)
	if err != nil {
		return err
	}
	return handle(message)
}

// ReceiveBatch waits for messages and takes those that came together, in order; at least one. The
// fastest way to receive, with [Node.Messages].
func (n *Node) ReceiveBatch(ctx context.Context) ([]Message, error) {
	batch, err := n.inbox.batch(ctx)
	if err != nil {
		return nil, err
	}
	return batch.all(), nil
}

// Messages iterates over messages as they come. It ends when the node is closed; any other error,
// the context's too, is the last thing it gives. It may be left, and taken up again.
func (n *Node) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for {
			batch, err := n.inbox.batch(ctx)
			if err != nil {
				if !isClosed(err) {
					yield(Message{}, err)
				}
				return
			}
			for batch.count > 0 {
				if !yield(batch.next(), nil) {
					n.inbox.giveBack(&batch)
					return
				}
			}
		}
	}
}

func checkPayload(payload []byte) error {
	if len(payload) > MTU {
		return newError(ErrMessageTooLarge, "expected at most %d bytes, got %d", MTU, len(payload))
	}
	return nil
}
