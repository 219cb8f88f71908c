package cli

import (
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func TestCAFlags(t *testing.T) {
	shared := func(filename string, fd int) caOptions { return caOptions{filename: filename, passphraseFD: fd} }
	testFlags(t, newCAInit, []flagTest[caInitOptions]{
		{"defaults", nil, caInitOptions{caOptions: shared("mesh.yaml", -1), keyType: "p256"}},
		{"all", []string{"-f", "x.yaml", "--key-type=rsa4096", "--insecure-no-passphrase", "--passphrase-fd=3"},
			caInitOptions{caOptions: shared("x.yaml", 3), keyType: "rsa4096", insecure: true}},
	})
	testFlags(t, newCAIssue, []flagTest[caIssueOptions]{
		{"all clusters", []string{"--all"},
			caIssueOptions{caOptions: shared("mesh.yaml", -1), all: true, keyType: "p256", life: trust.IntermediateValidity}},
		{"one cluster", []string{"--cluster=east", "--lifetime=48h", "--key-type=p384"},
			caIssueOptions{caOptions: shared("mesh.yaml", -1), cluster: "east", keyType: "p384", life: 48 * time.Hour}},
	})
	testFlags(t, newCARequest, []flagTest[caRequestOptions]{
		{"all", []string{"--cluster=east", "--key-type=p384"},
			caRequestOptions{caOptions: shared("mesh.yaml", 0), cluster: "east", keyType: "p384"}},
	})
	testFlags(t, newCASign, []flagTest[caSignOptions]{
		{"the request of the cluster", []string{"--cluster=east"},
			caSignOptions{caOptions: shared("mesh.yaml", -1), cluster: "east", life: trust.IntermediateValidity}},
		{"another file", []string{"--cluster=east", "--fingerprint=ab", "--lifetime=2h", "east.csr"},
			caSignOptions{caOptions: shared("mesh.yaml", -1), cluster: "east", fingerprint: "ab", file: "east.csr", life: 2 * time.Hour}},
	})
	testFlags(t, newCAImport, []flagTest[caImportOptions]{
		{"all", []string{"--cluster=east", "--root-ca=root.pem", "a.pem", "b.pem"},
			caImportOptions{caOptions: shared("mesh.yaml", 0), cluster: "east", rootCA: "root.pem", from: []string{"a.pem", "b.pem"}}},
	})
	testFlags(t, newCAStatus, []flagTest[caStatusOptions]{
		{"defaults", nil, caStatusOptions{caOptions: shared("mesh.yaml", 0), within: "60d"}},
		{"all", []string{"-o=json", "--within=12h"}, caStatusOptions{caOptions: shared("mesh.yaml", 0), output: "json", within: "12h"}},
	})
	rotation := func(change func(*caRotateOptions)) caRotateOptions {
		o := caRotateOptions{caOptions: shared("mesh.yaml", -1), liveFlags: newLiveFlags(System{}), outputDir: "deploy", keyType: "p256", life: trust.IntermediateValidity, service: "sample/helloworld:5000"}
		change(&o)
		return o
	}
	testFlags(t, newCARotate, []flagTest[caRotateOptions]{
		{"a cluster", []string{"--cluster=east"}, rotation(func(o *caRotateOptions) { o.cluster = "east" })},
		{"the root", []string{"--root", "--offline", "--workloads-renewed", "--output-dir=tree", "--insecure-no-passphrase"}, rotation(func(o *caRotateOptions) {
			o.root, o.offline, o.renewed, o.outputDir, o.insecure = true, true, true, "tree", true
		})},
		{"back", []string{"--root", "--abort", "--kubeconfig=k"}, rotation(func(o *caRotateOptions) {
			o.root, o.abort, o.file = true, true, "k"
		})},
	})
}

func TestCARefuses(t *testing.T) {
	testRefused(t, newCAInit, map[string][]string{
		"invalid value \"rsa2048\" for --key-type\nhint: use one of p256, p384, rsa4096": {"--key-type=rsa2048"},
	})
	const members = "no cluster is specified\nhint: specify --cluster NAME or --all"
	testRefused(t, newCAIssue, map[string][]string{
		members: nil,
		members + "\n--lifetime 10m0s is shorter than an hour\nhint: use a duration such as 8760h": {"--all", "--cluster=east", "--lifetime=10m"},
	})
	const cluster = "no cluster is specified\nhint: specify --cluster NAME"
	testRefused(t, newCARequest, map[string][]string{cluster: nil})
	testRefused(t, newCASign, map[string][]string{
		cluster: {"east.csr"},
		"more than one request is specified\nhint: specify one request file": {"--cluster=east", "a.csr", "b.csr"},
	})
	testRefused(t, newCAImport, map[string][]string{
		cluster: {"dir"},
		"import requires a directory or a file\nhint: specify a directory, or the certificate files": {"--cluster=east"},
	})
	testRefused(t, newCATrust, map[string][]string{
		"trust requires a file with root certificates\nhint: save it from a cluster that trusts it: " +
			`kubectl -n istio-system get configmap istio-ca-root-cert -o jsonpath='{.data.root-cert\.pem}' > root.pem`: nil,
	})
	testRefused(t, newCAStatus, map[string][]string{
		"invalid value \"1w\" for --within\nhint: use a duration such as 60d or 12h":  {"--within=1w"},
		"invalid value \"-1d\" for --within\nhint: use a duration such as 60d or 12h": {"--within=-1d"},
	})
	testRefused(t, newCARotate, map[string][]string{
		"specify exactly one of --cluster, --all and --root\nhint: specify --cluster NAME, --all or --root": nil,
		"--abort requires --root\nhint: a cluster's certificate is rotated in one step":                     {"--all", "--abort"},
	})
}
