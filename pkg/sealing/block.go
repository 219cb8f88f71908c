package sealing

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// sopsBlock is the sops block of a file.
type sopsBlock sops.Block

// UnmarshalJSON accepts only the fields of sops.Block: sops itself matches their names in any letter case
// (github.com/mitchellh/mapstructure), and each key service is a party that can decrypt. sops before 3.10 lists those
// services without entries.
func (b *sopsBlock) UnmarshalJSON(text []byte) error {
	var found struct {
		Age              []sops.Stanza     `json:"age"`
		EncryptedRegex   string            `json:"encrypted_regex"`
		LastModified     string            `json:"lastmodified"`
		MAC              string            `json:"mac"`
		MACOnlyEncrypted bool              `json:"mac_only_encrypted"`
		Version          string            `json:"version"`
		KMS              []json.RawMessage `json:"kms"`
		GCPKMS           []json.RawMessage `json:"gcp_kms"`
		AzureKV          []json.RawMessage `json:"azure_kv"`
		HCVault          []json.RawMessage `json:"hc_vault"`
		PGP              []json.RawMessage `json:"pgp"`
	}
	if err := strict.JSON(text, &found); err != nil {
		return below(err)
	}
	var problems strict.Problems
	for _, service := range []struct {
		name string
		keys []json.RawMessage
	}{
		{name: "kms", keys: found.KMS},
		{name: "gcp_kms", keys: found.GCPKMS},
		{name: "azure_kv", keys: found.AzureKV},
		{name: "hc_vault", keys: found.HCVault},
		{name: "pgp", keys: found.PGP},
	} {
		if len(service.keys) > 0 {
			problems = append(problems, inBlock(service.name, "allows decryption without an age recipient"))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	*b = sopsBlock{Age: found.Age, EncryptedRegex: found.EncryptedRegex, LastModified: found.LastModified, MAC: found.MAC,
		MACOnlyEncrypted: found.MACOnlyEncrypted, Version: found.Version}
	return nil
}

// below prefixes the paths of problems with the key of the block.
func below(err error) error {
	var problems strict.Problems
	if !errors.As(err, &problems) {
		return err
	}
	for i, p := range problems {
		problems[i] = inBlock(p.Field, p.Message)
	}
	return problems
}

func inBlock(field, message string) strict.Problem {
	return strict.Problem{Field: strings.TrimSuffix(sops.Key+"."+field, "."), Message: message}
}
