package cluster

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Facts is what a cluster tells of itself. A zero field is one that it does not tell; the
// notes that come with the facts say why, where that is worth knowing.
type Facts struct {
	// KubernetesVersion as the API server writes it: v1.36.3. It is always there.
	KubernetesVersion string
	// Issuer of the tokens of service accounts, and JWKS, its public keys as one line of JSON.
	Issuer, JWKS string
	// Network is the label topology.istio.io/network of Istio's namespace.
	Network string
	// Istio is the control plane that was found.
	Istio Istio
	// RootSHA256 has the fingerprint of each root that the workloads trust, sorted.
	RootSHA256 []string
	// GatewayAddresses are those of the east-west gateways, sorted.
	GatewayAddresses []string
	// PodCIDRs cover the pod ranges of all nodes exactly, sorted.
	PodCIDRs []string
}

// Istio is what an installed control plane says of itself.
type Istio struct {
	// Found says that there is a control plane; then an empty Revision is the default one.
	Found             bool
	Version, Revision string
	ClusterID         string
	// What its mesh configuration says.
	MeshID, TrustDomain string
}

// Ask says what to look for.
type Ask struct {
	// Namespace of Istio, and Revision of the control plane; "" is the default one.
	Namespace, Revision string
	// Served clusters have no control plane of their own: that none is found is no news.
	Served bool
}

// Note says what is missing from the facts, and why.
type Note struct {
	What string `json:"subject"`
	Why  string `json:"reason"`
}

func (n Note) String() string { return n.What + ": " + n.Why }

// Facts reads the facts. What may not exist, or may not be read, becomes a note; anything else
// that goes wrong is an error.
func (c *Client) Facts(ctx context.Context, ask Ask) (Facts, []Note, error) {
	r := reader{Client: c, ctx: ctx, ask: ask}
	for _, read := range []func() error{r.version, r.issuer, r.istio, r.gateways, r.pods} {
		if err := read(); err != nil {
			return Facts{}, nil, err
		}
	}
	return r.facts, r.notes, nil
}

// reader is one pass over a cluster. It lives as long as the call that its context is of.
type reader struct {
	*Client
	ctx   context.Context
	ask   Ask
	facts Facts
	notes []Note
}

func (r *reader) note(what, why string) { r.notes = append(r.notes, Note{What: what, Why: why}) }

// excuse turns an error into a note when it only says that something is not there or may not
// be read. absent is what to say when it is not there; "" says nothing.
func (r *reader) excuse(err error, what, absent string) error {
	switch {
	case apierrors.IsNotFound(err):
		if absent != "" {
			r.note(what, absent)
		}
		return nil
	case apierrors.IsForbidden(err):
		r.note(what, reason(err))
		return nil
	}
	return err
}

// reason is what the API server says.
func reason(err error) string {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return status.Status().Message
	}
	return err.Error()
}
