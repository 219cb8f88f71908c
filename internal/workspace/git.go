package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// CheckTracked refuses credentials that git has in its index: a .gitignore is no help against
// that, and the next commit would publish what is written there. It asks git, where there is one.
func CheckTracked(ctx context.Context, folder string) error {
	files, _, err := GitFiles(ctx, folder, "--", layout.Credentials)
	if err != nil {
		return hint.Add(fmt.Errorf("ask git whether it tracks %s: %w", layout.Credentials, err), "make git work in this folder: git status")
	}
	for _, file := range files {
		if file != layout.CredentialsIgnore() {
			return tracked(file)
		}
	}
	return nil
}

// GitFiles returns what git ls-files lists, relative to the folder. Without git, and outside of what git
// knows, there is no list.
func GitFiles(ctx context.Context, folder string, args ...string) (files []string, known bool, err error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, false, nil //nolint:nilerr // without git nothing is tracked from here
	}
	// A repository may configure a program for git to run; listing its files needs none.
	args = append([]string{"-C", folder, "-c", "core.fsmonitor=false", "ls-files", "-z"}, args...)
	list := exec.CommandContext(ctx, git, args...) //nolint:gosec // the folder is the user's own
	list.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }),
		"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	switch said := complaint.String(); {
	case err != nil && strings.Contains(said, "not a git repository"):
		return nil, false, nil
	case err != nil && ctx.Err() != nil:
		return nil, false, verdict.ErrInterrupted
	case err != nil:
		text, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
		return nil, false, errors.New(text)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 }), true, nil
}

func tracked(file string) error {
	return hint.Add(errors.New("git tracks "+file), "git rm -r --cached --ignore-unmatch -- "+layout.Credentials+
		", commit that, and take what was committed for known: delete those token Secrets, and apply the readers anew")
}
