package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Tokens are the reader tokens that are at hand.
type Tokens struct {
	Held map[access.Pair]kubeconfig.Token
	// Absent are those that are not collected yet, with the command that does.
	Absent map[access.Pair]render.Missing
	// Problems are what else is noticed about those that are at hand.
	Problems []mesh.Problem
}

// ReadTokens reads the credentials that the overlays of these consumers need. One that cannot be used is an error that
// names the link and the command that fetches another; all of them are reported together.
func (ws *Workspace) ReadTokens(consumers []string) (Tokens, error) {
	var pairs []access.Pair
	for _, consumer := range consumers {
		pairs = append(pairs, access.TokenPairs(ws.Graph, consumer)...)
	}
	found := Tokens{Held: map[access.Pair]kubeconfig.Token{}, Absent: map[access.Pair]render.Missing{}}
	var known []rules.Credential
	var unusable []mesh.Problem
	for pair, file := range parallel.InOrder(ws.ctx, pairs, ws.readTokenFile) {
		switch {
		case isGuarded(file.err):
			return Tokens{}, file.err
		case errors.Is(file.err, fs.ErrNotExist):
			found.Absent[pair] = absent(ws.MissingToken(pair, file.err))
		case file.err != nil:
			unusable = append(unusable, ws.MissingToken(pair, file.err))
		default:
			found.Held[pair] = file.token
			known = append(known, file.known)
		}
	}
	if len(unusable) > 0 {
		return Tokens{}, &Problems{Name: "credentials", List: unusable, Rest: "fix these first"}
	}
	found.Problems = ws.Check(known)
	return found, nil
}

// absent is what a rendering says of something that does not exist.
func absent(problem mesh.Problem) render.Missing {
	return render.Missing{Why: problem.Message, Next: problem.Hint}
}

// tokenFile is what became of reading one.
type tokenFile struct {
	token kubeconfig.Token
	known rules.Credential
	err   error
}

func (ws *Workspace) readTokenFile(_ context.Context, pair access.Pair) tokenFile {
	token, open, err := ws.ReadToken(pair)
	if err != nil {
		return tokenFile{err: err}
	}
	return tokenFile{token: token, known: ws.Credential(pair, token, open)}
}

// maxToken is more than any token: kubeconfig.ParseToken refuses what is longer.
const maxToken = 128 << 10

// ReadToken reads the token of a pair, and tells whether others may read its file.
func (ws *Workspace) ReadToken(pair access.Pair) (token kubeconfig.Token, open bool, err error) {
	file, err := input.OpenIn(ws.Root, pair.TokenFile())
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	defer file.Close() // opened for reading
	if err := ws.guardRead(pair.TokenFile()); err != nil {
		return kubeconfig.Token{}, false, err
	}
	info, err := file.Stat()
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	text, err := input.All(file, pair.TokenFile(), maxToken)
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	token, err = kubeconfig.ParseToken(text)
	return token, runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0, err
}

// Credential is what the rules may know of a token.
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

// MissingToken says which link lacks its credential, and how to get it.
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

// FetchCommand is the command that fetches a token from its cluster. Where no context leads there
// somebody else has to, and needs no kubectl mesh: then it is for a POSIX shell, nothing secret
// stands in it, and the file that it makes is private from the start.
func (ws *Workspace) FetchCommand(pair access.Pair) string {
	target, known := ws.Graph.Cluster(pair.Target)
	if !known || target.Context != "" {
		return "kubectl mesh collect --cluster " + shell.Quote(pair.Target) + ws.FilenameFlag()
	}
	file := ws.Path(pair.TokenFile())
	context, namespace := "CONTEXT_OF_"+target.Name, target.Istio.Namespace
	secret := access.NewestTokenSecret(target, pair.Consumer)
	return "after applying " + target.Name + "'s overlay: (umask 077; mkdir -p " + shell.Quote(filepath.Dir(file)) +
		" && kubectl --context=" + shell.Quote(context) + " -n " + shell.Quote(namespace) +
		" get secret " + shell.Quote(secret) + " -o go-template='{{.data.token | base64decode}}' > " + shell.Quote(file) + ")"
}

// ReadCredential reads the credential of a pair, of whichever kind.
func (ws *Workspace) ReadCredential(pair access.Pair) (credential kubeconfig.Remote, err error) {
	a, err := ws.Access(pair)
	if err != nil {
		return credential, err
	}
	if a.Kind().Traits().Form == access.FormCertificate {
		credential.Certificate, err = ws.ReadClientCertificate(pair)
	} else {
		credential.Token, _, err = ws.ReadToken(pair)
	}
	return credential, err
}
