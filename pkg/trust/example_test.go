package trust_test

import (
	"fmt"
	"log"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// A root signs an intermediate, and what istiod gets is checked as istiod does.
func ExampleAuthority_Issue() {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	rootKey, key := exampleKey(), exampleKey()
	root, err := trust.NewRoot("shop", rootKey, 1, now)
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := root.Issue(key.Public(), trust.Intermediate{
		Mesh: "shop", Cluster: "east", TrustDomain: "cluster.local", Generation: 1, Validity: 30 * 24 * time.Hour,
	}, now)
	if err != nil {
		log.Fatal(err)
	}
	bundle := trust.NewBundle(certificate, nil, trust.EncodeCertificates(root.Certificate), key)
	about := trust.Describe("east", certificate)
	fmt.Println(about.Subject, "issued by", about.Issuer, "until", about.NotAfter.Format(time.DateOnly))
	fmt.Println("today:", bundle.Check(now))
	fmt.Println("in a year:", bundle.Check(now.AddDate(1, 0, 0)))
	// Output:
	// CN=shop east g1,O=shop issued by CN=shop root CA g1,O=shop until 2026-07-01
	// today: <nil>
	// in a year: cert chain has expired: certificate 1 (CN=shop east g1,O=shop) on 2026-07-01
}

// How far a change of the root has come is read from the certificates alone.
func ExampleReadRotation() {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	var roots []byte
	for generation := 1; generation <= 2; generation++ {
		root, err := trust.NewRoot("shop", exampleKey(), generation, now)
		if err != nil {
			log.Fatal(err)
		}
		roots = append(roots, trust.EncodeCertificates(root.Certificate)...)
		rotation, err := trust.ReadRotation(roots, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(generation, "root:", rotation.Phase)
	}
	// Output:
	// 1 root: steady
	// 2 root: trust
}

func exampleKey() trust.Key {
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		log.Fatal(err)
	}
	return key
}
