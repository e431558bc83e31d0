// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/net/nettest"
)

// onePeer is a PacketConn that speaks to one peer, as a stream, which is what nettest takes: what a
// read leaves of a packet is for the next one.
type onePeer struct {
	net.PacketConn
	peer net.Addr
	left chan []byte
}

func (c *onePeer) RemoteAddr() net.Addr { return c.peer }

func (c *onePeer) Read(p []byte) (int, error) {
	select {
	case rest := <-c.left:
		return c.keep(p, rest), nil
	default:
	}
	packet := make([]byte, MTU)
	length, _, err := c.ReadFrom(packet)
	switch {
	case err != nil:
		return 0, err
	case length == 0:
		return 0, io.EOF
	}
	return c.keep(p, packet[:length]), nil
}

func (c *onePeer) keep(p, packet []byte) int {
	length := copy(p, packet)
	if length < len(packet) {
		c.left <- packet[length:]
	}
	return length
}

// Close says so to the peer, for which an empty packet is the end.
func (c *onePeer) Close() error {
	_, _ = c.Write(nil)
	return c.PacketConn.Close()
}

func (c *onePeer) Write(p []byte) (int, error) { return c.WriteTo(p, c.peer) }

func TestPacketConnIsAsPackageNetWants(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		h := newHarness(t)
		// More than all that is sent, for a stream may not lose anything.
		roomy := func() *Node { return h.open(h.dialAt(h.daemon.endpoint, WithInboxBytes(64<<20))) }
		a, b := roomy(), roomy()
		first := &onePeer{a.PacketConn(), b.LocalAddr(), make(chan []byte, 64)}
		second := &onePeer{b.PacketConn(), a.LocalAddr(), make(chan []byte, 64)}
		return first, second, func() { _, _ = first.Close(), second.Close() }, nil
	})
}

func TestPacketConnKeepsPacketsApart(t *testing.T) {
	h := newHarness(t)
	a, b := h.pair()
	from, to := a.PacketConn(), b.PacketConn()
	for _, text := range []string{"one", "", "a long one"} {
		n, err := from.WriteTo([]byte(text), b.LocalAddr())
		h.must(err)
		h.expect(n == len(text), "wrote %d", n)
	}
	buffer := make([]byte, 6)
	for _, want := range []string{"one", "", "a long"} {
		n, source, err := to.ReadFrom(buffer)
		h.must(err)
		h.expect(string(buffer[:n]) == want, "got %q", buffer[:n])
		h.expect(source == net.Addr(a.LocalAddr()), "from another")
	}
	_, err := from.WriteTo(nil, &net.UDPAddr{})
	h.rejects(err, ErrBadAddress)
	_, err = from.WriteTo(make([]byte, MTU+1), b.LocalAddr())
	h.rejects(err, ErrMessageTooLarge)
	h.must(to.SetReadDeadline(time.Now().Add(-time.Second)))
	_, _, err = to.ReadFrom(buffer)
	h.expect(errors.Is(err, os.ErrDeadlineExceeded), "got %v", err)
	h.must(to.Close())
	h.must(to.SetReadDeadline(time.Time{}))
	_, _, err = to.ReadFrom(buffer)
	h.expect(errors.Is(err, net.ErrClosed) && errors.Is(err, ErrNodeClosed), "got %v", err)
}
