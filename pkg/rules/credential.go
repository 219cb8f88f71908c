package rules

import (
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Credential is what the rules may know of a credential: never the credential itself.
type Credential struct {
	// Target is read with it by Consumer; File holds it.
	Target, Consumer, File string
	// Subject that the credential names, empty when it cannot be told; Want is the subject
	// of the reader that the mesh declares.
	Subject, Want string
	// NotBefore and NotAfter are when it begins and ends, as far as it says.
	NotBefore, NotAfter time.Time
	// Open says that others than its owner may read or change the file.
	Open bool
	// Problem says that the file holds no such credential, and Hint what to do; then nothing else is known of it.
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
