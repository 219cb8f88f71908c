package cli_test

import (
	"encoding/json"
	"strings"
)

// gkeCommands read a dump of gcloud.
func gkeCommands() []command {
	return []command{
		{args: "import gke dump.json --dry-run"},
		{args: "import gke dump.json"},
		{args: "import gke dump.json -f nowhere.yaml"},
		{args: "validate"},
	}
}

// gkeInputs are dumps with a secret: where old clusters have one, and where none belongs.
func gkeInputs() []input {
	var inputs []input
	for path := range strings.FieldsSeq(`
		masterAuth.password masterAuth.clientKey masterAuth.clientCertificate masterAuth.clusterCaCertificate masterAuth.unknown unknown
		name location selfLink endpoint currentMasterVersion network subnetwork clusterIpv4Cidr autopilot.enabled
		networkConfig.network networkConfig.subnetwork nodePools nodePools.tags ipAllocationPolicy.clusterIpv4CidrBlock
		ipAllocationPolicy.additionalPodRangesConfig.podRangeNames privateClusterConfig.masterIpv4CidrBlock
		privateClusterConfig.privateEndpoint controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint
		controlPlaneEndpointsConfig.ipEndpointsConfig.publicEndpoint masterAuthorizedNetworksConfig.cidrBlocks
		workloadIdentityConfig.workloadPool fleet.project fleet.membership resourceLabels.mesh_id
	`) {
		for what, value := range map[string]any{"a token": canaryToken(), "an opaque token": canaryOpaque, "a key": canaryKey(), "a key as base64": canaryKeyData(), "a list": []any{canaryKeyData()}} {
			inputs = append(inputs, input{name: "dump, " + path + ", " + what, files: map[string]string{"dump.json": dumpWith(path, value)}})
		}
	}
	return append(inputs, input{name: "dump, a key alone", files: map[string]string{"dump.json": canaryKey()}},
		input{name: "dump, a kubeconfig", files: map[string]string{"dump.json": `{"users": [{"user": {"token": "` + canaryToken() + `"}}]}`}})
}

// dumpWith is a cluster named east with a value planted.
func dumpWith(path string, value any) string {
	root := map[string]any{
		"name": "east", "location": "us-east1", "selfLink": "https://container.googleapis.com/v1/projects/acme-prod/locations/us-east1/clusters/east",
		"masterAuth": map[string]any{"username": "admin", "password": canaryPassword, "clientKey": canaryKeyData()},
		"fleet":      map[string]any{"project": "acme-fleet"}, "controlPlaneEndpointsConfig": map[string]any{"dnsEndpointConfig": map[string]any{"allowExternalTraffic": true}},
		"masterAuthorizedNetworksConfig": map[string]any{"enabled": true},
	}
	at := root
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[key] = next
		}
		at = next
	}
	at[keys[len(keys)-1]] = value
	text, err := json.Marshal(root)
	if err != nil {
		panic(err) // of literals
	}
	return string(text)
}
