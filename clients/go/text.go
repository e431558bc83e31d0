// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// AddressTextLength is the number of characters in the text form of an address.
const AddressTextLength = 43

const alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

// Six bits a character, most significant first, over an alphabet in ASCII order, so that texts sort
// as the addresses do. Strict: the last character carries four bits and two zero bits, and decoding
// insists on the zeros, so an address has exactly one text.
var textEncoding = base64.NewEncoding(alphabet).WithPadding(base64.NoPadding).Strict()

// ParseAddress returns the address with this text form: exactly 43 characters of the alphabet, no
// space or line end around them, no padding. ErrBadAddress says which rule was broken: the length,
// the character by its place, or the trailing bits.
func ParseAddress(text string) (Address, error) {
	if n := utf8.RuneCountInString(text); n != AddressTextLength {
		return Address{}, fmt.Errorf("%w: %d characters expected, got %d", ErrBadAddress, AddressTextLength, n)
	}
	// The library would skip line ends, wherever they are.
	place := 0
	for _, character := range text {
		place++
		if !strings.ContainsRune(alphabet, character) {
			return Address{}, fmt.Errorf("%w: character %d is not one of - 0-9 A-Z _ a-z", ErrBadAddress, place)
		}
	}
	var address Address
	if _, err := textEncoding.Decode(address[:], []byte(text)); err != nil {
		return Address{}, fmt.Errorf("%w: the last character has trailing bits that are not zero", ErrBadAddress)
	}
	return address, nil
}

// String returns the text form: 43 characters.
func (a Address) String() string {
	return textEncoding.EncodeToString(a[:])
}

// MarshalText returns the text form, for JSON and its like.
func (a Address) MarshalText() ([]byte, error) {
	return []byte(a.String()), nil
}

// UnmarshalText reads the text form as [ParseAddress] does.
func (a *Address) UnmarshalText(text []byte) error {
	address, err := ParseAddress(string(text))
	if err != nil {
		return err
	}
	*a = address
	return nil
}
