// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const (
	// sessionKey is the metadata that carries a session token.
	sessionKey = "inet256-session"
	// mtu is the longest message in bytes, the same for every destination.
	mtu = 65_535
)

// check is one promise of the API; its name is the promise.
type check struct {
	name string
	run  func(context.Context) error
}

// suite is what the checks share. Each of them opens nodes of its own, so that one that fails does
// not take others with it.
type suite struct {
	nodes  pb.NodeServiceClient
	health grpc_health_v1.HealthClient
}

func newSuite(channel grpc.ClientConnInterface) *suite {
	return &suite{nodes: pb.NewNodeServiceClient(channel), health: grpc_health_v1.NewHealthClient(channel)}
}

func (s *suite) checks() []check {
	return []check{
		{"the daemon is healthy", s.isHealthy},
		{"a generated key is one, and has the address it says", s.generatesKeys},
		{"a malformed key is refused with BAD_KEY", s.refusesBadKeys},
		{"Connect opens a node", s.connectOpens},
		{"messages of 0, 1 and 65,535 bytes arrive whole, with their true sender", s.carriesSizes},
		{"of 1,000 messages in a batch each arrives once", s.carriesBatches},
		{"65,536 bytes fail with MESSAGE_TOO_LARGE, and nothing else does", s.refusesLargeMessages},
		{"FindAddress finds a node by its first bits", s.findsAddresses},
		{"LookupPublicKey finds the key that hashes to an address", s.looksUpKeys},
		{"Open, Send and Receive carry a message; Close ends the session", s.worksUnary},
		{"Drop ends a stream with NODE_DROPPED", s.dropEndsStreams},
		{"ending a stream closes its node", s.endClosesNodes},
	}
}

// generate makes a key, in its serialized form.
func (s *suite) generate(ctx context.Context) (*pb.NodeKey, *pb.GenerateKeyResponse, error) {
	generated, err := s.nodes.GenerateKey(ctx, &pb.GenerateKeyRequest{})
	if err != nil {
		return nil, nil, fmt.Errorf("GenerateKey: %w", err)
	}
	return &pb.NodeKey{Key: &pb.NodeKey_PrivateKey{PrivateKey: generated.PrivateKey}}, generated, nil
}

func withSession(ctx context.Context, session string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, sessionKey, session)
}

// wantReason returns nil if a call failed with one of these reasons, which a google.rpc.ErrorInfo
// of domain "inet256" carries.
func wantReason(err error, wanted ...string) error {
	if err == nil {
		return fmt.Errorf("succeeded, expected %v", wanted)
	}
	for _, detail := range status.Convert(err).Details() {
		info, ok := detail.(*errdetails.ErrorInfo)
		if !ok || info.Domain != "inet256" {
			continue
		}
		for _, reason := range wanted {
			if info.Reason == reason {
				return nil
			}
		}
		return fmt.Errorf("reason %s, expected %v", info.Reason, wanted)
	}
	return fmt.Errorf("no reason, expected %v: %w", wanted, err)
}

// expect returns an error unless the condition holds.
func expect(holds bool, otherwise string) error {
	if holds {
		return nil
	}
	return errors.New(otherwise)
}
