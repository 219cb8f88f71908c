package cli_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// The secrets that are planted. They are made here, so that no scanner takes them for real.
const (
	canaryPassword  = "CANARYpassword5f7a"
	canaryBasic     = "CANARYbasic91c2"
	canarySignature = "CANARYsignature3b8e4d1f"
	canaryBytes     = "CANARYkeybytes6a2c9e8d"
	canaryAge       = "CANARYIDENTITY7Q2WEL5S8DFG"
	// A token without a form by which anybody could know it.
	canaryOpaque = "k8s-aws-v1.aHR0cHM6Ly9zdHMuZmFrZS5CANARYopaque7d1e4b0aX0FjdGlvbj1HZXRDYWxsZXJJZGVudGl0eQ"
)

// canaryMarkers are looked for; of a token that is all but the header, which every one has.
func canaryMarkers() []string {
	return []string{canaryPassword, canaryBasic, canarySignature, canaryBytes, canaryAge,
		canaryOpaque[30:60], strings.Split(canaryToken(), ".")[1], canaryKeyData()[40:80]}
}

func canaryToken() string {
	return fakeJWT(`{"sub":"system:serviceaccount:istio-system:mesh-reader-east","jti":"canary"}`, canarySignature)
}

func canaryKey() string {
	return "-----BEGIN PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString([]byte("0123456789"+canaryBytes+"0123456789")) + "\n-----END PRIVATE KEY-----\n"
}

func canaryKeyData() string { return base64.StdEncoding.EncodeToString([]byte(canaryKey())) }

// tokenInputs are credentials in their place, of which not all can be used.
func tokenInputs() []input {
	token := func(name, text string) input {
		return input{name: "token file, " + name, files: map[string]string{"credentials/west/east/token": text}}
	}
	return []input{
		token("right", canaryToken()+"\n"),
		token("opaque", canaryOpaque),
		token("opaque, two lines", canaryOpaque+"\n"+canaryOpaque),
		token("opaque, binary", canaryOpaque+"\x00"),
		token("two lines", canaryToken()+"\n"+canaryToken()),
		token("binary", "\xff\x00"+canaryToken()),
		token("too long", strings.Repeat(canaryToken(), 1000)),
		token("a key", canaryKey()),
		token("a kubeconfig", "users: [{name: u, user: {token: "+canaryToken()+"}}]"),
	}
}

// meshInputs are secrets in mesh.yaml and beside it, where they have no place.
func meshInputs() []input {
	return slices.Concat(fieldInputs(), urlInputs(), authorityInputs(), brokenInputs("mesh.yaml", "mesh"))
}

// fieldInputs are secrets in fields that take text, or anything else, or do not exist.
func fieldInputs() []input {
	var inputs []input
	for path := range strings.FieldsSeq(`
		apiVersion kind unknown metadata.name metadata.unknown spec.unknown spec.discovery
		spec.istio.version spec.istio.revision spec.istio.namespace spec.istio.dataPlane
		spec.trust.domain spec.trust.ca.provider
		spec.sealing.format spec.sealing.age.recipients spec.sealing.sealedSecrets.certificate spec.sealing.sealedSecrets.certificateData
		spec.sealing.sealedSecrets.certificateSHA256 spec.reader.serviceAccount spec.reader.auth spec.reader.external.secretStoreRef.name
		spec.clusters.0.name spec.clusters.0.context spec.clusters.0.uid spec.clusters.0.controlPlane
		spec.clusters.0.network spec.clusters.0.platform spec.clusters.0.trustDomain spec.clusters.0.token
		spec.clusters.0.locality.region spec.clusters.0.podCIDRs spec.clusters.0.istio spec.clusters.0.gateway
		spec.clusters.0.api.server spec.clusters.0.api.certificateAuthority
		spec.clusters.0.api.certificateAuthorityData spec.clusters.0.api.tlsServerName
		spec.clusters.0.api.proxyURL spec.clusters.0.api.serviceAccountIssuer spec.clusters.0.api.token
		spec.clusters.0.gateway.namespace spec.clusters.0.gateway.service spec.clusters.0.gateway.annotations.token
		spec.clusters.0.gke.project spec.clusters.0.gke.masterCIDR spec.clusters.0.gke.subnet
	`) {
		inputs = append(inputs, meshInput(path, "a token", canaryToken()), meshInput(path, "a key", canaryKey()),
			meshInput(path, "a list", []any{canaryKeyData(), map[string]any{"token": canaryToken()}}))
		if path != "spec.clusters.0.context" { // any text is the name of a context, and names are shown
			inputs = append(inputs, meshInput(path, "an opaque token", canaryOpaque))
		}
	}
	return inputs
}

// urlInputs are passwords in URLs.
func urlInputs() []input {
	var inputs []input
	for _, path := range []string{"server", "proxyURL", "serviceAccountIssuer"} {
		for name, value := range map[string]string{
			"password":   "https://admin:%s@203.0.113.10",
			"bad escape": "https://admin:%%zz%s@203.0.113.10",
			"two ats":    "https://admin:p@%s@203.0.113.10/",
			"no scheme":  "admin:%s@203.0.113.10",
			"query":      "https://203.0.113.10/?password=%s",
		} {
			inputs = append(inputs, meshInput("spec.clusters.0.api."+path, name, fmt.Sprintf(value, canaryPassword)))
		}
	}
	return inputs
}

// authorityInputs are secrets among certificates, or instead of them.
func authorityInputs() []input {
	var inputs []input
	for name, text := range map[string]string{"a key": canaryKey(), "with a key": authority + canaryKey(), "a token": canaryToken()} {
		inputs = append(inputs, input{name: "authority, " + name, files: map[string]string{"clusters/api.crt": text}},
			meshInput("spec.clusters.0.api.certificateAuthorityData", name+" in base64", base64.StdEncoding.EncodeToString([]byte(text))))
	}
	return inputs
}

// meshInput is the mesh of two clusters with a value at a path.
func meshInput(path, what string, value any) input {
	return input{name: path + ", " + what, files: map[string]string{"mesh.yaml": planted(twoClusters()["mesh.yaml"], path, value)}}
}

// planted sets the value at a path of a YAML text.
func planted(text, path string, value any) string {
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		panic(err)
	}
	steps := strings.Split(path, ".")
	node := doc
	for _, step := range steps[:len(steps)-1] {
		if step == "0" {
			continue // the list before has been entered
		}
		switch next := node[step].(type) {
		case map[string]any:
			node = next
		case []any:
			node = next[0].(map[string]any)
		default:
			below := map[string]any{}
			node[step] = below
			node = below
		}
	}
	node[steps[len(steps)-1]] = value
	made, err := yaml.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(made)
}

// brokenInputs are texts that no decoder likes, with a token in the place that it dislikes.
func brokenInputs(file, name string) []input {
	var inputs []input
	for what, text := range map[string]string{
		"only a token":    "%s\n",
		"no colon":        "apiVersion: v1\n%s\nkind: Mesh\n",
		"two colons":      "token: %s: x\n",
		"null key":        "~: %s\n",
		"key of a list":   "? [token, %s]\n: x\n",
		"key of a map":    "{token: %s}: x\n",
		"unknown alias":   "token: *%s\n",
		"unknown tag":     "token: !!int %s\n",
		"not binary":      "token: !!binary %s!\n",
		"doubled value":   "token: %s\ntoken: x\n",
		"doubled key":     "%[1]s: x\n%[1]s: x\n",
		"open quote":      "token: \"%s\n",
		"bad escape":      "token: \"\\q%s\"\n",
		"tab":             "a:\n\ttoken: %s\n",
		"second document": "a: b\n---\ntoken: %s\n",
		"directive":       "%%TAG ! %s\n---\na: b\n",
	} {
		add := func(what, token string) {
			inputs = append(inputs, input{name: name + " with " + what, files: map[string]string{file: fmt.Sprintf(text, token)}})
		}
		add(what, canaryToken())
		if what != "doubled key" { // the names of fields are shown
			add(what+", opaque", canaryOpaque)
		}
	}
	return inputs
}

// factsInputs are secrets in the facts of a cluster.
func factsInputs() []input {
	const facts = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: east}\nspec: {}\n"
	var inputs []input
	for _, path := range []string{"kind", "metadata.name", "spec.token", "spec.context", "spec.network", "spec.api.token",
		"spec.api.tlsServerName", "spec.gateway.annotations.token", "spec.podCIDRs"} {
		inputs = append(inputs, input{name: "facts " + path,
			files: map[string]string{"clusters/east.yaml": planted(facts, path, canaryToken())}})
	}
	inputs = append(inputs, input{name: "facts proxy", files: map[string]string{
		"clusters/east.yaml": planted(facts, "spec.api.proxyURL", "http://u:"+canaryPassword+"@proxy")}})
	return append(inputs, brokenInputs("clusters/east.yaml", "facts")...)
}

// environmentInputs are secrets in the environment.
func environmentInputs() []input {
	return []input{
		{name: "environment", env: map[string]string{"MESH_TOKEN": canaryToken(), "HTTPS_PROXY": "http://u:" + canaryPassword + "@proxy",
			"KUBE_TOKEN": canaryToken(), "PASSWORD": canaryBasic}},
		{name: "KUBECONFIG is a token", env: map[string]string{"KUBECONFIG": canaryToken()}},
	}
}
