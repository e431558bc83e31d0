// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// errorDomain is whose reasons an ErrorInfo carries.
const errorDomain = "inet256"

var (
	errClientClosed error = newError(ErrNodeClosed, "the client has been closed")
	errNodeClosed   error = newError(ErrNodeClosed, "the node has been closed")
	errNodeDropped  error = newError(ErrNodeDropped, "the node was dropped")
)

// explain is what a failed call means: the one funnel from gRPC to this package's errors.
func (c *connection) explain(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	if c.closed.Err() != nil {
		return errClientClosed
	}
	said := status.Convert(err)
	reason := reasonOfStatus(said)
	if reason == ErrUnavailable {
		failed := newError(reason, "no daemon answers at %v (%s)", c.endpoint, said.Message())
		failed.Cause = err
		return failed
	}
	return &Error{Reason: reason, Message: said.Message(), Cause: err}
}

func reasonOfStatus(said *status.Status) Reason {
	for _, detail := range said.Details() {
		info, ok := detail.(*errdetails.ErrorInfo)
		if ok && info.GetDomain() == errorDomain && isReason(info.GetReason()) {
			return Reason(info.GetReason())
		}
	}
	switch said.Code() {
	case codes.Unavailable:
		return ErrUnavailable
	case codes.Unauthenticated:
		return ErrUnauthenticated
	case codes.ResourceExhausted:
		return ErrLimitBytes
	default:
		return ErrInternal
	}
}

// call makes a unary call, which ends when the client is closed.
func call[Answer any](ctx context.Context, c *connection, make func(context.Context) (Answer, error)) (Answer, error) {
	var none Answer
	if ctx.Err() != nil {
		return none, givenUp(ctx)
	}
	if c.closed.Err() != nil {
		return none, errClientClosed
	}
	answer, err := make(c.authorized(ctx))
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() != nil:
		return none, givenUp(ctx)
	default:
		return none, c.explain(err)
	}
}
