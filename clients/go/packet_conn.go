// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// Network returns "inet256": with it an Address is a [net.Addr].
func (a Address) Network() string { return "inet256" }

// PacketConn returns the node as a [net.PacketConn]; its addresses are of type [Address]. Like UDP it
// makes no promise for a packet: what the daemon says to it is told by [Refused]. Closing it closes
// the node.
func (n *Node) PacketConn() net.PacketConn {
	c := &packetConn{node: n}
	c.reading.init()
	c.writing.init()
	return c
}

type packetConn struct {
	node             *Node
	reading, writing deadline
}

// ReadFrom takes the next message. What does not fit into p is lost.
func (c *packetConn) ReadFrom(p []byte) (length int, from net.Addr, err error) {
	message, err := c.node.inbox.one(c.reading.context())
	if err != nil {
		return 0, nil, c.failed("read", nil, err)
	}
	return copy(p, message.Payload), message.Address, nil
}

// WriteTo sends a message of at most [MTU] bytes to an [Address]. It waits while there is no room.
func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	address, ok := to.(Address)
	if !ok {
		return 0, c.failed("write", to, newError(ErrBadAddress, "expected an inet256.Address"))
	}
	ctx := c.writing.context()
	for {
		if ctx.Err() != nil {
			return 0, c.failed("write", to, ctx.Err())
		}
		err := c.node.TrySend(address, p)
		if errors.Is(err, ErrLimitBytes) {
			err = c.node.Room(ctx)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return 0, c.failed("write", to, err)
		}
		return len(p), nil
	}
}

// failed says it as package net does: a deadline is os.ErrDeadlineExceeded, an end net.ErrClosed.
func (c *packetConn) failed(operation string, to net.Addr, err error) error {
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		err = os.ErrDeadlineExceeded
	case isClosed(err):
		err = errors.Join(net.ErrClosed, err)
	}
	return &net.OpError{Op: operation, Net: "inet256", Source: c.node.address, Addr: to, Err: err}
}

func (c *packetConn) Close() error        { return c.node.Close() }
func (c *packetConn) LocalAddr() net.Addr { return c.node.address }

func (c *packetConn) SetDeadline(t time.Time) error {
	c.reading.set(t)
	c.writing.set(t)
	return nil
}

func (c *packetConn) SetReadDeadline(t time.Time) error {
	c.reading.set(t)
	return nil
}

func (c *packetConn) SetWriteDeadline(t time.Time) error {
	c.writing.set(t)
	return nil
}

// deadline is a moment that may be moved while somebody waits for it, as a context that ends then.
type deadline struct {
	mu      sync.Mutex
	current context.Context
	end     context.CancelFunc
	timer   *time.Timer
}

func (d *deadline) init() { d.current, d.end = context.WithCancel(context.Background()) }

func (d *deadline) context() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current
}

// set moves it; the zero time means never.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if d.current.Err() != nil {
		d.init()
	}
	switch left := time.Until(t); {
	case t.IsZero():
	case left <= 0:
		d.end()
	default:
		// A timer that has fired already must not end the contexts that come after.
		d.timer = time.AfterFunc(left, d.end)
	}
}
