package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// caOptions are what all commands under ca have in common.
type caOptions struct {
	System
	filename     string
	passphraseFD int
}

func newCA(system System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ca COMMAND",
		Short: "Make, sign, take over and rotate the certificates of the mesh, offline",
		Long: `Make and look after the certificates of the mesh, offline: one root, and under it an intermediate
for each cluster, with which its istiod signs workloads. Certificates lie in trust/ and are
committed; keys lie in credentials/ and never are. Rendering turns them into the Secret cacerts.

Where a key is to stay at the site of its cluster: ca request there, ca sign where the root is.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCAInit(system, nil), newCAIssue(system, nil), newCARequest(system, nil), newCASign(system, nil),
		newCAImport(system, nil), newCAStatus(system, nil), newCARotate(system, nil))
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

func (o *caOptions) add(cmd *cobra.Command) {
	addFilename(cmd, &o.filename)
}

// addPassphrase is for commands that need the key of the root.
func (o *caOptions) addPassphrase(cmd *cobra.Command) {
	cmd.Flags().IntVar(&o.passphraseFD, "passphrase-fd", -1, "read the root key's passphrase from the first line of this file descriptor instead of asking")
}

// authority is the workspace as its certificates are worked on.
type authority struct {
	*workspace
	*caOptions
	now time.Time
}

// open reads the mesh. Findings do not stop: certificates that are to be mended are among them.
func (o *caOptions) open() (*authority, error) {
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return nil, err
	}
	if ws.doc.Mesh == nil {
		ws.close()
		return nil, &problemsError{ws.name, problems, listAll(o.filename)}
	}
	if provider := ws.doc.Mesh.Spec.Trust.CA.Provider; provider != v1alpha1.CAProviderFiles {
		ws.close()
		return nil, inputErrorf("write spec.trust.ca.provider: files, or leave the certificates to "+string(provider),
			"spec.trust.ca.provider is %s: the certificates are not in this workspace", provider)
	}
	return &authority{workspace: ws, caOptions: o, now: time.Now()}, nil
}

// member returns a cluster that signs with a certificate of ours.
func (a *authority) member(name string) (*v1alpha1.Cluster, error) {
	if err := a.checkCluster(name); err != nil {
		return nil, err
	}
	cluster, _ := a.graph.Cluster(name)
	if !render.Signs(cluster) {
		return nil, inputErrorf("name a cluster with a control plane of its own", "%s signs nothing: its workloads get certificates elsewhere", name)
	}
	return cluster, nil
}

// members are all clusters that sign, or the one that is named.
func (a *authority) members(name string, all bool) ([]*v1alpha1.Cluster, error) {
	if !all {
		cluster, err := a.member(name)
		return []*v1alpha1.Cluster{cluster}, err
	}
	var clusters []*v1alpha1.Cluster
	for cluster := range a.graph.Clusters() {
		if render.Signs(cluster) {
			clusters = append(clusters, cluster)
		}
	}
	return clusters, nil
}

// intermediate is what the next certificate of a cluster says.
func (a *authority) intermediate(cluster *v1alpha1.Cluster, life time.Duration) (trust.Intermediate, error) {
	what := trust.Intermediate{Mesh: a.doc.Mesh.Metadata.Name, Cluster: cluster.Name, TrustDomain: cluster.TrustDomain, Generation: 1, Life: life}
	bundle, ok, err := a.readBundle(cluster.Name)
	if err != nil || !ok {
		return what, err
	}
	if signing, broken := bundle.Certificate(); broken == nil { // else it begins anew
		what.Generation = trust.Generation(signing) + 1
	}
	return what, nil
}

// keepBundle writes the certificates of a cluster, and its key if it is here. The key comes last:
// a run that is cut off leaves a key that does not match, which is told, and none that is lost.
func (a *authority) keepBundle(cluster string, bundle trust.Bundle) error {
	if err := bundle.Check(a.now); err != nil {
		return fmt.Errorf("check the certificates of %s: %w", cluster, err)
	}
	if !bundle.Key.IsZero() {
		if err := a.fitForKeys(); err != nil {
			return err
		}
	}
	for _, file := range []struct {
		name    string
		content []byte
	}{{trust.CertChainFile, bundle.Chain}, {trust.CACertFile, bundle.CACert}} {
		if err := a.keepPublic(trustFile(cluster, file.name), file.content); err != nil {
			return err
		}
	}
	if bundle.Key.IsZero() {
		return nil
	}
	return a.keepKey(signingKeyFile(cluster), bundle.Key)
}

func (a *authority) keepPublic(name string, content []byte) error {
	return output.WriteFile(a.path(name), content, output.FileOptions{Mode: 0o644, Force: true})
}

func (a *authority) keepKey(name string, key trust.Key) error {
	text, err := key.PEM()
	if err != nil {
		return err
	}
	return a.keepPrivate(name, text)
}

// sayIssued announces a certificate that has been written.
func (a *authority) sayIssued(cluster string, certificate *x509.Certificate) {
	about := trust.Describe(cluster, certificate)
	fmt.Fprintf(a.ErrOut, "%s: certificate %q, %s, until %s\n", cluster, about.Subject, about.Algorithm, about.NotAfter.Format(time.DateOnly))
}

// roots are the roots that the mesh trusts.
func (a *authority) roots() ([]byte, []*x509.Certificate, error) {
	text, err := a.readOptional(rootCertFile())
	if err != nil {
		return nil, nil, quotePath(err)
	}
	if text == nil {
		return nil, nil, withHint(errors.New("there is no root certificate in "+a.path(rootCertFile())),
			"make one: kubectl mesh ca init"+a.filenameFlag()+"; or take over your own: kubectl mesh ca import")
	}
	roots, err := trust.ParseCertificates(text)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", a.path(rootCertFile()), err)
	}
	return text, roots, nil
}
