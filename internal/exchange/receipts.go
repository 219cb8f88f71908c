package exchange

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// MatrixInput is what the receipts of all sites are merged with.
type MatrixInput struct {
	Workspace *workspace.Workspace
	// Files are receipts of sites.
	Files []Named
	// Own is what was seen from here, as a receipt would state it; newer than every file.
	Own []exchange.Receipt
	Now time.Time
	Log hint.Log
}

// Matrix is what all sites have seen.
type Matrix struct {
	Cells []MatrixCell `json:"cells"`
	// Contradictions between what the sites state, and with this workspace.
	Contradictions []string `json:"contradictions"`
}

// Failed reports whether a link has failed, or two sites contradict each other; Unknown whether one is not known.
func (m Matrix) Failed() bool {
	return len(m.Contradictions) > 0 || m.has("failed")
}

// Unknown reports whether a link is not known.
func (m Matrix) Unknown() bool { return m.has("unknown") }

func (m Matrix) has(state string) bool {
	return slices.ContainsFunc(m.Cells, func(c MatrixCell) bool { return c.State == state })
}

// MatrixCell is what is known of one control plane and a cluster that it reads.
type MatrixCell struct {
	Consumer string `json:"consumer"`
	Target   string `json:"target"`
	// State is ok, failed or unknown.
	State   string   `json:"state"`
	Reasons []string `json:"reasons,omitempty"`
	// Site whose receipt says so, here for what was asked from here, and how old that is; empty: nothing says so.
	Site string        `json:"site,omitempty"`
	Age  time.Duration `json:"age"`
}

// fromHere stands for a site where the cluster was asked from here.
const fromHere = "here"

// statement is a receipt and where it is from.
type statement struct {
	exchange.Receipt
	site string
	age  time.Duration
}

// ReadReceipts reads the exchange files of a directory, *.exchange.
func ReadReceipts(ctx context.Context, dir string) ([]Named, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, verdict.Input(terminal.QuotePath(err))
	}
	var names []string
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".exchange" {
			names = append(names, filepath.Join(dir, entry.Name()))
		}
	}
	if len(names) == 0 {
		const remedy = "specify the directory with the receipts of the sites: *.exchange"
		return nil, verdict.Inputf(remedy, "no receipt in %q", dir)
	}
	return ReadFiles(ctx, names)
}

// ReadFiles reads exchange files, and no more of each than one may have.
func ReadFiles(ctx context.Context, names []string) ([]Named, error) {
	var files []Named
	for _, name := range names {
		text, err := input.Read(ctx, name, exchange.MaxSize)
		if err != nil {
			return nil, verdict.Input(terminal.QuotePath(err))
		}
		files = append(files, Named{Name: name, Text: text})
	}
	return files, nil
}

// Merge merges the receipts in a directory with what was seen from here.
func Merge(
	ctx context.Context, in MatrixInput, dir string, seen map[string]*check.Observation, results []check.Result,
) (m Matrix, err error) {
	if in.Files, err = ReadReceipts(ctx, dir); err != nil {
		return m, err
	}
	if in.Own, err = observed(ctx, in.Workspace, seen, results); err != nil {
		return m, err
	}
	return NewMatrix(ctx, in)
}

// NewMatrix verifies receipts and merges them: of each cluster the newest counts.
func NewMatrix(ctx context.Context, in MatrixInput) (Matrix, error) {
	stated, err := in.statements()
	if err != nil {
		return Matrix{}, err
	}
	trees, err := openTrees(ctx, in.Workspace)
	if err != nil {
		return Matrix{}, err
	}
	defer trees.close()
	m := Matrix{Cells: []MatrixCell{}, Contradictions: []string{}}
	for _, pair := range in.Workspace.Pairs() {
		if reads, _ := in.Workspace.Graph.Reads(pair.Consumer, pair.Target); reads {
			m.Cells = append(m.Cells, cell(pair, stated))
		}
	}
	found := contradictions{MatrixInput: in, stated: stated, trees: trees}
	if err := found.find(); err != nil {
		return Matrix{}, err
	}
	m.Contradictions = append(m.Contradictions, found.list...)
	return m, nil
}

func (in MatrixInput) statements() (map[string]statement, error) {
	stated := map[string]statement{}
	files, err := parse(in.Files)
	if err != nil {
		return nil, err
	}
	trusting := ImportInput{Accept: refuseUnknown, Log: in.Log}
	i := &intake{in: trusting, ws: in.Workspace, now: in.Now, planned: map[string][]byte{}}
	var errs []error
	for _, file := range files { // those of a site are in their order
		if file.Purpose != exchange.PurposeReceipt || in.sees(file.Receipts) {
			continue
		}
		if err := i.verifyReceipt(file.File); err != nil {
			errs = append(errs, verdict.Input(hint.Prefix(err, file.name+": ")))
			continue
		}
		for _, receipt := range file.Receipts {
			stated[receipt.Cluster] = statement{Receipt: receipt, site: file.From, age: ageOf(in.Now, file.Issued)}
		}
	}
	for _, receipt := range in.Own {
		if receipt.UID != "" {
			stated[receipt.Cluster] = statement{Receipt: receipt, site: fromHere}
		}
	}
	return stated, errors.Join(errs...)
}

// sees reports whether all that receipts are about was asked from here: this site's own receipts lie beside those of
// the others, and its key is not among the accepted ones.
func (in MatrixInput) sees(receipts []exchange.Receipt) bool {
	return !slices.ContainsFunc(receipts, func(stated exchange.Receipt) bool {
		return !slices.ContainsFunc(in.Own, func(own exchange.Receipt) bool {
			return own.Cluster == stated.Cluster && own.UID != ""
		})
	})
}

func refuseUnknown(site, fingerprint string) error {
	const remedy = "import a file of the site first: kubectl mesh exchange import FILE; " +
		"for this site, add a line with its public key to trust/allowed_signers"
	return hint.Errorf(remedy,
		"site %s signs with a key that is not accepted yet: %s", site, fingerprint)
}

// verifyReceipt is verify for what states something: it does not expire, because its age is shown.
func (i *intake) verifyReceipt(file exchange.File) error {
	file.Purpose, file.NotAfter = exchange.PurposeExchange, i.now
	_, err := i.verify(file)
	return err
}

func cell(pair access.Pair, stated map[string]statement) MatrixCell {
	found := MatrixCell{Consumer: pair.Consumer, Target: pair.Target, State: "unknown"}
	said, known := stated[pair.Consumer]
	if !known {
		found.Reasons = []string{"no receipt of " + pair.Consumer}
		return found
	}
	found.Site, found.Age, found.Reasons = said.site, said.age, said.Unknown
	for _, peer := range said.Peers {
		if peer.Cluster == pair.Target {
			found.State, found.Reasons = peer.State, append(slices.Clone(said.Unknown), peer.Reasons...)
		}
	}
	return found
}
