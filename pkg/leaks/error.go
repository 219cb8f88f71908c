package leaks

import "strings"

// Error refuses text that holds credentials: a line for each, and how to find where they come from.
type Error struct{ Findings []Finding }

// Refuse returns an Error if there is anything to refuse.
func Refuse(findings []Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return &Error{findings}
}

// Error implements error.
func (e *Error) Error() string {
	var lines []string
	for _, f := range e.Findings {
		lines = append(lines, "credential outside of credentials/: "+f.String())
	}
	return strings.Join(lines, "\n") + "\nhint: take it out of what this is made of, which is found by: kubectl mesh validate --secrets"
}
