package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// readTokens reads the credentials that the overlays of these consumers need. A missing or
// unusable one is an error that names the link and the command that fetches it; all of them
// are reported together. What else is noticed about them is returned as warnings.
func (ws *workspace) readTokens(consumers []string) (map[render.Reading]kubeconfig.Token, []mesh.Problem, error) {
	tokens := map[render.Reading]kubeconfig.Token{}
	var known []rules.Credential
	var missing []mesh.Problem
	for _, consumer := range consumers {
		for _, reading := range render.Readings(ws.graph, consumer) {
			token, open, err := ws.readToken(reading)
			if err != nil {
				missing = append(missing, ws.missing(reading, err))
				continue
			}
			tokens[reading] = token
			known = append(known, ws.credential(reading, token, open))
		}
	}
	if len(missing) > 0 {
		return nil, nil, &problemsError{"credentials", missing, "correct these first"}
	}
	return tokens, ws.check(known), nil
}

// maxToken is more than any token: kubeconfig.ParseToken refuses what is longer.
const maxToken = 128 << 10

func (ws *workspace) readToken(reading render.Reading) (token kubeconfig.Token, open bool, err error) {
	file, err := ws.root.Open(reading.TokenFile())
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return kubeconfig.Token{}, false, err
	}
	text := make([]byte, min(info.Size(), maxToken))
	if n, err := file.Read(text); err != nil && n < len(text) {
		return kubeconfig.Token{}, false, err
	}
	token, err = kubeconfig.ParseToken(text)
	return token, runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0, err
}

// credential is what the rules may know of a token.
func (ws *workspace) credential(reading render.Reading, token kubeconfig.Token, open bool) rules.Credential {
	target, _ := ws.graph.Cluster(reading.Target)
	account := render.Account(target, reading.Consumer)
	claims, _ := token.Claims()
	return rules.Credential{Target: reading.Target, Consumer: reading.Consumer, File: ws.path(reading.TokenFile()), Open: open,
		Subject: claims.Subject, Want: fmt.Sprintf("system:serviceaccount:%s:%s", target.Istio.Namespace, account)}
}

// missing says which link lacks its credential, and how to get it.
func (ws *workspace) missing(reading render.Reading, err error) mesh.Problem {
	message := fmt.Sprintf("%s has no token to read %s", reading.Consumer, reading.Target)
	if !errors.Is(err, fs.ErrNotExist) {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		message = fmt.Sprintf("the token with which %s reads %s cannot be used: %v", reading.Consumer, reading.Target, err)
	}
	return mesh.Problem{Severity: mesh.SeverityError, Clusters: []string{reading.Target, reading.Consumer},
		File: ws.path(reading.TokenFile()), Message: message, Hint: ws.fetchToken(reading)}
}

// fetchToken is the command that fetches a token from its cluster. Where no context leads there
// somebody else has to, and needs no kubectl mesh: then it is for a POSIX shell, nothing secret
// stands in it, and the file that it makes is private from the start.
func (ws *workspace) fetchToken(reading render.Reading) string {
	target, _ := ws.graph.Cluster(reading.Target)
	if target.Context != "" {
		return "kubectl mesh collect --cluster " + shell.Quote(target.Name) + ws.filenameFlag()
	}
	secret := newestSecret(target, reading.Consumer)
	file := ws.path(reading.TokenFile())
	return fmt.Sprintf("after %s has its overlay: (umask 077; mkdir -p %s && kubectl --context=%s -n %s get secret %s "+
		"-o go-template='{{.data.token | base64decode}}' > %s)",
		target.Name, shell.Quote(filepath.Dir(file)), shell.Quote("CONTEXT_OF_"+target.Name), shell.Quote(target.Istio.Namespace), shell.Quote(secret), shell.Quote(file))
}
