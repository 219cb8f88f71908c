package reader

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Explanation describes the exposure of a link's credential.
type Explanation struct {
	Link        string              `json:"link"`
	Summary     string              `json:"summary"`
	Server      string              `json:"server"`
	Identity    []string            `json:"identity"`
	Permissions []access.Permission `json:"permissions"`
	GrantedBy   string              `json:"permissionsGrantedBy,omitempty"` // if not granted by this mesh
	Credentials []Line              `json:"credentials"`
	Expiry      []string            `json:"expiry"`
	Exposure    []string            `json:"exposure"`
	Revocation  []string            `json:"revocation"`
}

// Explain explains a pair; caller is the cluster that the user named, which the consumer's control plane may serve.
func Explain(
	ctx context.Context, ws *workspace.Workspace, pair access.Pair, caller string, now time.Time,
) (Explanation, error) {
	a, err := ws.Access(pair)
	if err != nil {
		return Explanation{}, err
	}
	target := a.Target
	in := render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles}
	permissions, err := render.Permissions(in, pair)
	if err != nil {
		return Explanation{}, err
	}
	words := Explanation{
		Link:        ws.LinkName(pair),
		Server:      topology.AddressFor(a.Consumer, target).API.Server,
		Permissions: permissions,
		Summary:     fmt.Sprintf("%s's control plane reads %s's API server", pair.Consumer, pair.Target),
	}
	if caller != pair.Consumer {
		words.Summary += fmt.Sprintf(", for %s, which it serves", caller)
	}
	for _, line := range Status(ctx, StatusInput{Workspace: ws, Now: now}) {
		if line.Consumer == pair.Consumer && line.Target == pair.Target {
			words.Credentials = append(words.Credentials, line)
		}
	}
	words.Identity = identityText(ws, a, words.Credentials)
	if access.GrantedByCharts(target) {
		words.GrantedBy = "Istio's charts, for all peers: their ClusterRole istio-reader-… reads all Secrets and " +
			"ConfigMaps, and creates token reviews"
	}
	words.Expiry = a.Kind().Explain(a, a.Generations()).Lifetime
	words.Exposure = append(exposureText(words, a), sealedText(ws, pair)...)
	words.Revocation = remedyText(ws, a, readsSecrets(words))
	return words, nil
}

// sealedText describes who else has the credential: Git keeps its history.
func sealedText(ws *workspace.Workspace, pair access.Pair) []string {
	name := layout.SealedFile(pair.Consumer, layout.RemoteSecret(pair.Target))
	if _, err := ws.Root.Lstat(name); err != nil {
		return nil
	}
	return []string{"it is in Git, sealed: anyone with the repository and a private key that decrypts any version of " +
		ws.Path(name) + " has it too"}
}

// remedyText starts with the command, which applies to all readers that share an account.
func remedyText(ws *workspace.Workspace, a access.RemoteAccess, secrets bool) []string {
	target := a.Target
	command := "kubectl mesh credentials revoke"
	for _, consumer := range append([]string{a.Consumer.Name}, sharers(ws, a)...) {
		command += " --link " + shell.Name(ws.LinkName(access.Pair{Consumer: consumer, Target: target.Name}))
	}
	words := []string{command + ws.FilenameFlag(), "lists the steps that revoke it, and runs them with --apply",
		"then find out what was read: the audit log of " + target.Name + ", if enabled, shows this identity"}
	if secrets {
		words = append(words, "and rotate everything that it could read: the Secrets of "+target.Name+", starting with the "+
			"key that signs its certificates")
	}
	return words
}

// identityText describes the reader's user in the target, and who else shares it.
func identityText(ws *workspace.Workspace, a access.RemoteAccess, lines []Line) []string {
	var words []string
	var generations []int32
	for _, line := range lines {
		kind := "user "
		if a.Subject(line.Generation).IsAccount() {
			kind = "service account "
		}
		words, generations = append(words, kind+line.Subject), append(generations, line.Generation)
	}
	words = append(slices.Compact(words), a.Kind().Explain(a, generations).Proof...)
	if others := sharers(ws, a); others != nil {
		words = append(words, "shared: the control planes of "+strings.Join(others, ", ")+" use the same account, and "+
			"cannot be distinguished or revoked separately")
	}
	return words
}

// sharers returns the other readers with the same account.
func sharers(ws *workspace.Workspace, a access.RemoteAccess) []string {
	if a.Target.Reader.ServiceAccount == "" || !a.Kind().Traits().Account {
		return nil
	}
	var others []string
	for other := range ws.Graph.Consumers(a.Target.Name) {
		if other.Name != a.Consumer.Name {
			others = append(others, other.Name)
		}
	}
	return others
}

// readsSecrets reports whether the reader may read every Secret.
func readsSecrets(words Explanation) bool {
	return words.GrantedBy != "" || access.ReadsEverySecret(words.Permissions)
}

// exposureText follows from the permissions, and from how the credential is used.
func exposureText(words Explanation, a access.RemoteAccess) []string {
	target := a.Target
	var exposed []string
	if readsSecrets(words) {
		exposed = append(exposed, "every Secret of "+target.Name+", in every namespace: the key that signs its "+
			"certificates (Secret cacerts or istio-ca-secret of "+
			target.Istio.Namespace+"), and with it any identity of the mesh there; token Secrets of accounts; passwords and "+
			"keys of applications")
	}
	if slices.ContainsFunc(words.Permissions, func(r access.Permission) bool {
		return r.Resource == "mutatingwebhookconfigurations" && slices.Contains(r.Verbs, "update")
	}) {
		exposed = append(exposed, "the injection webhook of "+target.Name+": anyone who can change it can add containers "+
			"to its pods, and read its Secrets as they are written")
	}
	if words.Permissions == nil && words.GrantedBy == "" {
		return []string{"nothing: the reader is revoked, and its credential grants no access"}
	}
	use := "anyone who has it can use it from any network that reaches " + words.Server + ", any number of times"
	return append(exposed, use+a.Kind().Explain(a, a.Generations()).Exposure)
}
