package exchange

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/internal/signer"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// ExportInput selects what to pack, and the signer.
type ExportInput struct {
	Local
	// Clusters to pack; none means all that the site speaks for.
	Clusters []string
	Signer   signer.Input
	Now      time.Time
	Validity time.Duration
	Log      hint.Log
}

// Exported is an exchange file.
type Exported struct {
	Text        []byte
	Document    exchange.Document
	Fingerprint string
	// Incomplete is set if something that another site needs was omitted.
	Incomplete bool
}

// Export packs the workspace for other sites. It changes nothing, and sends no request to an API server.
func Export(ctx context.Context, in ExportInput) (Exported, error) {
	p, err := newPacking(in)
	if err != nil {
		return Exported{}, err
	}
	if err := p.pack(); err != nil {
		return Exported{}, err
	}
	return p.signed(ctx, in, func(*exchange.Document) {})
}

// packing is the state of an export.
type packing struct {
	ws         *workspace.Workspace
	site       v1alpha1.Site
	clusters   []string
	now        time.Time
	log        hint.Log
	items      []exchange.Item
	incomplete bool
}

func newPacking(in ExportInput) (*packing, error) {
	ws := in.Workspace
	if err := noSites(ws); err != nil {
		return nil, err
	}
	spec := ws.Doc.Mesh.Spec
	if in.Site == "" && len(in.Clusters) > 0 {
		if site, known := spec.SiteOf(in.Clusters[0]); known {
			in.Site = site.Name
		}
	}
	site, known, err := in.find()
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, in.unknown()
	}
	p := &packing{ws: ws, site: site, clusters: site.Clusters, now: in.Now, log: in.Log}
	for _, name := range in.Clusters {
		if err := ws.CheckCluster(name); err != nil {
			return nil, err
		}
		if !site.SpeaksFor(name) {
			return nil, verdict.Inputf("specify a cluster of the site: "+strings.Join(site.Clusters, ", "),
				"site %s does not speak for %s", site.Name, name)
		}
		p.clusters = in.Clusters
	}
	return p, nil
}

func (p *packing) pack() error {
	for _, pack := range []func() error{
		p.packFacts, p.packRoots, p.packSigningRequests, p.packSigningCertificates,
		p.packGenerations, p.packClientRequests, p.packClientCertificates, p.packTokens,
	} {
		if err := pack(); err != nil {
			return err
		}
	}
	return nil
}

func (p *packing) add(item exchange.Item) { p.items = append(p.items, item) }

// isOwn reports whether the export includes a cluster.
func (p *packing) isOwn(cluster string) bool { return slices.Contains(p.clusters, cluster) }

// isElsewhere reports whether a cluster belongs to another site.
func (p *packing) isElsewhere(cluster string) bool { return !p.site.SpeaksFor(cluster) }

// signed completes the document and signs it.
func (p *packing) signed(
	ctx context.Context, in ExportInput, complete func(*exchange.Document),
) (done Exported, err error) {
	done.Document = exchange.Document{
		Mesh:     p.ws.Doc.Mesh.Metadata.Name,
		From:     p.site.Name,
		Purpose:  exchange.PurposeExchange,
		Serial:   in.Now.UnixMicro(),
		Issued:   in.Now.UTC().Truncate(time.Second),
		NotAfter: in.Now.Add(in.Validity).UTC().Truncate(time.Second),
		Clusters: slices.Sorted(slices.Values(p.clusters)),
		Items:    p.items,
	}
	done.Incomplete = p.incomplete
	complete(&done.Document)
	return done, in.use(ctx, p.site, func(key ssh.Signer) error {
		done.Fingerprint = ssh.FingerprintSHA256(key.PublicKey())
		if done.Text, err = exchange.Encode(done.Document, key); err != nil {
			return err
		}
		return leaks.Refuse(leaks.New().Scan("the exchange file", done.Text))
	})
}

// use calls work with the site's key: of several keys in an agent, the one that other sites accept.
func (in ExportInput) use(ctx context.Context, site v1alpha1.Site, work func(ssh.Signer) error) error {
	allowed, _, err := readAllowed(in.Workspace.ReadOptional)
	if err != nil {
		return err
	}
	wanted := func(key ssh.PublicKey) bool {
		return slices.ContainsFunc(allowed, func(a allowedSigner) bool {
			return a.Is(key) && slices.Contains(a.Principals, site.Name)
		})
	}
	return signer.Use(ctx, in.Signer, wanted, work)
}
