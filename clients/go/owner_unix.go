// SPDX-License-Identifier: Apache-2.0

//go:build unix

package inet256

import (
	"os"
	"syscall"
)

// isOwn says whether a file belongs to the user.
func isOwn(info os.FileInfo) bool {
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(status.Uid) == os.Getuid()
}
