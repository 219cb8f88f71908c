package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// maxToken is above the limit of kubeconfig.ParseToken.
const maxToken = 128 << 10

// ReadToken reads a pair's token, and reports whether other users can read its file.
func (ws *Workspace) ReadToken(pair access.Pair) (token kubeconfig.Token, open bool, err error) {
	name := pair.TokenFile()
	file, err := input.OpenIn(ws.Root, name)
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	defer file.Close() // opened for reading
	if err := ws.guardRead(name); err != nil {
		return kubeconfig.Token{}, false, err
	}
	info, err := file.Stat()
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	text, err := input.All(file, name, maxToken)
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	token, err = kubeconfig.ParseToken(text)
	return token, runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0, err
}

// Credential returns what the rules check about a token.
func (ws *Workspace) Credential(pair access.Pair, token kubeconfig.Token, open bool) rules.Credential {
	claims, _ := token.Claims()
	known := rules.Credential{
		Target:   pair.Target,
		Consumer: pair.Consumer,
		File:     ws.Path(pair.TokenFile()),
		Open:     open,
		Subject:  claims.Subject,
	}
	if a, err := ws.Access(pair); err == nil {
		known.Want = a.Subject(a.Newest()).User()
	}
	return known
}

// MissingToken reports a link without its credential, and how to get it.
func (ws *Workspace) MissingToken(pair access.Pair, err error) mesh.Problem {
	message := fmt.Sprintf("%s has no token for %s", pair.Consumer, pair.Target)
	if !errors.Is(err, fs.ErrNotExist) {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		message = fmt.Sprintf("the token of %s for %s cannot be used: %v", pair.Consumer, pair.Target, err)
	}
	remedy := ws.FetchCommand(pair)
	if own := hint.Of(err); len(own) > 0 {
		remedy = own[0]
	}
	return mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{pair.Target, pair.Consumer},
		File: ws.Path(pair.TokenFile()), Message: message, Hint: remedy}
}

// FetchCommand returns the command that fetches a token from its cluster. Without a context for the cluster it is for
// another person without kubectl mesh: a POSIX shell command that contains nothing secret and creates a private file.
func (ws *Workspace) FetchCommand(pair access.Pair) string {
	target, known := ws.Graph.Cluster(pair.Target)
	if !known || target.Context != "" {
		return "kubectl mesh collect --cluster " + shell.Name(pair.Target) + ws.FilenameFlag()
	}
	file := ws.Path(pair.TokenFile())
	context, namespace := "CONTEXT_OF_"+target.Name, target.Istio.Namespace
	secret := access.NewestTokenSecret(target, pair.Consumer)
	return "after applying " + target.Name + "'s overlay: (umask 077; mkdir -p " + shell.Name(filepath.Dir(file)) +
		" && kubectl --context=" + shell.Name(context) + " -n " + shell.Name(namespace) +
		" get secret " + shell.Name(secret) + " -o go-template='{{.data.token | base64decode}}' > " + shell.Name(file) + ")"
}
