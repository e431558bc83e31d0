// SPDX-License-Identifier: Apache-2.0

package inet256

import "errors"

// Why addresses, keys and signatures are refused, besides [ErrBadAddress] and [ErrBadKey]: test with
// [errors.Is]. The messages say what was wrong and what was expected, and never repeat the input:
// what fails to parse as an address or a key may well be a secret that was put in the wrong place.
var (
	// ErrUnknownAlgorithm: a key, but of an algorithm that this implementation does not have.
	ErrUnknownAlgorithm = errors.New("unknown algorithm")
	// ErrBadPurpose: the purpose of a signature is reserved, is not, or is not text.
	ErrBadPurpose = errors.New("bad purpose")
	// ErrBadIPv6: an IPv6 address that stands for no INET256 address, or the reverse.
	ErrBadIPv6 = errors.New("bad IPv6 address")
	// ErrBadPrefix: a prefix and a number of bits that do not go together.
	ErrBadPrefix = errors.New("bad prefix")
)
