package cluster

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Facts are what a cluster reports. A zero field is unknown; the notes returned with the facts explain why, if that
// matters.
type Facts struct {
	// KubernetesVersion in the API server's format: v1.36.3. Always set.
	KubernetesVersion string
	// Issuer of service account tokens, and JWKS, its public keys as one line of JSON.
	Issuer, JWKS string
	// Network is the label topology.istio.io/network of Istio's namespace.
	Network string
	// Istio is the control plane.
	Istio Istio
	// RootSHA256 are the fingerprints of the roots that workloads trust, sorted.
	RootSHA256 []string
	// GatewayAddresses of the east-west gateways, sorted.
	GatewayAddresses []string
	// PodCIDRs cover exactly the pod ranges of all nodes, sorted.
	PodCIDRs []string
}

// Istio describes an installed control plane.
type Istio struct {
	// Found is set if there is a control plane; an empty Revision is then the default one.
	Found             bool
	Version, Revision string
	ClusterID         string
	// From the mesh configuration.
	MeshID, TrustDomain string
}

// Ask selects what to read.
type Ask struct {
	// Namespace of Istio, and Revision of the control plane; "" is the default one.
	Namespace, Revision string
	// Served clusters have no control plane of their own, so its absence is not noted.
	Served bool
}

// Note explains why a fact is missing.
type Note struct {
	What string `json:"subject"`
	Why  string `json:"reason"`
}

func (n Note) String() string { return n.What + ": " + n.Why }

// Facts reads the facts. What does not exist or is forbidden becomes a note; anything else is an error.
func (c *Client) Facts(ctx context.Context, ask Ask) (Facts, []Note, error) {
	r := reader{Client: c, ctx: ctx, ask: ask}
	for _, read := range []func() error{r.version, r.issuer, r.istio, r.gateways, r.pods} {
		if err := read(); err != nil {
			return Facts{}, nil, err
		}
	}
	return r.facts, r.notes, nil
}

// reader is one ignore a cluster, with the context of the call.
type reader struct {
	*Client
	ctx   context.Context
	ask   Ask
	facts Facts
	notes []Note
}

func (r *reader) note(what, why string) { r.notes = append(r.notes, Note{What: what, Why: why}) }

// excuse converts an error to a note if something does not exist or is forbidden. absent is the note for what does not
// exist; "" adds none.
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

// reason returns the API server's message.
func reason(err error) string {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return status.Status().Message
	}
	return err.Error()
}
