// SPDX-License-Identifier: Apache-2.0

package inet256

import "encoding/binary"

// The hand codec of the two hot messages, ConnectRequest and ConnectResponse, when they carry
// datagrams: the same bytes as protobuf writes, without an object for each datagram. A datagram
// stands in the message as
//
//	12 len  0a 20 address(32)  [12 len payload]
//
// (field 2 of the message; fields 1 and 2 of Datagram; an absent payload is empty). What guards the
// rest of the package: the scanner takes exactly this form and nothing else, before anything of the
// message is acted upon. Whatever else a valid encoder may write makes it say no, and the caller
// falls back to protobuf.
const (
	tagDatagram        = 0x12
	tagAddress         = 0x0a
	tagPayload         = 0x12
	tagAcceptedThrough = 0x18
)

// encodedDatagramBytes returns what a datagram takes in a message.
func encodedDatagramBytes(payloadBytes int) int {
	inner := innerBytes(payloadBytes)
	return 1 + lengthBytes(inner) + inner
}

func innerBytes(payloadBytes int) int {
	if payloadBytes == 0 {
		return 2 + AddressBytes
	}
	return 2 + AddressBytes + 1 + lengthBytes(payloadBytes) + payloadBytes
}

// lengthBytes returns what a number below 2^21 takes, which every length here is.
func lengthBytes(n int) int {
	switch {
	case n < 0x80:
		return 1
	case n < 0x4000:
		return 2
	default:
		return 3
	}
}

// appendDatagram appends a datagram; with the capacity of encodedDatagramBytes nothing is allocated.
func appendDatagram(to []byte, address *Address, payload []byte) []byte {
	to = append(to, tagDatagram)
	to = binary.AppendUvarint(to, uint64(innerBytes(len(payload))))
	to = append(to, tagAddress, AddressBytes)
	to = append(to, address[:]...)
	if len(payload) == 0 {
		return to
	}
	to = append(to, tagPayload)
	to = binary.AppendUvarint(to, uint64(len(payload)))
	return append(to, payload...)
}

// readLength reads a length of at most three bytes in its shortest form; next is -1 where it is
// anything else.
func readLength(from []byte, at int) (length, next int) {
	for shift := 0; shift < 21 && at < len(from); shift += 7 {
		octet := from[at]
		at++
		length |= int(octet&0x7f) << shift
		if octet < 0x80 {
			if octet == 0 && shift > 0 {
				break
			}
			return length, at
		}
	}
	return 0, -1
}

// scanDatagram says where the datagram whose tag is at `at` has its address and its payload; end is
// -1 where it is anything else than the form above.
func scanDatagram(from []byte, at int) (address, payload, end int) {
	length, inner := readLength(from, at+1)
	end = inner + length
	if inner < 0 || length < 2+AddressBytes || end > len(from) ||
		from[inner] != tagAddress || from[inner+1] != AddressBytes {
		return 0, 0, -1
	}
	address = inner + 2
	payload = address + AddressBytes
	if payload == end {
		return address, payload, end
	}
	if from[payload] != tagPayload {
		return 0, 0, -1
	}
	bytes, start := readLength(from, payload+1)
	if start < 0 || start+bytes != end {
		return 0, 0, -1
	}
	return address, start, end
}

// scanResponse looks through a response that holds nothing but datagrams and then, perhaps,
// accepted_through: how many datagrams, where they end, and the number. Not ok where it holds
// anything else.
func scanResponse(from []byte) (count, end int, acceptedThrough uint64, ok bool) {
	at := 0
	for at < len(from) && from[at] == tagDatagram {
		_, _, at = scanDatagram(from, at)
		if at < 0 {
			return 0, 0, 0, false
		}
		count++
	}
	if at == len(from) {
		return count, at, 0, true
	}
	if from[at] != tagAcceptedThrough {
		return 0, 0, 0, false
	}
	number, size := binary.Uvarint(from[at+1:])
	if size <= 0 || at+1+size != len(from) {
		return 0, 0, 0, false
	}
	return count, at, number, true
}
