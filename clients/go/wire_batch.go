// SPDX-License-Identifier: Apache-2.0

package inet256

// Message is a message and the other side of it.
type Message struct {
	// Address is the true sender of a message that arrived, the destination of one to send.
	Address Address
	// Payload is the message, 0 to 65,535 bytes. Of one that arrived it belongs to the receiver.
	Payload []byte
}

// wireBatch holds messages that arrived together, as datagrams in the form that scanResponse
// accepted: it was looked through when it came, so reading it cannot fail.
type wireBatch struct {
	encoded []byte
	// Where the next one begins, and how many there still are.
	at    int
	count int
}

// next takes a message; there must be one.
func (b *wireBatch) next() Message {
	address, payload, end := scanDatagram(b.encoded, b.at)
	b.at = end
	b.count--
	// Bounded on the right too: a receiver that appends to it must not write into the next one.
	return Message{Address: Address(b.encoded[address : address+AddressBytes]), Payload: b.encoded[payload:end:end]}
}

// all takes the messages that are left.
func (b *wireBatch) all() []Message {
	messages := make([]Message, 0, b.count)
	for b.count > 0 {
		messages = append(messages, b.next())
	}
	return messages
}
