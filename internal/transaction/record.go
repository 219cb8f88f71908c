package transaction

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// record is what plan and journal hold: enough to take a transaction back, whatever of it was done.
type record struct {
	Number  uint64 `json:"transaction"`
	Command string `json:"command,omitempty"`
	// Directories are those that the transaction creates, outermost first.
	Directories []string `json:"directories,omitempty"`
	Files       []entry  `json:"files"`
}

// entry is a file and the SHA-256 digests of its content, in hex; "" stands for no file.
type entry struct {
	Path   string `json:"path"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// newName and oldName are where the new content of file i waits, and the old one is kept.
func (r *record) newName(i int) string { return hiddenName(newPrefix, r.Files[i].Path, r.Number, i) }
func (r *record) oldName(i int) string { return hiddenName(oldPrefix, r.Files[i].Path, r.Number, i) }

func (r *record) encode() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the journal: %w", err)
	}
	return append(text, '\n'), nil
}

// decodeRecord is strict: what a record says is renamed and removed.
func decodeRecord(text []byte) (*record, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	r := &record{}
	if err := decoder.Decode(r); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the end of the record")
	}
	return r, r.check()
}

func (r *record) check() error {
	if r.Number == 0 || len(r.Files) == 0 {
		return errors.New("no number, or no files")
	}
	seen := map[string]bool{}
	for _, name := range r.Directories {
		if err := checkName(name); err != nil {
			return err
		}
	}
	for _, e := range r.Files {
		if err := checkName(e.Path); err != nil {
			return err
		}
		if !isDigest(e.Before) || !isDigest(e.After) || e.Before+e.After == "" || seen[e.Path] {
			return fmt.Errorf("%q: wrong digests, or listed twice", e.Path)
		}
		seen[e.Path] = true
	}
	return nil
}

func isDigest(text string) bool {
	return text == "" || len(text) == hex.EncodedLen(sha256.Size) && strings.Trim(text, "0123456789abcdef") == ""
}
