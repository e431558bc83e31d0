// SPDX-License-Identifier: Apache-2.0

package inet256

import "fmt"

// Reason says why something failed. The set is closed, the same in every language and over bare
// gRPC. Each is an error, so that [errors.Is] asks for one:
//
//	if errors.Is(err, inet256.ErrNoSuchAddress) { … }
type Reason string

// The reasons there are.
const (
	// ErrMessageTooLarge: the message is longer than 65,535 bytes. It was not sent.
	ErrMessageTooLarge Reason = "MESSAGE_TOO_LARGE"
	// ErrBadAddress: not an address: wrong length, wrong character, non-zero trailing bits.
	ErrBadAddress Reason = "BAD_ADDRESS"
	// ErrBadKey: not a key that may be used: damaged, of the wrong kind, or wiped.
	ErrBadKey Reason = "BAD_KEY"
	// ErrNoSuchAddress: the network knows no node of that address, or no address with that prefix.
	ErrNoSuchAddress Reason = "NO_SUCH_ADDRESS"
	// ErrUnreachable: the network did not answer in time whether and where the node is.
	ErrUnreachable Reason = "UNREACHABLE"
	// ErrNodeClosed: this opening of the node, or the client, has been closed.
	ErrNodeClosed Reason = "NODE_CLOSED"
	// ErrNodeDropped: the node was dropped by somebody who has its key.
	ErrNodeDropped Reason = "NODE_DROPPED"
	// ErrDisplaced: the same key was opened at another daemon later than here.
	ErrDisplaced Reason = "DISPLACED"
	// ErrKeyInUseByDaemon: the key is the daemon's own, which programs can neither open nor drop.
	ErrKeyInUseByDaemon Reason = "KEY_IN_USE_BY_DAEMON"
	// ErrUnsupportedOption: the daemon does not know an option, or cannot honour its value.
	ErrUnsupportedOption Reason = "UNSUPPORTED_OPTION"
	// ErrLimitNodes: no further node may be opened, by this client or at all.
	ErrLimitNodes Reason = "LIMIT_NODES"
	// ErrLimitBytes: too much is waiting to be sent.
	ErrLimitBytes Reason = "LIMIT_BYTES"
	// ErrLimitRate: too many requests, or streams, from this client.
	ErrLimitRate Reason = "LIMIT_RATE"
	// ErrOutcomeUnknown: the connection broke before the daemon answered. The message was sent once
	// or not at all, and will never be sent again.
	ErrOutcomeUnknown Reason = "OUTCOME_UNKNOWN"
	// ErrSessionExpired: the daemon does not know the session any more.
	ErrSessionExpired Reason = "SESSION_EXPIRED"
	// ErrUnauthenticated: the call needs credentials, and had none or wrong ones.
	ErrUnauthenticated Reason = "UNAUTHENTICATED"
	// ErrBadRequest: an argument is malformed: the message says what was expected.
	ErrBadRequest Reason = "BAD_REQUEST"
	// ErrUnavailable: the daemon cannot be reached, or is shutting down. Nothing was sent.
	ErrUnavailable Reason = "UNAVAILABLE"
	// ErrInternal: a fault of the daemon or of this package: please report it.
	ErrInternal Reason = "INTERNAL"
)

// reasonNumbers are the reasons by their number in the protocol, Reason of node.proto.
var reasonNumbers = [...]Reason{
	1: ErrMessageTooLarge, 2: ErrBadAddress, 3: ErrBadKey, 4: ErrNoSuchAddress, 5: ErrUnreachable,
	6: ErrNodeClosed, 7: ErrNodeDropped, 8: ErrDisplaced, 9: ErrKeyInUseByDaemon,
	10: ErrUnsupportedOption, 11: ErrLimitNodes, 12: ErrLimitBytes, 13: ErrLimitRate,
	14: ErrOutcomeUnknown, 15: ErrSessionExpired, 16: ErrUnauthenticated, 17: ErrBadRequest,
	18: ErrUnavailable, 19: ErrInternal,
}

// Error returns the reason's name, for example "NO_SUCH_ADDRESS".
func (r Reason) Error() string { return string(r) }

// reasonOfNumber returns ErrInternal for a number that is unknown here.
func reasonOfNumber(number int32) Reason {
	if number < 1 || int(number) >= len(reasonNumbers) {
		return ErrInternal
	}
	return reasonNumbers[number]
}

// isReason says whether a name is that of a reason.
func isReason(name string) bool {
	for _, known := range reasonNumbers[1:] {
		if string(known) == name {
			return true
		}
	}
	return false
}

// Error is what calls of clients and nodes fail with, except when the caller's context ended first:
// then the context's own error. [errors.Is] finds the reason in it, [errors.As] the [*Error] itself.
type Error struct {
	// Reason says why, for programs.
	Reason Reason
	// Message says what, where and what was expected, for people. It never holds a secret.
	Message string
	// Cause is the error behind it, if there is one.
	Cause error
}

// Error returns reason and message.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Reason, e.Message) }

// Unwrap returns the reason, and the cause if there is one.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Cause}
}

func newError(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Message: fmt.Sprintf(format, args...)}
}
