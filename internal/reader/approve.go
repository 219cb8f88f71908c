package reader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// ApproveInput is a request to sign.
type ApproveInput struct {
	Workspace *workspace.Workspace
	// Clusters reads the kubeconfig after the request has been checked.
	Clusters func() (*live.Clusters, error)
	Pair     access.Pair
	// Request is a PEM certificate signing request.
	Request  []byte
	Validity time.Duration
	// Compare has a person compare the fingerprint of the request's key.
	Compare func(fingerprint string) error
}

// Approve has the target sign a reader's request, stores the certificate, which is public, and returns its file.
func Approve(ctx context.Context, in ApproveInput) (string, error) {
	ws, pair := in.Workspace, in.Pair
	target, err := ws.Graph.Get(pair.Target)
	if err != nil {
		return "", err
	}
	generation := access.Generation(target, pair.Consumer)
	fingerprint, err := kubeconfig.CheckClientRequest(in.Request, access.ReaderUser(pair.Consumer, generation))
	if err != nil {
		return "", verdict.Input(err)
	}
	if err := in.Compare(fingerprint); err != nil {
		return "", err
	}
	clusters, err := in.Clusters()
	if err != nil {
		return "", err
	}
	opened, err := clusters.Open(ctx, target, live.RequireProof)
	if err != nil {
		return "", err
	}
	certificate, err := sign(ctx, clusters, opened, signing{
		mesh: ws.Doc.Mesh.Metadata.Name, pair: pair, request: in.Request, fingerprint: fingerprint, validity: in.Validity})
	if err != nil {
		return "", err
	}
	return ws.Path(pair.ClientCertificateFile(generation)), keepCertificate(ctx, ws, pair, generation, certificate)
}

// keepCertificate writes a client certificate. If its key is here, they must match.
func keepCertificate(
	ctx context.Context, ws *workspace.Workspace, pair access.Pair, generation int32, certificate []byte,
) error {
	file := pair.ClientCertificateFile(generation)
	return ws.Change(ctx, func(c *workspace.Change) error {
		c.Private(file, certificate)
		c.Verify(func(files fs.FS) error {
			written, err := fs.ReadFile(files, file)
			if err != nil {
				return err
			}
			key, err := fs.ReadFile(files, pair.ClientKeyFile(generation))
			if errors.Is(err, fs.ErrNotExist) {
				return nil // the key stays with the consumer
			}
			if err == nil {
				_, err = kubeconfig.ParseClientCertificate(written, key)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", ws.Path(file), err)
			}
			return nil
		})
		return nil
	})
}

// signing is a request to sign.
type signing struct {
	mesh        string
	pair        access.Pair
	request     []byte
	fingerprint string
	validity    time.Duration
}

// sign has the cluster sign. The object's name depends on the key and the requested validity: the same request is not
// signed twice, and another validity is another certificate.
func sign(ctx context.Context, clusters *live.Clusters, target *live.Cluster, s signing) ([]byte, error) {
	digits := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(s.fingerprint, "SHA256:"), ":", ""))
	name := fmt.Sprintf("mesh-%s-%s-%s-%ds", s.pair.Consumer, s.pair.Target, digits[:12], s.validity/time.Second)
	certificate, err := target.SignClient(ctx, name, s.request, access.Labels(s.mesh), s.validity)
	if errors.Is(err, apply.ErrNotApproved) {
		return nil, hint.Add(err, "have it approved: "+clusters.Kubectl(target.Context)+" certificate approve "+name)
	}
	if err != nil {
		return nil, clusters.Explain(err, target.Context)
	}
	return certificate, nil
}
