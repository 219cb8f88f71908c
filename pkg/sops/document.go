package sops

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSize bounds a document, which is a Secret: Kubernetes takes one MiB of it.
const maxSize = 4 << 20

// Document is a document that sops has encrypted.
type Document struct {
	Block Block

	sealed []place // in order
}

// place is a value that has to be encrypted, and where it stands.
type place struct{ at, value string }

// Parse reads a document. It demands the settings that Encrypt has, and that every value that
// these settings encrypt is encrypted. Its errors never repeat a value.
func Parse(text []byte) (*Document, error) {
	if len(text) > maxSize {
		return nil, fmt.Errorf("parse sops document: it has more than %d MiB", maxSize>>20)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, errors.New("parse sops document: it is not YAML")
	}
	if root.Kind != yaml.DocumentNode || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("parse sops document: it is not a map")
	}
	doc := &Document{}
	if err := doc.read(root.Content[0]); err != nil {
		return nil, fmt.Errorf("parse sops document: %w", err)
	}
	return doc, nil
}

func (d *Document) read(top *yaml.Node) error {
	found := false
	for i := 0; i+1 < len(top.Content); i += 2 {
		name, value := top.Content[i].Value, top.Content[i+1]
		if name == Key {
			if found = value.Kind == yaml.MappingNode && value.Decode(&d.Block) == nil; !found {
				return errors.New("its sops block cannot be read")
			}
			continue
		}
		if err := d.walk(value, []string{name}, 0); err != nil {
			return err
		}
	}
	switch b := d.Block; {
	case !found:
		return errors.New("it has no sops block")
	case len(b.Age) == 0:
		return errors.New("it has no age recipient")
	case b.EncryptedRegex != EncryptedRegex || !b.MACOnlyEncrypted:
		return fmt.Errorf("it was not made with encrypted_regex %q and mac_only_encrypted", EncryptedRegex)
	}
	return nil
}

// maxDepth is more than any Secret has.
const maxDepth = 32

// walk collects what has to be encrypted, in the order of the document; a list adds nothing to the
// path of its entries (sops sops.go, walkSlice).
func (d *Document) walk(node *yaml.Node, path []string, depth int) error {
	if depth > maxDepth {
		return errors.New("it is too deep")
	}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if err := d.walk(node.Content[i+1], append(path[:len(path):len(path)], node.Content[i].Value), depth+1); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for _, entry := range node.Content {
			if err := d.walk(entry, path, depth+1); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		return d.scalar(node, path)
	default:
		return errors.New("it has an alias, which sops does not write")
	}
	return nil
}

func (d *Document) scalar(node *yaml.Node, path []string) error {
	if !encrypts(path) || node.ShortTag() == "!!null" {
		return nil
	}
	if node.ShortTag() != "!!str" || !isEncrypted(node.Value) {
		return fmt.Errorf("the value of %s is not encrypted", strings.Join(path, "."))
	}
	d.sealed = append(d.sealed, place{at: strings.Join(path, ":") + ":", value: node.Value})
	return nil
}

// encrypts is EncryptedRegex.
func encrypts(path []string) bool {
	for _, part := range path {
		if part == "data" || part == "stringData" {
			return true
		}
	}
	return false
}
