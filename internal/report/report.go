// Package report turns results of use cases into text and JSON for a person or a script.
//
// A function here takes a writer and a result, decides nothing and asks nobody: which format, and what a
// result is worth, is the command's to say.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"sigs.k8s.io/yaml"
)

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

// table collects rows and aligns their columns.
type table struct {
	text strings.Builder
	rows *tabwriter.Writer
}

// newTable has columns that are the padding apart.
func newTable(padding int, header ...string) *table {
	t := &table{}
	t.rows = tabwriter.NewWriter(&t.text, 0, 0, padding, ' ', 0)
	t.row(header...)
	return t
}

func (t *table) row(cells ...string) {
	_, _ = io.WriteString(t.rows, strings.Join(cells, "\t")+"\n") // a buffer takes everything
}

func (t *table) String() string {
	_ = t.rows.Flush() // into the buffer too
	return t.text.String()
}
