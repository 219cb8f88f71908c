package istiod

import (
	"errors"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// deploymentOf returns the Deployment of the chart.
func deploymentOf(objects []*unstructured.Unstructured) (*appsv1.Deployment, error) {
	for _, object := range objects {
		if object.GetKind() != "Deployment" {
			continue
		}
		deployment := &appsv1.Deployment{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, deployment); err != nil {
			return nil, fmt.Errorf("decode Deployment %s: %w", object.GetName(), err)
		}
		return deployment, nil
	}
	return nil, errors.New("find the Deployment of istiod in its chart: none")
}

// environment is that of the container, as a kubelet hands it over, but for what only a node or a webhook gives sense
// to. One replica needs no leader.
func environment(deployment *appsv1.Deployment) []string {
	env := []string{"ENABLE_LEADER_ELECTION=false", "VALIDATION_WEBHOOK_CONFIG_NAME="}
	for _, variable := range deployment.Spec.Template.Spec.Containers[0].Env {
		switch {
		case variable.Name == "KUBECONFIG":
			// A file of the pod that does not exist in a cluster that its own istiod serves.
		case variable.ValueFrom == nil:
			env = append(env, variable.Name+"="+variable.Value)
		case variable.ValueFrom.FieldRef != nil:
			env = append(env, variable.Name+"="+field(deployment, variable.ValueFrom.FieldRef.FieldPath))
		}
	}
	return env
}

// field answers for the downward API.
func field(deployment *appsv1.Deployment, path string) string {
	switch path {
	case "metadata.name":
		return podName
	case "metadata.namespace":
		return deployment.Namespace
	case "spec.serviceAccountName":
		return deployment.Spec.Template.Spec.ServiceAccountName
	default:
		return ""
	}
}

// podName is what the pod of istiod would be called.
const podName = "istiod-5f4d8c7b6-x2x9z"

// arguments are those of the container, with ports of this machine.
func arguments(deployment *appsv1.Deployment, p ports, kubeconfig string) []string {
	var args []string
	for _, arg := range deployment.Spec.Template.Spec.Containers[0].Args {
		if !strings.HasPrefix(arg, "--monitoringAddr=") {
			args = append(args, arg)
		}
	}
	return append(args,
		"--kubeconfig="+kubeconfig,
		"--monitoringAddr="+local(p.monitoring),
		"--httpAddr="+local(p.http),
		"--httpsAddr="+local(p.https),
		"--grpcAddr="+local(p.grpc),
		"--secureGRPCAddr="+local(p.secure),
		fmt.Sprintf("--ctrlz_port=%d", p.ctrlz),
	)
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
