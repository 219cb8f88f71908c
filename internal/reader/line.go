package reader

import (
	"fmt"
	"time"
)

// States of a credential.
const (
	StateOK       = "ok"
	StateExpiring = "expiring"
	StateExpired  = "expired"
	StateMissing  = "missing"
	StateRefused  = "refused"
	StateRevoked  = "revoked"
	// StateUndeleted: it is revoked, but its token Secret still exists.
	StateUndeleted = "undeleted"
	// StateElsewhere: it is in clusters or in a store, and not in the workspace.
	StateElsewhere = "elsewhere"
	// StateUndeclared: it exists in the cluster, but not in mesh.yaml.
	StateUndeclared = "undeclared"
)

// Line is one generation of a link's credential, or an undeclared credential in a cluster, which has no link and no
// generation.
type Line struct {
	Link         string     `json:"link"`
	Consumer     string     `json:"consumer"`
	Target       string     `json:"target"`
	Kind         string     `json:"kind"`
	Subject      string     `json:"subject"`
	Generation   int32      `json:"generation"`
	State        string     `json:"state"`
	Reason       string     `json:"reason,omitempty"`
	Issued       *time.Time `json:"issued,omitempty"`
	Expires      *time.Time `json:"expires,omitempty"`
	NeverExpires bool       `json:"neverExpires,omitempty"`
	LastUsed     string     `json:"lastUsed,omitempty"` // a day, or never; empty if unknown
	Fingerprint  string     `json:"fingerprint,omitempty"`
}

// Name identifies the line in a sentence.
func (l Line) Name() string {
	if l.Link == "" {
		return l.Subject + " in " + l.Target
	}
	return fmt.Sprintf("%s, generation %d", l.Link, l.Generation)
}
