// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/grpc/metadata"
)

// FindAddr finds an address known to the network whose first bits are those of the prefix, 0 to 256
// of them; what is longer is ignored. Fails with NO_SUCH_ADDRESS when there is none, with
// UNREACHABLE when the network did not answer within 10 s, or with the context's error.
func (n *Node) FindAddr(ctx context.Context, prefix []byte, bits int) (Address, error) {
	if err := CheckPrefix(prefix, bits); err != nil {
		return Address{}, &Error{Reason: ErrBadRequest, Message: err.Error(), Cause: err}
	}
	request := &pb.FindAddressRequest{Prefix: prefix[:min(len(prefix), AddressBytes)], Nbits: uint32(bits)}
	found, err := lookUp(ctx, n.keeper, func(ctx context.Context) (*pb.FindAddressResponse, error) {
		return n.keeper.client.api.FindAddress(ctx, request)
	})
	if err != nil {
		return Address{}, err
	}
	address, err := AddressFromBytes(found.Address)
	if err != nil || !address.HasPrefix(prefix, bits) {
		return Address{}, newError(ErrInternal, "the daemon answered an address without that prefix")
	}
	return address, nil
}

// LookupPublicKey finds the key that hashes to an address. Fails as [Node.FindAddr] does.
func (n *Node) LookupPublicKey(ctx context.Context, address Address) (PublicKey, error) {
	request := &pb.LookupPublicKeyRequest{Address: address[:]}
	found, err := lookUp(ctx, n.keeper, func(ctx context.Context) (*pb.LookupPublicKeyResponse, error) {
		return n.keeper.client.api.LookupPublicKey(ctx, request)
	})
	if err != nil {
		return PublicKey{}, err
	}
	public, err := ParsePublicKey(found.PublicKey)
	if err != nil || public.Address() != address {
		return PublicKey{}, newError(ErrInternal, "the daemon answered a key of another address")
	}
	return public, nil
}

// lookUp makes a call that takes the session of the node, and waits while there is none.
func lookUp[Answer any](ctx context.Context, k *keeper, make func(context.Context) (Answer, error)) (Answer, error) {
	limited, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	var answer Answer
	session, err := k.awaitSession(limited)
	if err == nil {
		answer, err = call(limited, k.client.connection, func(ctx context.Context) (Answer, error) {
			return make(metadata.AppendToOutgoingContext(ctx, sessionKey, session))
		})
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = newError(ErrUnreachable, "no answer within %v", lookupTime)
	}
	return answer, err
}

// awaitSession waits until a stream is open.
func (k *keeper) awaitSession(ctx context.Context) (string, error) {
	for {
		k.mu.Lock()
		session, over, changed := k.session, k.over, k.changed
		k.mu.Unlock()
		if over != nil || session != "" {
			return session, over
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", givenUp(ctx)
		}
	}
}
