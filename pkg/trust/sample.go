package trust

import (
	"crypto"
	"encoding/hex"
	"errors"
	"slices"
)

// sampleKeys returns the SHA-256 of the public keys in istio samples/certs. Most of the private keys are published
// there, so a mesh that uses one of them trusts everyone. ca-key-alt-2.pem is not the key of ca-cert-alt-2.pem.
func sampleKeys() []string {
	return []string{
		"02f9ef016e164f12013c7e8d1f19b4ebd85738ef9cbee079a077bfd9166794cf", // ca-key-alt-2.pem
		"42d0f6531c3afb84b72f12f458fa35dc74402771fed9b27ad48a665474dde501", // root-cert-alt.pem
		"42d8cfd1102e06e3f2579e68f9db4f787ec9cbcd1f19f1bae7934cee918c2fef", // ca-cert.pem
		"7c5f2208b98507d0d6f1fda0a6609e93fbb7fb434d39ed78b71e305e23d7a46d", // ca-cert-alt-2.pem
		"88e809261b157f0db238901c0033e6bfeba79793c20ab8af41963cdd41ce6600", // ca-cert-alt.pem
		"ea6a6c986f1f857db9220ae417f72720e6a3f789e06a85a7e92052c36fa10e58", // workload-bar-key.pem
		"ee087b4b06e45ab3596dacd51ff5176c7b3f28196115374040f0269f4b36b5a9", // workload-foo-key.pem
		"f0592d4d660052580d0c0bfe09f9a4d795ad8ab7c2fa86c33276fbb352145ee5", // root-cert.pem
	}
}

func errSampleKey() error {
	return errors.New("the key is a public sample key of Istio: create your own with kubectl mesh ca init")
}

func checkSampleKey(public crypto.PublicKey) error { return checkUnlisted(public, sampleKeys()) }

func checkUnlisted(public crypto.PublicKey, listed []string) error {
	sum, err := keySum(public)
	if err != nil {
		return err
	}
	if slices.Contains(listed, hex.EncodeToString(sum[:])) {
		return errSampleKey()
	}
	return nil
}
