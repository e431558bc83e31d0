// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/mesh256/mesh256/clients/go"
	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

func (s *suite) isHealthy(ctx context.Context) error {
	for _, service := range []string{"", pb.NodeService_ServiceDesc.ServiceName} {
		answer, err := s.health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: service})
		if err != nil {
			return err
		}
		if answer.Status != grpc_health_v1.HealthCheckResponse_SERVING {
			return fmt.Errorf("service %q is %v", service, answer.Status)
		}
	}
	return nil
}

func (s *suite) generatesKeys(ctx context.Context) error {
	_, generated, err := s.generate(ctx)
	if err != nil {
		return err
	}
	key, err := inet256.ParsePrivateKey(generated.PrivateKey)
	if err != nil {
		return err
	}
	address := key.Public().Address()
	return expect(
		bytes.Equal(generated.PublicKey, key.Public().Serialize()) &&
			bytes.Equal(generated.Address, address[:]) &&
			generated.AddressText == address.String(),
		"private key, public key, address and text do not belong together")
}

func (s *suite) refusesBadKeys(ctx context.Context) error {
	bad := &pb.NodeKey{Key: &pb.NodeKey_PrivateKey{PrivateKey: []byte("no key")}}
	_, err := s.nodes.Open(ctx, &pb.OpenRequest{Key: bad})
	if err := wantReason(err, "BAD_KEY"); err != nil {
		return fmt.Errorf("Open: %w", err)
	}
	_, err = s.openKey(ctx, bad)
	return wantReason(err, "BAD_KEY")
}

func (s *suite) findsAddresses(ctx context.Context) error {
	a, b, closeBoth, err := s.openPair(ctx)
	if err != nil {
		return err
	}
	defer closeBoth()
	ctx = withSession(ctx, a.opened.Session)
	// Longer than nbits: the rest is ignored.
	found, err := s.nodes.FindAddress(ctx, &pb.FindAddressRequest{Prefix: b.opened.Address[:16], Nbits: 100})
	if err != nil {
		return err
	}
	if !bytes.Equal(found.Address, b.opened.Address) || found.AddressText != b.opened.AddressText {
		return fmt.Errorf("found %s, expected %s", found.AddressText, b.opened.AddressText)
	}
	_, err = s.nodes.FindAddress(ctx, &pb.FindAddressRequest{Prefix: b.opened.Address[:2], Nbits: 17})
	return wantReason(err, "BAD_REQUEST")
}

func (s *suite) looksUpKeys(ctx context.Context) error {
	a, b, closeBoth, err := s.openPair(ctx)
	if err != nil {
		return err
	}
	defer closeBoth()
	ctx = withSession(ctx, a.opened.Session)
	for _, request := range []*pb.LookupPublicKeyRequest{
		{Address: b.opened.Address},
		{AddressText: b.opened.AddressText},
	} {
		answer, err := s.nodes.LookupPublicKey(ctx, request)
		if err != nil {
			return err
		}
		key, err := inet256.ParsePublicKey(answer.PublicKey)
		if err != nil {
			return err
		}
		if address := key.Address(); !bytes.Equal(address[:], b.opened.Address) {
			return fmt.Errorf("the key of %v, expected %s", address, b.opened.AddressText)
		}
	}
	return nil
}

func (s *suite) worksUnary(ctx context.Context) error {
	a, err := s.openUnary(ctx)
	if err != nil {
		return err
	}
	b, err := s.openUnary(ctx)
	if err != nil {
		return err
	}
	asA, asB := withSession(ctx, a.Session), withSession(ctx, b.Session)
	if _, err := s.nodes.Send(asA, &pb.SendRequest{AddressText: b.AddressText, Payload: []byte("hello")}); err != nil {
		return fmt.Errorf("Send: %w", err)
	}
	answer, err := s.nodes.Receive(asB, &pb.ReceiveRequest{Wait: durationpb.New(5 * time.Second)})
	if err != nil {
		return fmt.Errorf("Receive: %w", err)
	}
	if len(answer.Datagrams) != 1 || string(answer.Datagrams[0].Payload) != "hello" ||
		answer.Datagrams[0].AddressText != a.AddressText {
		return fmt.Errorf("%d messages, or another one, or another sender", len(answer.Datagrams))
	}
	_, err = s.nodes.Send(asA, &pb.SendRequest{Address: b.Address, Payload: pattern(mtu + 1)})
	if err := wantReason(err, "MESSAGE_TOO_LARGE"); err != nil {
		return fmt.Errorf("sending 65,536 bytes: %w", err)
	}
	for _, session := range []context.Context{asA, asB} {
		if _, err := s.nodes.Close(session, &pb.CloseRequest{}); err != nil {
			return fmt.Errorf("Close: %w", err)
		}
	}
	_, err = s.nodes.Send(asA, &pb.SendRequest{Address: a.Address})
	return wantReason(err, "SESSION_EXPIRED")
}

func (s *suite) openUnary(ctx context.Context) (*pb.OpenResponse, error) {
	key, _, err := s.generate(ctx)
	if err != nil {
		return nil, err
	}
	opened, err := s.nodes.Open(ctx, &pb.OpenRequest{Key: key})
	if err != nil {
		return nil, fmt.Errorf("Open: %w", err)
	}
	return opened, expect(opened.Lease.AsDuration() > 0, "the session has no lease")
}
