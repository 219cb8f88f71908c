package render

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	typed "k8s.io/api/admissionregistration/v1"
	admissionv1 "k8s.io/client-go/applyconfigurations/admissionregistration/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	metav1 "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Anyone who can write Secrets in Istio's namespace can make istiod connect to any server and use the endpoints that it
// reports; if istiod accepts token files, they can also send that server a token from istiod's pod (istio
// pkg/kube/util.go). The API server can check a Secret before istiod reads it. CEL cannot decode base64
// (k8s.io/apiserver pkg/cel/environment/base.go), but everything in our kubeconfigs before the credential is known when
// they are rendered, and so are the base64 digits that they start with.

// expectation describes the data of a remote secret.
type expectation struct {
	name   string // of the Secret
	begins string // base64 digits
	// open is set if a credential follows, which is not part of a policy. Otherwise nothing may follow.
	open bool
	// oneLine is set if the credential is printable and ends the text. Then nothing after it can override what precedes
	// it, as a second YAML key of the same name would.
	oneLine bool
}

// printableBase64 matches the base64 of printable ASCII with at most one line break at the end: groups of four digits
// for three characters from 0x20 to 0x7f, and the remainder.
const printableBase64 = `^(?:[I-Za-f][C-HS-Xi-nyz0-3]` +
	`(?:[AEIMQUYcgkosw048][g-z0-9+/]|[BFJNRVZdhlptx159][A-Za-z0-9+/]))*` +
	`(?:Cg==|[I-Za-f][AQgw]o=|[I-Za-f][C-HS-Xi-nyz0-3][AEIMQUYcgkosw048]K` +
	`|[I-Za-f][AQgw]==|[I-Za-f][C-HS-Xi-nyz0-3][AEIMQUYcgkosw048]=)?$`

// admission returns the admission policy of a cluster whose istiod reads remote secrets.
func (c compiler) admission() ([]Manifest, error) {
	if !c.Mesh.Spec.AdmissionPolicy || c.cluster.ControlPlane != c.cluster.Name {
		return nil, nil
	}
	expected := map[string]expectation{}
	for target := range c.Graph.Targets(c.cluster.Name) {
		if c.noServer(target) != nil {
			continue // its remote secret is held back
		}
		e, err := c.expect(target)
		if err != nil {
			return nil, fmt.Errorf("render admission policy: %w", err)
		}
		e.name = access.RemoteSecret(target.Name)
		expected[target.ID()] = e
	}
	denied := admissionv1.ValidatingAdmissionPolicyBindingSpec().
		WithPolicyName(access.AdmissionPolicy).WithValidationActions(typed.Deny)
	binding := admissionv1.ValidatingAdmissionPolicyBinding(access.AdmissionPolicy).
		WithLabels(c.labels).WithSpec(denied)
	return []Manifest{{
		File:    layout.Readers,
		Objects: []Object{c.policy(expected), binding},
		Comment: "The API server admits only the remote secrets of this mesh. Apply the policy before a new or changed\n" +
			"remote secret, which the previous policy would reject.",
	}}, nil
}

// expect returns what is known of a cluster's kubeconfig before its credential.
func (c compiler) expect(target *v1alpha1.Cluster) (expectation, error) {
	traits, remote := access.KindOf(target).Traits(), access.KindOf(target).RemoteUser(c.access(target))
	if remote.Public != nil {
		text, err := c.kubeconfigOf(target, kubeconfig.Credential{Public: remote.Public})
		return expectation{begins: base64.StdEncoding.EncodeToString([]byte(text))}, err
	}
	token, err := kubeconfig.ParseToken([]byte("any"))
	if err != nil {
		return expectation{}, err
	}
	text, err := c.kubeconfigOf(target, kubeconfig.Credential{Token: token})
	if err != nil {
		return expectation{}, err
	}
	known, found := strings.CutSuffix(text, "token: any\n")
	if !found {
		return expectation{}, fmt.Errorf("the kubeconfig of %s does not end with its credential", target.Name)
	}
	oneLine := traits.Form == access.FormToken
	if oneLine {
		known += "token: "
	}
	known = known[:len(known)/3*3] // whole groups of digits
	return expectation{begins: base64.StdEncoding.EncodeToString([]byte(known)), open: true, oneLine: oneLine}, nil
}

// policy builds the CEL expressions. Names, IDs and base64 need no quoting in CEL.
func (c compiler) policy(expected map[string]expectation) *admissionv1.ValidatingAdmissionPolicyApplyConfiguration {
	mesh := c.Mesh.Metadata.Name
	namespace := map[string]string{"kubernetes.io/metadata.name": c.cluster.Istio.Namespace}
	written := admissionv1.NamedRuleWithOperations().
		WithAPIGroups("").WithAPIVersions("v1").WithResources("secrets").
		WithOperations(typed.Create, typed.Update)
	match := admissionv1.MatchResources().WithMatchPolicy(typed.Equivalent).
		WithNamespaceSelector(metav1.LabelSelector().WithMatchLabels(namespace)).
		WithResourceRules(written)
	variable := func(name, expression string) *admissionv1.VariableApplyConfiguration {
		return admissionv1.Variable().WithName(name).WithExpression(expression)
	}
	validation := func(expression, message string) *admissionv1.ValidationApplyConfiguration {
		return admissionv1.Validation().WithExpression(expression).WithMessage("mesh " + mesh + ": " + message)
	}
	ids := slices.Sorted(maps.Keys(expected))
	return admissionv1.ValidatingAdmissionPolicy(access.AdmissionPolicy).WithLabels(c.labels).WithSpec(
		admissionv1.ValidatingAdmissionPolicySpec().WithFailurePolicy(typed.Fail).WithMatchConstraints(match).
			WithMatchConditions(admissionv1.MatchCondition().WithName("remote-secret").WithExpression(
				"object.metadata.?labels[?'"+labelMultiCluster+"'].orValue('') == 'true'")).
			WithVariables(
				variable("cluster", "object.metadata.?annotations[?'"+annotationCluster+"'].orValue('')"),
				variable("kubeconfig", "string(object.?data[?variables.cluster].orValue(''))"),
				variable("names", celMap(ids, func(id string) string { return expected[id].name })),
				variable("begins", celMap(ids, func(id string) string { return expected[id].begins })),
				variable("known", "variables.cluster in variables.begins && "+
					"variables.kubeconfig.startsWith(variables.begins[variables.cluster])"),
				variable("rest",
					"variables.known ? variables.kubeconfig.substring(size(variables.begins[variables.cluster])) : ''"),
			).
			WithValidations(
				validation("variables.cluster in variables.begins",
					"annotation "+annotationCluster+" of a remote secret must name one of the clusters that this cluster's "+
						"control plane reads: "+cmp.Or(strings.Join(ids, ", "), "none")),
				validation("variables.cluster in variables.names && object.metadata.name == variables.names[variables.cluster]",
					"a cluster's remote secret must be named "+access.RemoteSecretPrefix+"CLUSTER"),
				validation("size(object.?data.orValue({})) == 1 && variables.cluster in object.data",
					"a remote secret must contain only the kubeconfig of its cluster"),
				validation("variables.known",
					"the kubeconfig differs from the one that mesh.yaml renders: another server, CA or format"),
				validation(ends(expected, ids), "the kubeconfig contains more than the rendered kubeconfig and its credential"),
			))
}

// ends returns the expression for what may follow the known part.
func ends(expected map[string]expectation, ids []string) string {
	closed, lines := []string{}, []string{}
	for _, id := range ids {
		switch e := expected[id]; {
		case !e.open:
			closed = append(closed, "'"+id+"'")
		case e.oneLine:
			lines = append(lines, "'"+id+"'")
		}
	}
	return "!(variables.cluster in [" + strings.Join(closed, ", ") + "] && variables.rest != '') && " +
		"!(variables.cluster in [" + strings.Join(lines, ", ") + "] && !variables.rest.matches('" + printableBase64 + "'))"
}

func celMap(ids []string, value func(string) string) string {
	var entries []string
	for _, id := range ids {
		entries = append(entries, "'"+id+"': '"+value(id)+"'")
	}
	return "{" + strings.Join(entries, ",\n") + "}"
}

// SplitRemoteSecrets separates the remote secrets from an overlay's other objects: the API server must have the new
// version of the admission policy before it accepts them.
func SplitRemoteSecrets(objects []Object) (others, secrets []Object) {
	for _, object := range objects {
		if secret, ok := object.(*corev1.SecretApplyConfiguration); ok && secret.Labels[labelMultiCluster] == "true" {
			secrets = append(secrets, object)
		} else {
			others = append(others, object)
		}
	}
	return others, secrets
}
