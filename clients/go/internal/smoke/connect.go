// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/mesh256/mesh256/clients/go"
	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
)

func (s *suite) connectOpens(ctx context.Context) error {
	n, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer n.close()
	key, err := inet256.ParsePrivateKey(n.key.GetPrivateKey())
	if err != nil {
		return err
	}
	address := key.Public().Address()
	switch {
	case !bytes.Equal(n.opened.Address, address[:]) || n.opened.AddressText != address.String():
		return fmt.Errorf("opened as %s, expected %v", n.opened.AddressText, address)
	case !bytes.Equal(n.opened.PublicKey, key.Public().Serialize()):
		return fmt.Errorf("opened with another public key")
	case n.opened.Mtu != mtu:
		return fmt.Errorf("the MTU is %d, expected %d", n.opened.Mtu, mtu)
	}
	return expect(len(n.opened.Session) == 64, "the session token is not 64 characters long")
}

func (s *suite) carriesSizes(ctx context.Context) error {
	a, b, closeBoth, err := s.openPair(ctx)
	if err != nil {
		return err
	}
	defer closeBoth()
	for _, size := range []int{0, 1, mtu} {
		payload := pattern(size)
		if err := a.send(b.opened.Address, payload); err != nil {
			return err
		}
		arrived, err := b.receive(1)
		if err != nil {
			return fmt.Errorf("of %d bytes: %w", size, err)
		}
		if len(arrived) != 1 || !bytes.Equal(arrived[0].Payload, payload) {
			return fmt.Errorf("the message of %d bytes was altered", size)
		}
		if !bytes.Equal(arrived[0].Address, a.opened.Address) {
			return fmt.Errorf("the message of %d bytes names another sender", size)
		}
	}
	return nil
}

func (s *suite) carriesBatches(ctx context.Context) error {
	const count = 1_000
	a, b, closeBoth, err := s.openPair(ctx)
	if err != nil {
		return err
	}
	defer closeBoth()
	payloads := make([][]byte, count)
	for i := range payloads {
		payloads[i] = binary.BigEndian.AppendUint32(nil, uint32(i))
	}
	if err := a.send(b.opened.Address, payloads...); err != nil {
		return err
	}
	arrived, err := b.receive(count)
	if err != nil {
		return err
	}
	// One more, to see that nothing came twice behind them.
	if err := a.send(b.opened.Address, []byte("last")); err != nil {
		return err
	}
	last, err := b.receive(1)
	if err != nil {
		return err
	}
	return expectEachOnce(append(arrived, last...), append(payloads, []byte("last")))
}

// expectEachOnce compares without regard to the order.
func expectEachOnce(arrived []*pb.Datagram, sent [][]byte) error {
	times := map[string]int{}
	for _, datagram := range arrived {
		times[string(datagram.Payload)]++
	}
	for i, payload := range sent {
		if n := times[string(payload)]; n != 1 {
			return fmt.Errorf("message %d arrived %d times", i, n)
		}
	}
	return expect(len(arrived) == len(sent), "messages arrived that were not sent")
}

func (s *suite) refusesLargeMessages(ctx context.Context) error {
	a, b, closeBoth, err := s.openPair(ctx)
	if err != nil {
		return err
	}
	defer closeBoth()
	if err := a.send(b.opened.Address, []byte("before"), pattern(mtu+1), []byte("after")); err != nil {
		return err
	}
	if len(a.failed) != 1 || a.failed[2] != pb.Reason_REASON_MESSAGE_TOO_LARGE {
		return fmt.Errorf("failed: %v, expected number 2 with MESSAGE_TOO_LARGE", a.failed)
	}
	arrived, err := b.receive(2)
	if err != nil {
		return err
	}
	return expectEachOnce(arrived, [][]byte{[]byte("before"), []byte("after")})
}

func (s *suite) dropEndsStreams(ctx context.Context) error {
	n, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer n.close()
	if _, err := s.nodes.Drop(ctx, &pb.DropRequest{Key: n.key}); err != nil {
		return fmt.Errorf("Drop: %w", err)
	}
	if err := wantReason(n.untilEnd(), "NODE_DROPPED"); err != nil {
		return fmt.Errorf("the stream: %w", err)
	}
	_, err = s.nodes.Drop(ctx, &pb.DropRequest{Key: n.key})
	if err != nil {
		return fmt.Errorf("dropping what is not open: %w", err)
	}
	again, err := s.openKey(ctx, n.key)
	if err != nil {
		return fmt.Errorf("right after Drop: %w", err)
	}
	again.close()
	return nil
}

func (s *suite) endClosesNodes(ctx context.Context) error {
	n, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer n.close()
	if err := n.stream.CloseSend(); err != nil {
		return err
	}
	if err := n.untilEnd(); err != nil {
		return fmt.Errorf("the stream did not end cleanly: %w", err)
	}
	ctx = withSession(ctx, n.opened.Session)
	_, err = s.nodes.Send(ctx, &pb.SendRequest{Address: n.opened.Address})
	return wantReason(err, "SESSION_EXPIRED")
}

// pattern returns bytes of that number which differ along the way.
func pattern(size int) []byte {
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte(i % 251)
	}
	return payload
}
