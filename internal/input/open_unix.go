//go:build unix

package input

import "syscall"

// withoutWaiting opens a named pipe without a writer, and leaves a terminal to whom it belongs.
const withoutWaiting = syscall.O_NONBLOCK | syscall.O_NOCTTY
