// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
)

const (
	kindData            = 1
	kindAcknowledgement = 2
	headBytes           = 1 + 4 + 2
	patternBytes        = 1394
)

// attemptOf is one sending of a message.
type attemptOf struct {
	index   uint32
	attempt uint16
}

func dataMessage(index int, attempt uint16) []byte {
	message := make([]byte, headBytes+index%patternBytes)
	message[0] = kindData
	binary.BigEndian.PutUint32(message[1:], uint32(index))
	binary.BigEndian.PutUint16(message[5:], attempt)
	for k := range message[headBytes:] {
		message[headBytes+k] = byte(index*31 + k)
	}
	return message
}

// readData says which message this is; not ok when it is altered.
func readData(message []byte, count int) (a attemptOf, ok bool) {
	if len(message) < headBytes {
		return a, false
	}
	a = attemptOf{binary.BigEndian.Uint32(message[1:]), binary.BigEndian.Uint16(message[5:])}
	return a, int(a.index) < count && bytes.Equal(message, dataMessage(int(a.index), a.attempt))
}

func acknowledgement(firstMissing int) []byte {
	return binary.BigEndian.AppendUint32([]byte{kindAcknowledgement}, uint32(firstMissing))
}

// sending is what is known of one's own messages.
type sending struct {
	count        int
	next         int
	acknowledged int
	attempt      uint16
	attempts     int
}

// Messages beyond the acknowledged.
const window = 1000

// due says whether another message may be sent.
func (s *sending) due() bool { return s.next < s.count && s.next < s.acknowledged+window }

// acknowledge says whether that is new.
func (s *sending) acknowledge(firstMissing int) bool {
	if firstMissing <= s.acknowledged || firstMissing > s.count {
		return false
	}
	s.acknowledged = firstMissing
	s.next = max(s.next, firstMissing)
	return true
}

// again begins anew from the first that is not acknowledged.
func (s *sending) again() {
	s.next = s.acknowledged
	s.attempt++
}

func (s *sending) done() bool { return s.acknowledged == s.count }

// receiving is what is known of the peer's messages.
type receiving struct {
	there          []bool
	seen           map[attemptOf]struct{}
	firstMissing   int
	received       int
	twice, altered int
	foreign        int
}

// take notes a message; old: it was there already.
func (r *receiving) take(message []byte) (old bool) {
	a, ok := readData(message, len(r.there))
	if !ok {
		r.altered++
		return false
	}
	if _, again := r.seen[a]; again {
		r.twice++
		return true
	}
	r.seen[a] = struct{}{}
	if r.there[a.index] {
		return true
	}
	r.there[a.index] = true
	r.received++
	for r.firstMissing < len(r.there) && r.there[r.firstMissing] {
		r.firstMissing++
	}
	return false
}

func (r *receiving) done() bool { return r.firstMissing == len(r.there) }
