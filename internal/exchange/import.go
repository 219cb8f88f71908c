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

// ImportInput is what to verify and write. The workspace is open for writing.
type ImportInput struct {
	Local
	// Files are the texts by the specified names.
	Files []Named
	// Identities decrypt tokens; none means the age key in credentials/.
	Identities []age.Identity
	// Accept decides on the first file of a site by its key's fingerprint; an error rejects it.
	Accept func(site, fingerprint string) error
	// AcceptOlder are sites whose file may be older than the last one, whose clock was ahead.
	AcceptOlder []string
	// Show receives the changes before anything is written.
	Show func(Imported)
	Now  time.Time
	// DryRun verifies and shows without writing.
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
	// Files that were accepted; unchanged ones were imported before.
	Files []Taken
	// Items are the new items, by workspace file.
	Items []Written
	// Review explains the changes.
	Review review.Result
	// Written is the number of written workspace files.
	Written int
}

// Taken is an exchange file that was accepted.
type Taken struct {
	Name, From string
	Serial     int64
	Issued     time.Time
	Unchanged  bool
}

// Written is a workspace file and its new content.
type Written struct{ File, What string }

// Import verifies exchange files and writes their content atomically.
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

// parse reads all files before the first is imported, and sorts those of each site.
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

// problemsOf returns an error with one line per problem of a received text.
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

// write writes what was accepted.
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
