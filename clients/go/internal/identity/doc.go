// SPDX-License-Identifier: Apache-2.0

// Package identity holds addresses, keys and signatures as INET256 lays them down: what two
// implementations have to agree on before they can talk about the same node. No network here, no
// files and no randomness.
//
// What it guards: an [Address] and a key exist only if they are well-formed, so nothing else needs
// to check them again; verification gives the verdict of INET256 section 1 where Go's own library
// would give another; and a [PrivateKey] never shows in anything that is printed or logged.
//
// Start with [Address], [ParsePrivateKey] and [Verify].
package identity
