//go:build !linux

package sandbox

import (
	"errors"
	"io"
)

// Inside reports whether this process has entered.
func Inside() bool { return false }

// Enter needs namespaces, which only Linux has.
func Enter(_, _ io.Writer) (int, error) { return 1, errUnsupported() }

func permitted() bool { return false }

func errUnsupported() error { return errors.New("enter namespaces: this system has none") }

func own() error { return errUnsupported() }

func bind(_, _ string) error { return errUnsupported() }

func cover(_, _ string) error { return errUnsupported() }
