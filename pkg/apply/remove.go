package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// RefOf names an object that is rendered.
func RefOf(object render.Object) (Ref, error) {
	sent, err := desired(object)
	if err != nil {
		return Ref{}, err
	}
	return refOf(sent), nil
}

// Remove removes objects by name, whoever applied them, in the order that they have. One that lacks a
// label is not ours: it stays, and is an error, and so is one of a kind that is never removed. It
// returns those that are not there any more, also when it fails.
func (c *Client) Remove(ctx context.Context, refs []Ref, labels map[string]string) ([]Entry, error) {
	var gone []Entry
	var errs []error
	for _, ref := range refs {
		if err := ctx.Err(); err != nil {
			return gone, errors.Join(append(errs, err)...)
		}
		entry, err := c.removeOne(ctx, ref, labels)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		gone = append(gone, entry)
	}
	return gone, errors.Join(errs...)
}

func (c *Client) removeOne(ctx context.Context, ref Ref, labels map[string]string) (Entry, error) {
	live, err := c.get(ctx, ref)
	if err != nil || live == nil {
		return Entry{Ref: ref}, err
	}
	left := Leftover{Entry: Entry{Ref: ref, UID: string(live.GetUID())}}
	if err := c.inspect(ctx, &left, labels); err != nil || left.Gone {
		return left.Entry, err
	}
	if left.Keep != "" {
		return Entry{}, fmt.Errorf("%s stays: %s", ref, left.Keep)
	}
	return left.Entry, c.remove(ctx, left.Entry)
}
