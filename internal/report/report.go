// Package report prints results of use cases as text and data.
//
// Its functions take a writer and a result, decide nothing and ask no questions: the command selects the format and the
// exit code.
package report

import (
	"encoding/json"
	"fmt"
	"io"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Document prints a value as a document of a kind, with apiVersion.
func Document(w io.Writer, format, kind string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	header := fmt.Sprintf(`{"apiVersion":%q,"kind":%q,`, summary.APIVersion, kind)
	return Data(w, format, json.RawMessage(header+string(text[1:])))
}

// Data prints a value as json or yaml.
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
