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
	if r.yes || !r.InIsTerminal || !r.OutIsTerminal {
		return nil
	}
	fmt.Fprintf(r.ErrOut, "apply this to %s? [y/N] ", count(len(r.clusters), "cluster"))
	answer := make(chan string, 1)
	go func() { // reading from a terminal cannot be stopped; the program ends instead
		line, err := bufio.NewReader(r.In).ReadString('\n')
		if err != nil {
			line = ""
		}
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprint(r.ErrOut, "\n")
		return fmt.Errorf("%w: nothing was changed in any cluster", errInterrupted)
	case word := <-answer:
		if word != "y" && word != "yes" {
			return errors.New("not applied: nothing was changed in any cluster")
		}
		return nil
	}
}
