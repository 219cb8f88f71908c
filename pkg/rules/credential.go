package rules

import (
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Credential describes a credential without containing it.
type Credential struct {
	// Consumer reads Target with it; File contains it.
	Target, Consumer, File string
	// Subject in the credential, empty if unknown; Want is the subject of the declared reader.
	Subject, Want string
	// NotBefore and NotAfter are its validity, if known.
	NotBefore, NotAfter time.Time
	// Open is set if other users can read or change the file.
	Open bool
	// Problem explains why the file contains no such credential, and Hint is the remedy; all else is then unknown.
	Problem, Hint string
}

func misshapenCredential() Rule {
	return Rule{
		ID:       "MESH087",
		Severity: mesh.SeverityError,
		Firm:     true,
		partial:  true,
		Title:    "A credential file has the wrong content",
		Why: "A reader's token is sent exactly as it is in the file. Base64, the JSON of a TokenRequest or a quoted " +
			"token is not valid: the API server responds with Unauthorized, and the remote secret stays in timeout.",
		Remedy: "Store only the token, as kubectl mesh collect does.",
		find: func(in Input) []finding {
			var found []finding
			for _, c := range in.Credentials {
				if c.Problem != "" {
					found = append(found, finding{
						clusters: []string{c.Target, c.Consumer},
						file:     c.File,
						message:  c.Problem,
						hint:     c.Hint,
					})
				}
			}
			return found
		},
	}
}

func foreignToken() Rule {
	return Rule{
		ID: "MESH016", Severity: mesh.SeverityWarning, partial: true,
		Title: "A token belongs to another account than the declared reader",
		Why: "The token in credentials/TARGET/CONSUMER/token names its account. If that is not " +
			"the declared reader, files were swapped, or the token has other permissions than those that were reviewed.",
		Remedy: "Collect the declared account's token again, or declare the intended account with reader.serviceAccount.",
		find: func(in Input) []finding {
			var found []finding
			for _, c := range in.Credentials {
				if c.Subject != "" && c.Subject != c.Want {
					found = append(found, finding{clusters: []string{c.Target, c.Consumer}, file: c.File,
						message: fmt.Sprintf("the token belongs to %q, but %s reads %s as %q", c.Subject, c.Consumer, c.Target, c.Want),
						hint:    "collect it again, or declare that account with reader.serviceAccount"})
				}
			}
			return found
		},
	}
}

func openCredential() Rule {
	return Rule{
		ID:       "MESH017",
		Severity: mesh.SeverityWarning,
		partial:  true,
		Title:    "A credential is accessible to other users",
		Why: "A reader credential can read every Secret of its cluster. On a shared machine a file that other users can " +
			"read exposes it.",
		Remedy: "Remove the permissions of other users from the directory and its content: chmod -R go= credentials",
		find: func(in Input) []finding {
			var found []finding
			for _, c := range in.Credentials {
				if c.Open {
					found = append(found, finding{clusters: []string{c.Target, c.Consumer}, file: c.File,
						message: "this credential is accessible to other users", hint: "chmod 600 " + shell.Name(c.File)})
				}
			}
			return found
		},
	}
}
