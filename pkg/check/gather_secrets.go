package check

import (
	"bytes"
	"cmp"
	"context"
	"encoding/pem"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// secrets reads the remote secrets, and returns the kubeconfigs to probe: those of targets that point where mesh.yaml
// says. Other servers never get the credentials.
func (t Target) secrets(ctx context.Context, facts *Observation) map[string]cluster.RemoteKubeconfig {
	found, err := t.Source.RemoteSecrets(ctx, t.Cluster.Istio.Namespace)
	if err != nil {
		facts.Secrets.Why = oneLine(err)
		return nil
	}
	byID, taken := map[string]cluster.RemoteKubeconfig{}, map[string]bool{}
	for _, secret := range found {
		shown := Secret{
			Name:   secret.Name,
			Ours:   t.ours(secret),
			Google: secret.Labels["istio.io/owned-by"] == "mesh.googleapis.com",
		}
		for _, remote := range secret.Remotes {
			shown.Remotes = append(shown.Remotes, t.remote(remote))
			if _, there := byID[remote.ClusterID]; !there || shown.Ours && !taken[remote.ClusterID] {
				byID[remote.ClusterID], taken[remote.ClusterID] = remote, shown.Ours
			}
		}
		facts.Secrets.Value = append(facts.Secrets.Value, shown)
	}
	worth := map[string]cluster.RemoteKubeconfig{}
	for _, peer := range t.Reads {
		remote, there := byID[peer.ID()]
		if there && remote.Refused == "" && remote.TokenFile == "" && leadsTo(remote, peer) {
			worth[peer.Name] = remote
		}
	}
	return worth
}

func (t Target) ours(secret cluster.RemoteSecret) bool {
	for key, value := range t.Labels {
		if secret.Labels[key] != value {
			return false
		}
	}
	return true
}

// remote keeps what may be printed.
func (t Target) remote(remote cluster.RemoteKubeconfig) RemoteKubeconfig {
	shown := RemoteKubeconfig{ClusterID: remote.ClusterID, Refused: remote.Refused}
	begin, end := remote.Validity()
	shown.Life = Validity{Begin: begin, End: end}
	claims, _ := remote.Token.Claims()
	shown.Credential = cmp.Or(remote.User(), claims.Secret)
	file := ""
	for _, peer := range t.Reads {
		if peer.ID() == remote.ClusterID && remote.Refused == "" {
			shown.Differs = t.differs(remote, peer)
			file = t.tokenFile(peer)
		}
	}
	if remote.TokenFile != "" && file == "" {
		shown.Refused = "it reads a token from file " + remote.TokenFile + ", but the cluster's reader does not use one"
		shown.Differs = nil
	}
	return shown
}

// leadsTo reports whether only the server declared in mesh.yaml would get the credential.
func leadsTo(remote cluster.RemoteKubeconfig, peer *v1alpha1.Cluster) bool {
	return remote.Server == peer.API.Server && remote.ProxyURL == peer.API.ProxyURL && !remote.Insecure
}

// differs lists how a kubeconfig differs from mesh.yaml.
func (t Target) differs(remote cluster.RemoteKubeconfig, peer *v1alpha1.Cluster) []string {
	authority, declared := certificates(remote.CertificateAuthorityData), certificates(peer.API.CertificateAuthorityData)
	var fields []string
	for field, same := range map[string]bool{
		"tokenFile":                  remote.TokenFile == t.tokenFile(peer),
		"server":                     remote.Server == peer.API.Server,
		"proxy-url":                  remote.ProxyURL == peer.API.ProxyURL,
		"tls-server-name":            remote.TLSServerName == peer.API.TLSServerName,
		"certificate-authority-data": bytes.Equal(authority, declared),
		"insecure-skip-tls-verify":   !remote.Insecure,
	} {
		if !same {
			fields = append(fields, field)
		}
	}
	return sortNames(fields)
}

// tokenFile returns the file in a peer's remote secret; empty if there is none.
func (t Target) tokenFile(peer *v1alpha1.Cluster) string {
	remote := access.RemoteAccess{Mesh: t.Labels[access.LabelMesh], Consumer: t.Cluster, Target: peer}
	if public := remote.Kind().RemoteUser(remote).Public; public != nil {
		return public.User.TokenFile
	}
	return ""
}

// certificates returns the blocks of a PEM text without the text around them.
func certificates(text []byte) []byte {
	var all []byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		all = append(all, block.Bytes...)
	}
	if all == nil && len(strings.TrimSpace(string(text))) > 0 {
		return text
	}
	return all
}

// probeWorkers is the number of peers of one cluster that are probed concurrently.
const probeWorkers = 4

func (t Target) probes(ctx context.Context, remotes map[string]cluster.RemoteKubeconfig) map[string]cluster.Access {
	ids := slices.Sorted(maps.Keys(remotes))
	answers := make([]cluster.Access, len(ids))
	var group errgroup.Group
	group.SetLimit(probeWorkers)
	for i, id := range ids {
		group.Go(func() error {
			answers[i] = t.Probe(ctx, remotes[id], t.permissions(id))
			return nil
		})
	}
	_ = group.Wait() // the result contains its error
	access := make(map[string]cluster.Access, len(ids))
	for i, id := range ids {
		access[id] = answers[i]
	}
	return access
}

// permissions returns what this cluster's control plane needs in a peer.
func (t Target) permissions(id string) []cluster.Permission {
	config := "istio"
	if t.Cluster.Istio.Revision != "" {
		config += "-" + t.Cluster.Istio.Revision
	}
	for _, peer := range t.Reads {
		if peer.Name == id {
			return append(cluster.ReaderPermissions(peer.Istio.Namespace, config), t.controlPlanePermissions(peer)...)
		}
	}
	return nil
}

// controlPlanePermissions returns what a control plane needs in a cluster that it serves. What Istio's charts grant is
// not included.
func (t Target) controlPlanePermissions(peer *v1alpha1.Cluster) []cluster.Permission {
	if peer.ControlPlane != t.Cluster.Name || peer.Name == t.Cluster.Name || access.GrantedByCharts(peer) {
		return nil
	}
	var permissions []cluster.Permission
	for _, permission := range access.ControlPlanePermissions(peer.Istio.Namespace) {
		names := permission.Names
		if names == nil {
			names = []string{""}
		}
		for _, name := range names {
			for _, verb := range permission.Verbs {
				permissions = append(permissions, cluster.Permission{
					Verb:      verb,
					Group:     permission.Group,
					Resource:  permission.Resource,
					Namespace: permission.Namespace,
					Name:      name,
				})
			}
		}
	}
	return permissions
}
