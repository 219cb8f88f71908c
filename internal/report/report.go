// Package report turns results of use cases into text and JSON for a person or a script.
//
// A function here takes a writer and a result, decides nothing and asks nobody: which format, and what a
// result is worth, is the command's to say.
package report

import (
	"encoding/json"
	"fmt"
	"io"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Document prints a value as a document of a kind, with the version of its format.
func Document(w io.Writer, format, kind string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	header := fmt.Sprintf(`{"apiVersion":%q,"kind":%q,`, summary.APIVersion, kind)
	return Data(w, format, json.RawMessage(header+string(text[1:])))
}

// Data prints a value in a format that machines read: json or yaml.
func Data(w io.Writer, format string, value any) error {
	var text []byte
	var err error
	if format == "yaml" {
		text, err = yaml.Marshal(value)
	} else if text, err = json.MarshalIndent(value, "", "    "); err == nil {
		text = append(text, '\n')
	}
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = w.Write(text)
	return err
}
