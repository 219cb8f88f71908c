package clusters

// The names that the programs have in KUBEBUILDER_ASSETS, in the cache and in logs.
const (
	etcdName              = "etcd"
	apiServerName         = "kube-apiserver"
	controllerManagerName = "kube-controller-manager"
)

// The modules whose versions decide what is built.
const (
	etcdModule       = "go.etcd.io/etcd/server/v3"
	kubernetesModule = "k8s.io/kubernetes"
)

// part is one program of a control plane.
type part struct {
	name     string
	pkg      string // its main package
	optional bool   // whether it may be missing in KUBEBUILDER_ASSETS
}

func parts() []part {
	return []part{
		{name: etcdName, pkg: etcdModule},
		{name: apiServerName, pkg: kubernetesModule + "/cmd/kube-apiserver"},
		{name: controllerManagerName, pkg: kubernetesModule + "/cmd/kube-controller-manager", optional: true},
	}
}
