package cluster

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
)

// Istiod writes the roots that workloads trust into each namespace.
const (
	rootConfigMap = "istio-ca-root-cert"
	rootKey       = "root-cert.pem"
	whatRoots     = "Istio's roots"
)

func (r *reader) roots() error {
	config, err := r.kube.configMap(r.ctx, r.ask.Namespace, rootConfigMap)
	if err != nil {
		if err := r.excuse(err, whatRoots,
			fmt.Sprintf("no ConfigMap %s in namespace %s", rootConfigMap, r.ask.Namespace)); err != nil {
			return fmt.Errorf("read configmap %s/%s: %w", r.ask.Namespace, rootConfigMap, err)
		}
		return nil
	}
	if r.facts.RootSHA256, err = fingerprints([]byte(config.Data[rootKey])); err != nil {
		r.note(whatRoots, fmt.Sprintf("the key %s of ConfigMap %s %v", rootKey, rootConfigMap, err))
	}
	return nil
}

// fingerprints returns the SHA-256 of each certificate, sorted. During a rotation there are two.
func fingerprints(text []byte) ([]string, error) {
	var sums []string
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); block.Type != "CERTIFICATE" || err != nil {
			return nil, errors.New("contains data other than certificates")
		}
		sum := sha256.Sum256(block.Bytes)
		sums = append(sums, hex.EncodeToString(sum[:]))
		text = rest
	}
	if len(sums) == 0 {
		return nil, errors.New("contains no certificate")
	}
	slices.Sort(sums)
	return slices.Compact(sums), nil
}
