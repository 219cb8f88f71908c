package check

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

// Status of a check.
type Status string

// Statuses. Unknown: the check could not be made, and the reason explains why.
const (
	StatusOK      Status = "ok"
	StatusWarning Status = "warning"
	StatusFailed  Status = "failed"
	StatusUnknown Status = "unknown"
)

// Result of one check of one subject.
type Result struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Severity mesh.Severity `json:"severity"`
	Status   Status        `json:"status"`
	// Cluster that it is about; for a link, the consumer of Peer.
	Cluster string `json:"cluster,omitempty"`
	Peer    string `json:"peer,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Hint for this case: a command or an edit.
	Hint string `json:"hint,omitempty"`
}

// outcome of a check. Without a status, it has the check's severity.
type outcome struct {
	status         Status
	reason, remedy string
}

func ok() []outcome { return fine("") }

// fine is ok, with a message.
func fine(reason string) []outcome { return []outcome{{status: StatusOK, reason: reason}} }

func warn(reason, remedy string) []outcome {
	return []outcome{{status: StatusWarning, reason: reason, remedy: remedy}}
}

// bad is a failure, or a warning if the check only warns.
func bad(reason, remedy string) []outcome { return []outcome{{reason: reason, remedy: remedy}} }

func unknown(reason, remedy string) []outcome {
	return []outcome{{status: StatusUnknown, reason: reason, remedy: remedy}}
}

func (c Check) result(s subject, o outcome) Result {
	result := Result{ID: c.ID, Title: c.Title, Severity: c.Severity, Status: o.status, Reason: o.reason, Hint: o.remedy}
	if o.status == "" {
		result.Status = StatusFailed
		if c.Severity == mesh.SeverityWarning {
			result.Status = StatusWarning
		}
	}
	if s.cluster != nil {
		result.Cluster = s.cluster.Name
	}
	if s.peer != nil {
		result.Peer = s.peer.Name
	}
	return result
}
