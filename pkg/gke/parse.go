package gke

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// MaxSize limits a dump to some thousand clusters.
const MaxSize = 64 << 20

// Dump is the content of gcloud's files.
type Dump struct {
	Clusters []Cluster
	Rules    []Rule
	Subnets  []Subnet
	Features []Feature
}

// ErrNotJSON reports that a text is not JSON: by default gcloud prints tables and YAML.
var ErrNotJSON = errors.New("is not JSON")

// Parse reads the JSON of gcloud container clusters describe or list, of compute firewall-rules and networks subnets
// describe or list, and of container fleet mesh describe, possibly several in sequence. It recognizes objects by their
// fields. Errors do not repeat the text.
func Parse(text []byte) (Dump, error) {
	var dump Dump
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(bytes.TrimSpace(text)) == 0 {
		return dump, errors.New("is empty")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var document json.RawMessage
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return dump, nil
		}
		if err != nil {
			return Dump{}, ErrNotJSON
		}
		if err := dump.take(document); err != nil {
			return Dump{}, err
		}
	}
}

// take adds the content of a document: a list, an API response with a list, or an object.
func (d *Dump) take(document json.RawMessage) error {
	var list []json.RawMessage
	if decode(document, &list) != nil {
		var answer struct {
			Clusters *[]json.RawMessage `json:"clusters"`
			Items    *[]json.RawMessage `json:"items"`
		}
		switch err := decode(document, &answer); {
		case err == nil && answer.Clusters != nil:
			list = *answer.Clusters
		case err == nil && answer.Items != nil:
			list = *answer.Items
		default:
			return d.takeObject(document, "it")
		}
	}
	for i, object := range list {
		if err := d.takeObject(object, fmt.Sprintf("entry %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

// takeObject recognizes clusters, rules, subnets and features by a field that each of them has.
func (d *Dump) takeObject(object json.RawMessage, what string) error {
	var mark struct {
		MasterAuth           json.RawMessage `json:"masterAuth"`
		CurrentMasterVersion json.RawMessage `json:"currentMasterVersion"`
		NodePools            json.RawMessage `json:"nodePools"`
		Direction            json.RawMessage `json:"direction"`
		Allowed              json.RawMessage `json:"allowed"`
		Denied               json.RawMessage `json:"denied"`
		IPCidrRange          json.RawMessage `json:"ipCidrRange"`
		MembershipStates     json.RawMessage `json:"membershipStates"`
	}
	if len(object) == 0 || object[0] != '{' {
		return fmt.Errorf("%s is not an object", what)
	}
	if err := decode(object, &mark); err != nil {
		return fmt.Errorf("%s %w", what, err)
	}
	var err error
	switch {
	case mark.MasterAuth != nil || mark.CurrentMasterVersion != nil || mark.NodePools != nil:
		var cluster Cluster
		err = decode(object, &cluster)
		d.Clusters = append(d.Clusters, cluster)
	case mark.Direction != nil || mark.Allowed != nil || mark.Denied != nil:
		var rule Rule
		err = decode(object, &rule)
		d.Rules = append(d.Rules, rule)
	case mark.IPCidrRange != nil:
		var subnet Subnet
		err = decode(object, &subnet)
		d.Subnets = append(d.Subnets, subnet)
	case mark.MembershipStates != nil:
		var feature Feature
		err = decode(object, &feature)
		d.Features = append(d.Features, feature)
	default:
		return fmt.Errorf("%s is not a cluster, firewall rule, subnet or service mesh feature", what)
	}
	if err != nil {
		return fmt.Errorf("%s %w", what, err)
	}
	return nil
}

// decode skips the fields that are not read; a dump has hundreds.
func decode(text []byte, into any) error {
	err := strict.LargeJSON(text, into, strict.AllowUnknownFields)
	var wrong strict.Problem
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Message == "duplicate field":
		return fmt.Errorf("sets field %s twice", wrong.Field)
	case wrong.Field != "":
		return fmt.Errorf("has a value of the wrong type in field %s", wrong.Field)
	}
	return ErrNotJSON
}
