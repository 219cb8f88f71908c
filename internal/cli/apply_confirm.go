package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// confirm asks a person at a terminal. In a pipe or a script --apply is the word.
func (r *applyRun) confirm(ctx context.Context) error {
	return r.System.confirm(ctx, r.yes, "apply this to "+count(len(r.clusters), "cluster")+"?")
}

// confirm asks whether clusters may be changed, and is an error when they may not.
func (s System) confirm(ctx context.Context, yes bool, question string) error {
	if yes || !s.InIsTerminal || !s.OutIsTerminal {
		return nil
	}
	fmt.Fprintf(s.ErrOut, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() { // reading from a terminal cannot be stopped; the program ends instead
		line, err := bufio.NewReader(s.In).ReadString('\n')
		if err != nil {
			line = ""
		}
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprint(s.ErrOut, "\n")
		return fmt.Errorf("%w: nothing was changed in any cluster", errInterrupted)
	case word := <-answer:
		if word != "y" && word != "yes" {
			return errors.New("not applied: nothing was changed in any cluster")
		}
		return nil
	}
}
