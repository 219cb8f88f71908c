package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// checkTracked refuses credentials that git has in its index: a .gitignore is no help against
// that, and the next commit would publish what is written there. It asks git, where there is one.
func checkTracked(ctx context.Context, folder string) error {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil // without git nothing is tracked from here
	}
	// A repository may configure a program for git to run; listing its files needs none.
	list := exec.CommandContext(ctx, git, "-C", folder, "-c", "core.fsmonitor=false", "ls-files", "-z", "--", credentialsFolder) //nolint:gosec // the folder is the user's own
	list.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }),
		"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	switch said := complaint.String(); {
	case err != nil && strings.Contains(said, "not a git repository"):
		return nil
	case err != nil && ctx.Err() != nil:
		return errInterrupted
	case err != nil:
		text, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
		return withHint(fmt.Errorf("ask git whether it tracks %s: %s", credentialsFolder, text), "make git work in this folder: git status")
	}
	for file := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if file != "" && file != credentialsFolder+"/.gitignore" {
			return tracked(file)
		}
	}
	return nil
}

func tracked(file string) error {
	return withHint(errors.New("git tracks "+file), "git rm -r --cached --ignore-unmatch -- "+credentialsFolder+
		", commit that, and take what was committed for known: delete those token Secrets, and apply the readers anew")
}
