package render

import (
	"bytes"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func (in Input) charts(cluster *v1alpha1.Cluster) []helm.Chart {
	return helm.Charts(helm.Mesh{Spec: in.Mesh, Graph: in.Graph, Rotating: in.rotating()}, cluster)
}

// ChartCommand returns the command of INSTALL.md that installs or upgrades a cluster's chart; empty if INSTALL.md does
// not install it.
func (in Input) ChartCommand(cluster *v1alpha1.Cluster, name string) string {
	for _, chart := range in.charts(cluster) {
		if chart.Name == name && chart.Entrance == nil {
			return newCompiler(in, cluster).helm(chart)
		}
	}
	return ""
}

// rotating reports whether there are two roots, which istiod accepts only if configured (istio
// pilot/pkg/bootstrap/istio_ca.go, MultiRootMesh).
func (in Input) rotating() bool {
	for _, bundle := range in.Bundles {
		roots, err := trust.ParseCertificates(bundle.Root)
		return err == nil && len(roots) > 1
	}
	return false
}

// valuesFiles are the Helm values of a cluster's charts.
func (in Input) valuesFiles(cluster *v1alpha1.Cluster) ([]layout.File, error) {
	var files []layout.File
	for _, chart := range in.charts(cluster) {
		if chart.Entrance != nil {
			continue
		}
		values, err := manifest.Encode(chart.Values)
		if err != nil {
			return nil, err
		}
		var text bytes.Buffer
		text.WriteString(header)
		if chart.Comment != "" {
			text.WriteString("# " + chart.Comment + "\n")
		}
		text.Write(values)
		files = append(files, layout.File{Path: layout.HelmValues(cluster.Name, chart.Name), Content: text.Bytes()})
	}
	return files, nil
}
