package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// ImportInput is what is verified and written. The workspace is open for writing.
type ImportInput struct {
	Local
	// Files are the texts by the names that were given.
	Files []Named
	// Identities open tokens; none: the age key in credentials/.
	Identities []age.Identity
	// Accept decides about the first file of a site by the fingerprint of its key; an error refuses it.
	Accept func(site, fingerprint string) error
	// AcceptOlder are sites whose file may be older than the last one: the clock with which that was made was ahead.
	AcceptOlder []string
	// Show is told what the import changes, before anything is written.
	Show func(Imported)
	Now  time.Time
	// DryRun verifies and shows, and writes nothing.
	DryRun bool
	Log    hint.Log
}

// Named is a text with the name of its file.
type Named struct {
	Name string
	Text []byte
}

// Imported is what an import has written, or would write.
type Imported struct {
	// Files are those that were taken; unchanged ones were imported before.
	Files []Taken
	// Items are what is new, by file of the workspace.
	Items []Written
	// Review is what that means.
	Review review.Result
	// Written is how many files of the workspace were written.
	Written int
}

// Taken is an exchange file that was accepted.
type Taken struct {
	Name, From string
	Serial     int64
	Issued     time.Time
	Unchanged  bool
}

// Written is a file of the workspace and what came into it.
type Written struct{ File, What string }

// Import verifies exchange files and writes what they bring, all of it or nothing.
func Import(ctx context.Context, in ImportInput) (Imported, error) {
	i, err := newIntake(in)
	if err != nil {
		return Imported{}, err
	}
	files, err := parse(in.Files)
	if err != nil {
		return Imported{}, err
	}
	for _, file := range files {
		if err := i.file(file); err != nil {
			return Imported{}, verdict.Input(hint.Prefix(err, file.name+": "))
		}
	}
	if err := i.preview(ctx); err != nil {
		return Imported{}, err
	}
	if in.Show != nil {
		in.Show(i.done)
	}
	if !in.DryRun && i.isNew {
		if err := in.Workspace.Change(ctx, i.write); err != nil {
			return Imported{}, err
		}
		i.done.Written = len(i.writes) + 1 // with the state
	}
	return i.done, nil
}

type namedFile struct {
	exchange.File
	name string
}

// parse reads all files before the first is taken, and puts those of a site into their order.
func parse(texts []Named) ([]namedFile, error) {
	var files []namedFile
	var errs []error
	for _, named := range texts {
		file, err := exchange.Parse(named.Text)
		if err != nil {
			errs = append(errs, verdict.Inputf("have the site export it again, or verify it with ssh-keygen: kubectl mesh "+
				"exchange import --help",
				"%s: %w", named.Name, err))
			continue
		}
		files = append(files, namedFile{File: file, name: named.Name})
	}
	slices.SortStableFunc(files, func(a, b namedFile) int {
		if order := strings.Compare(a.From, b.From); order != 0 {
			return order
		}
		return int(min(max(a.Serial-b.Serial, -1), 1))
	})
	return files, errors.Join(errs...)
}

func newIntake(in ImportInput) (*intake, error) {
	if err := noSites(in.Workspace); err != nil {
		return nil, err
	}
	i := &intake{
		in:         in,
		ws:         in.Workspace,
		now:        in.Now,
		planned:    map[string][]byte{},
		current:    newGenerations(),
		identities: in.Identities,
	}
	state, _ := in.Workspace.Doc.State()
	i.state = state
	if len(i.identities) > 0 {
		return i, nil
	}
	text, err := in.Workspace.ReadFile(layout.ExchangeIdentity())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return i, nil
	case err == nil:
		i.identities, err = sops.ParseIdentities(text)
	}
	if err != nil {
		return nil, verdict.Input(fmt.Errorf("read %s: %w", in.Workspace.Path(layout.ExchangeIdentity()), err))
	}
	return i, nil
}

// problemsOf is an error with a line for each problem of a text that came with a file.
func problemsOf(what string, problems []mesh.Problem) error {
	var errs []error
	for _, p := range problems {
		at := what
		if p.Field != "" {
			at += ": " + p.Field
		}
		errs = append(errs, hint.Errorf(p.Hint, "%s: %s", at, p.Message))
	}
	return errors.Join(errs...)
}

// write carries out what was taken.
func (i *intake) write(c *workspace.Change) error {
	for _, write := range i.writes {
		c.Expect(write.name, write.before)
		if layout.IsPrivate(write.name) {
			c.Private(write.name, write.content)
		} else {
			c.Public(write.name, write.content)
		}
	}
	return i.ws.KeepState(c, i.record)
}
