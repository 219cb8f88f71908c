package sealing

import (
	"encoding/json"
	"fmt"
	"testing"
)

// Each key service that sops knows is somebody who can decrypt; sops matches the names of fields in any case.
func TestBlockRefuses(t *testing.T) {
	const rest = `"encrypted_regex": "x", "lastmodified": "x", "mac": "x", "mac_only_encrypted": true, "version": "x"}`
	const others = ": allows decryption without an age recipient"
	for text, want := range map[string]string{
		`{"age": [{"enc": "a", "recipient": "b"}], ` + rest:                               "<nil>",
		`{"kms": [], "gcp_kms": null, "azure_kv": [], "hc_vault": [], "pgp": [], ` + rest: "<nil>",
		`{"kms": [{"arn": "a"}], "pgp": [{}], ` + rest:                                    "sops.kms" + others + "; sops.pgp" + others,
		`{"gcp_kms": [1], "azure_kv": [1], "hc_vault": [1], ` + rest:                      "sops.gcp_kms" + others + "; sops.azure_kv" + others + "; sops.hc_vault" + others,
		`{"hckms": [], ` + rest:                             "sops.hckms: unknown field",
		`{"key_groups": [], "shamir_threshold": 1, ` + rest: "sops.key_groups: unknown field; sops.shamir_threshold: unknown field",
		`{"unencrypted_suffix": "_unencrypted", ` + rest:    "sops.unencrypted_suffix: unknown field",
		`{"Age": [], ` + rest:                               "sops.Age: unknown field",
		`{"PGP": [{}], ` + rest:                             "sops.PGP: unknown field",
		`{"age": [], "age": [], ` + rest:                    "sops.age: duplicate field",
		`{"age": [{"enc": "a", "Enc": "b"}], ` + rest:       "sops.age[0].Enc: unknown field",
		`{"age": {}, ` + rest:                               "sops.age: must be a list, and is a mapping",
		`{"age": [{"enc": 1}], ` + rest:                     "sops.age.enc: must be a string, and is a number",
		`[]`:                                                "sops: must be a mapping, and is a list",
	} {
		var block sopsBlock
		if err := json.Unmarshal([]byte(text), &block); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
