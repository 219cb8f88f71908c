package reader

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// sealable returns FROM's remote secret for this access as it is sealed in Git; false if there is none.
func (r *rotation) sealable() (render.Sealable, bool, error) {
	all, err := r.Workspace.Sealables(r.Pair.Consumer)
	i := slices.IndexFunc(all, func(s render.Sealable) bool { return s.Pair == r.Pair })
	if err != nil || i < 0 {
		return render.Sealable{}, false, err
	}
	return all[i], true, nil
}

// checkSealed refuses to revoke the old credential while its sealed file is in Git: GitOps would restore it in FROM,
// where it would no longer be valid.
func (r *rotation) checkSealed() error {
	want, sealed, err := r.sealable()
	if err != nil || !sealed {
		return err
	}
	from := r.access.Consumer
	file, found := r.Workspace.JudgeSealed(want, workspace.SealerOf(from))
	switch newest := r.access.Marker(r.newest()); {
	case found.Missing:
		return nil // Git has none that could be restored
	case file == nil:
		err = errors.New(found.Problem)
	case file.Holds() == "":
		err = fmt.Errorf("its annotations do not name its credential, %q is expected", newest)
	case file.Holds() != newest:
		err = fmt.Errorf("it contains the credential of %q, not of generation %d, which is %q", file.Holds(), r.newest(),
			newest)
	default:
		return nil
	}
	return hint.Add(fmt.Errorf("%s: %w", found.File, err), r.sealCommands())
}

// sealCommands deliver FROM's credential through Git.
func (r *rotation) sealCommands() string {
	return "kubectl mesh seal --cluster " + shell.Name(r.Pair.Consumer) + r.Workspace.FilenameFlag() +
		"; kubectl mesh render --output-dir deploy" + r.Workspace.FilenameFlag() +
		"; commit both, and wait until " + r.Pair.Consumer + " is synced with Git"
}

// targetCommand applies the newest generation in TO. Its stream contains ciphertext for GitOps, which kubectl cannot
// apply.
func (r *rotation) targetCommand() string {
	to := r.access.Target
	if to.Sealing.Format == v1alpha1.SealingSOPS && to.Context == "" {
		return "kubectl mesh render --output-dir deploy" + r.Workspace.FilenameFlag() + "; commit it, and wait until " +
			to.Name + " is synced with Git"
	}
	return r.Workspace.ApplyCommand(to, string(tree.Skip))
}

// consumerCommand delivers FROM's credential.
func (r *rotation) consumerCommand() string {
	from := r.access.Consumer
	if from.Sealing.Format != v1alpha1.SealingNone {
		return r.sealCommands()
	}
	return r.Workspace.ApplyCommand(from, string(tree.Include))
}
