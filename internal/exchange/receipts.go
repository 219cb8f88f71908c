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

// MatrixInput is the input of merging all sites' receipts.
type MatrixInput struct {
	Workspace *workspace.Workspace
	// Files are receipts of sites.
	Files []Named
	// Own is what was observed from here, in the form of a receipt; newer than every file.
	Own []exchange.Receipt
	Now time.Time
	Log hint.Log
}

// Matrix is what all sites observed.
type Matrix struct {
	Cells []MatrixCell `json:"cells"`
	// Contradictions between the sites' statements, and with this workspace.
	Contradictions []string `json:"contradictions"`
}

// Failed reports whether a link has failed, or two sites contradict each other.
func (m Matrix) Failed() bool {
	return len(m.Contradictions) > 0 || m.has("failed")
}

// Unknown reports whether the state of a link is unknown.
func (m Matrix) Unknown() bool { return m.has("unknown") }

func (m Matrix) has(state string) bool {
	return slices.ContainsFunc(m.Cells, func(c MatrixCell) bool { return c.State == state })
}

// MatrixCell is the state of one consumer and target.
type MatrixCell struct {
	Consumer string `json:"consumer"`
	Target   string `json:"target"`
	// State is ok, failed or unknown.
	State   string   `json:"state"`
	Reasons []string `json:"reasons,omitempty"`
	// Site whose receipt contains the state, or here if it was observed from here, and its age; empty if unknown.
	Site string        `json:"site,omitempty"`
	Age  time.Duration `json:"age"`
}

// fromHere replaces a site if the cluster was queried from here.
const fromHere = "here"

// statement is a receipt with its source.
type statement struct {
	exchange.Receipt
	site string
	age  time.Duration
}

// ReadReceipts reads the files *.exchange in a directory.
func ReadReceipts(ctx context.Context, dir string) ([]Named, error) {
	const remedy = "specify the directory with the receipts of the sites: *.exchange"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, verdict.Input(hint.IfMissing(terminal.QuotePath(err), remedy))
	}
	var names []string
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".exchange" {
			names = append(names, filepath.Join(dir, entry.Name()))
		}
	}
	if len(names) == 0 {
		return nil, verdict.Inputf(remedy, "no receipt in %q", dir)
	}
	return ReadFiles(ctx, names)
}

// ReadFiles reads exchange files up to their maximum size.
func ReadFiles(ctx context.Context, names []string) ([]Named, error) {
	var files []Named
	for _, name := range names {
		text, err := input.Read(ctx, name, exchange.MaxSize)
		if err != nil {
			return nil, verdict.Input(hint.IfMissing(terminal.QuotePath(err), "specify the file that the other site exported"))
		}
		files = append(files, Named{Name: name, Text: text})
	}
	return files, nil
}

// Merge merges the receipts in a directory with what was observed from here.
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

// NewMatrix verifies and merges receipts: the newest of each cluster wins.
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
	for _, file := range files { // each site's are in order
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

// sees reports whether all clusters of the receipts were queried from here: this site's own receipts are in the same
// directory, and its key is not among the accepted ones.
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

// verifyReceipt is verify for statements, which do not expire, because their age is shown.
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
