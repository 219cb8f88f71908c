package cluster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimitQuiet: every word counts as a sign of life.
func TestLimitQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		l := newLimit(Command{Quiet: time.Second, MaxOutput: 100}, cancel)
		for range 5 {
			time.Sleep(900 * time.Millisecond) // of a bubble: no time passes
			if _, err := l.writer(io.Discard).Write([]byte("x")); err != nil || ctx.Err() != nil {
				t.Fatalf("it was ended while it talked: %v, %v", err, context.Cause(ctx))
			}
		}
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), errQuiet) {
			t.Errorf("cause: got %v", context.Cause(ctx))
		}
	})
}

// TestLimitVerbose: both streams count together, and what is too much is not taken.
func TestLimitVerbose(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	l := newLimit(Command{Quiet: time.Hour, MaxOutput: 4}, cancel)
	defer l.end()
	var stdout, stderr bytes.Buffer
	_, _ = l.writer(&stdout).Write([]byte("abc"))
	_, _ = l.writer(&stderr).Write([]byte("d"))
	if ctx.Err() != nil {
		t.Fatalf("four bytes: %v", context.Cause(ctx))
	}
	if _, err := l.writer(&stdout).Write([]byte("e")); !errors.Is(err, errVerbose) || !errors.Is(context.Cause(ctx), errVerbose) {
		t.Errorf("a fifth byte: got %v, cause %v", err, context.Cause(ctx))
	}
	if stdout.String()+stderr.String() != "abcd" {
		t.Errorf("taken: %q and %q", stdout.String(), stderr.String())
	}
}

func TestLimitEnd(t *testing.T) {
	l := newLimit(Command{Quiet: time.Hour, MaxOutput: 9}, func(error) {})
	l.end()
	var late bytes.Buffer
	if _, err := l.writer(&late).Write([]byte("x")); err == nil || late.Len() > 0 {
		t.Errorf("after the end: got %v, %q", err, late.String())
	}
}
