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
	// StateUndeleted: it is revoked, and its token Secret is still there.
	StateUndeleted = "undeleted"
	// StateElsewhere: it is in clusters, or in a store, and not here.
	StateElsewhere = "elsewhere"
	// StateUndeclared: the cluster has it, and mesh.yaml does not.
	StateUndeclared = "undeclared"
)

// Line is one generation of the credential of a link, or a credential that a cluster has and mesh.yaml does not
// declare: that one has no link and no generation.
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
	LastUsed     string     `json:"lastUsed,omitempty"` // a day, or never; empty: nobody tells
	Fingerprint  string     `json:"fingerprint,omitempty"`
}

// Name tells one line from the others in a sentence.
func (l Line) Name() string {
	if l.Link == "" {
		return l.Subject + " in " + l.Target
	}
	return fmt.Sprintf("%s, generation %d", l.Link, l.Generation)
}
