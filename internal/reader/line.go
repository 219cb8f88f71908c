package reader

import "time"

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
)

// Line is one generation of the credential of a link.
type Line struct {
	Link        string     `json:"link"`
	From        string     `json:"from"`
	To          string     `json:"to"`
	Kind        string     `json:"kind"`
	Subject     string     `json:"subject"`
	Generation  int32      `json:"generation"`
	State       string     `json:"state"`
	Reason      string     `json:"reason,omitempty"`
	Issued      *time.Time `json:"issued,omitempty"`
	Expires     *time.Time `json:"expires,omitempty"`
	NeverEnds   bool       `json:"neverEnds,omitempty"`
	LastUsed    string     `json:"lastUsed,omitempty"` // a day, or never; empty: nobody tells
	Fingerprint string     `json:"fingerprint,omitempty"`
}
