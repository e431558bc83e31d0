// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"encoding/binary"
	"fmt"
)

// Serialized keys (INET256 section 1):
//
//	u16 little-endian length of the tag ‖ tag (ASCII) ‖ raw key bytes
//
// A public key's tag is the name of its algorithm, a private key's has ".private" after it.

func encodeTagged(tag string, parts ...[]byte) []byte {
	size := 2 + len(tag)
	for _, part := range parts {
		size += len(part)
	}
	// Of the full size from the start: growing would leave copies of a private key behind.
	serialized := binary.LittleEndian.AppendUint16(make([]byte, 0, size), uint16(len(tag)))
	serialized = append(serialized, tag...)
	for _, part := range parts {
		serialized = append(serialized, part...)
	}
	return serialized
}

// decodeTagged takes a serialized key apart; raw is a view of it.
func decodeTagged(serialized []byte) (tag string, raw []byte, err error) {
	if len(serialized) < 2 {
		return "", nil, fmt.Errorf("%w: too short for a serialized key", ErrBadKey)
	}
	end := 2 + int(binary.LittleEndian.Uint16(serialized))
	if end > len(serialized) {
		return "", nil, fmt.Errorf("%w: its tag is damaged or cut short", ErrBadKey)
	}
	return string(serialized[2:end]), serialized[end:], nil
}
