package report

// meaningOf explains an enum value of a field.
func meaningOf(field, value string) string { return meanings()[field+"="+value] }

func meanings() map[string]string {
	return map[string]string{
		"provider=files":       "certificates in trust/, with their keys in credentials/ or in the clusters",
		"provider=external":    "External Secrets Operator copies them from a secret store",
		"provider=certManager": "cert-manager issues a Certificate in each cluster",
		"provider=meshCA":      "Google's managed CA signs for workloads; no Secret cacerts is rendered",
		"provider=none":        "something else provides Secret cacerts",

		"keys=workspace": "signing keys are stored in credentials/ and applied with the certificates",
		"keys=cluster":   "each signing key stays in the Secret cacerts of its cluster; only certificates are rendered",

		"platform=":          "plain Kubernetes",
		"platform=gke":       "Google Kubernetes Engine",
		"platform=eks":       "Amazon Elastic Kubernetes Service",
		"platform=aks":       "Azure Kubernetes Service",
		"platform=openshift": "Red Hat OpenShift",
		"platform=k3s":       "K3s",

		"ports=mesh": "the ports of the mesh and the application ports",
		"ports=all":  "every port of every protocol",

		"outputs=gcloud":          "gcloud scripts, one for each project",
		"outputs=configConnector": "ComputeFirewall objects of Config Connector",
		"outputs=terraform":       "google_compute_firewall resources of Terraform",
		"outputs=csv":             "a table for a firewall team, with a row for each rule",
		"outputs=markdown":        "the same table to read",

		"endpoint=public":  "the public IP address of the control plane",
		"endpoint=private": "the internal IP address of the control plane, within its VPC network",
		"endpoint=dns":     "the DNS-based endpoint of the control plane",

		"service=LoadBalancer": "a load balancer with an address of its own",
		"service=NodePort":     "a port of the nodes; set their addresses",

		"api=gateway-api": "a Gateway of gateway.networking.k8s.io, which its control plane deploys",
		"api=istio":       "a Gateway of networking.istio.io, for a gateway that Helm installs",

		"workload=eastwestgateway": "a gateway for traffic between clusters, on port 15443",
		"workload=ingressgateway":  "one gateway for all traffic into the cluster, on port 443",

		"kind=Issuer":             "an issuer in the namespace of Istio",
		"kind=ClusterIssuer":      "an issuer for all namespaces",
		"kind=SecretStore":        "a store in the namespace of Istio",
		"kind=ClusterSecretStore": "a store for all namespaces",

		"distribution=istio": "the build of the Istio community",
		"distribution=solo":  "the build of Solo.io",
		"distribution=csm":   "Google Cloud Service Mesh",

		"dataPlane=sidecar": "a proxy in every pod",
		"dataPlane=ambient": "a ztunnel on every node, and waypoints",

		"multiclusterMode=connected": "the cluster discovers the endpoints of the fleet",
		"multiclusterMode=manual":    "the cluster leaves the endpoint discovery of the fleet",

		"discovery=remoteSecret": "istiod reads the API servers of other clusters, with a remote secret for each",
		"discovery=peering":      "Solo's istiods exchange endpoints through their east-west gateways",
		"discovery=fleet":        "the fleet of Google Cloud Service Mesh discovers endpoints",

		"auth=token":             "a bearer token of a service account",
		"auth=clientCertificate": "a client certificate that the target signs",
		"auth=federated":         "none: the target trusts the token issuer of the consumer",
		"auth=external":          "External Secrets Operator copies it from a secret store",

		"format=none":          "objects with credentials are left out of the reviewed tree",
		"format=sops":          "SOPS, encrypted to age recipients; Flux decrypts it",
		"format=sealedSecrets": "SealedSecrets, encrypted to the certificate of the controller in the cluster",
	}
}
