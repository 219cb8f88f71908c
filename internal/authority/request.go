package authority

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Request makes the key of a cluster, where there is none, and the request for its certificate. It returns
// the fingerprint of the key.
func (a *Authority) Request(name string, kind trust.KeyType) (fingerprint string, err error) {
	cluster, err := a.member(name)
	if err != nil {
		return "", err
	}
	key, err := a.ownKey(cluster.Name, kind)
	if err != nil {
		return "", err
	}
	what, err := a.intermediate(cluster, 0)
	if err != nil {
		return "", err
	}
	request, err := trust.NewRequest(key, what)
	if err != nil {
		return "", err
	}
	if err := a.keepPublic(layout.SigningRequest(cluster.Name), request); err != nil {
		return "", err
	}
	a.Tell.Say("wrote %s", a.Workspace.Path(layout.SigningRequest(cluster.Name)))
	return trust.KeyFingerprint(key.Public())
}

// ownKey is the key of a cluster in this workspace, made if there is none.
func (a *Authority) ownKey(cluster string, kind trust.KeyType) (trust.Key, error) {
	if _, err := a.Workspace.Root.Lstat(layout.SigningKey(cluster)); err == nil {
		key, err := a.Workspace.ReadKey(layout.SigningKey(cluster))
		if err != nil {
			return key, fmt.Errorf("read %s: %w", a.Workspace.Path(layout.SigningKey(cluster)), terminal.QuotePath(err))
		}
		a.Tell.Say("%s: its key is there already, and is used", cluster)
		return key, nil
	}
	key, err := trust.NewKey(kind)
	if err != nil {
		return key, err
	}
	return key, a.keepKey(layout.SigningKey(cluster), key)
}
