package kubeconfig

import "strings"

// originOfName recognizes the names that platform tools write.
func originOfName(name string) (Origin, bool) {
	parsers := []func(string) (Origin, bool){parseGKE, parseEKS, parseEksctl, parseLocal, parseOpenShift}
	for _, parse := range parsers {
		if o, ok := parse(name); ok {
			return o, true
		}
	}
	return Origin{}, false
}

// parseGKE parses gke_PROJECT_LOCATION_CLUSTER, as `gcloud container clusters get-credentials` writes it. None of the
// parts can contain '_'.
func parseGKE(name string) (Origin, bool) {
	parts := strings.Split(name, "_")
	if len(parts) != 4 || parts[0] != "gke" {
		return Origin{}, false
	}
	o := Origin{Platform: "gke", Project: parts[1], Location: parts[2], Cluster: parts[3]}
	ok := only(o.Project, "-.:") && isLocation(o.Location) && only(o.Cluster, "-")
	return o, ok
}

// parseEKS parses arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME, as `aws eks update-kubeconfig` writes it; the
// partition is aws, or starts with it (aws-cn, aws-us-gov).
func parseEKS(name string) (Origin, bool) {
	parts := strings.Split(name, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "eks" {
		return Origin{}, false
	}
	partition := parts[1]
	cluster, ok := strings.CutPrefix(parts[5], "cluster/")
	o := Origin{Platform: "eks", Location: parts[3], Account: parts[4], Cluster: cluster}
	ok = ok && (partition == "aws" || strings.HasPrefix(partition, "aws-")) &&
		isLocation(o.Location) && isNumber(o.Account) && isEKSName(o.Cluster)
	return o, ok
}

// parseEksctl parses USER@NAME.REGION.eksctl.io, and the cluster entry NAME.REGION.eksctl.io. USER can be an email
// address.
func parseEksctl(name string) (Origin, bool) {
	name, ok := strings.CutSuffix(name[strings.LastIndexByte(name, '@')+1:], ".eksctl.io")
	cluster, region, cut := strings.Cut(name, ".")
	o := Origin{Platform: "eks", Location: region, Cluster: cluster}
	return o, ok && cut && isEKSName(cluster) && isLocation(region)
}

// parseLocal parses kind-NAME and k3d-NAME, as kind and k3d write them.
func parseLocal(name string) (Origin, bool) {
	if cluster, ok := strings.CutPrefix(name, "kind-"); ok && cluster != "" {
		return Origin{Platform: "kind", Cluster: cluster}, true
	}
	if cluster, ok := strings.CutPrefix(name, "k3d-"); ok && cluster != "" {
		return Origin{Platform: "k3s", Cluster: cluster}, true
	}
	return Origin{}, false
}

// parseOpenShift parses NAMESPACE/HOST:PORT/USER, as `oc login` writes it: HOST is the server's host with '-' for '.',
// and starts with api- if the installer chose it. NAMESPACE is empty for users without a project.
func parseOpenShift(name string) (Origin, bool) {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) != 3 || parts[2] == "" {
		return Origin{}, false
	}
	host, port, _ := strings.Cut(parts[1], ":")
	o := Origin{Platform: "openshift", Cluster: strings.TrimPrefix(host, "api-")}
	return o, only(o.Cluster, "-") && isNumber(port)
}

// isLocation reports whether s looks like a region or zone: us-east1, us-east1-b, eu-west-1.
func isLocation(s string) bool { return only(s, "-") && strings.Contains(s, "-") }

// isEKSName accepts the characters that the EKS API allows: letters, digits, '-' and '_'.
func isEKSName(s string) bool { return only(s, "-_ABCDEFGHIJKLMNOPQRSTUVWXYZ") }

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
