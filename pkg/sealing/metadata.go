package sealing

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// written are the labels and annotations that this program sets on an object, with their values; an empty value allows
// any printable one.
type written struct{ labels, annotations map[string]string }

// Labels and annotations in addition to the facts. pkg/render sets each of them too.
const (
	labelManagedBy    = "app.kubernetes.io/managed-by"
	labelMesh         = Prefix + "mesh"
	labelMultiCluster = "istio/multiCluster" // by which istiod finds Secrets
	annotationCluster = "networking.istio.io/cluster"
)

func ownLabels() map[string]string {
	return map[string]string{labelManagedBy: "kubectl-mesh", labelMesh: ""}
}

func factAnnotations() map[string]string {
	facts := map[string]string{annotationSource: ""}
	for _, name := range factNames() {
		facts[name] = ""
	}
	return facts
}

func writtenToSecret() written {
	return written{
		labels:      merged(ownLabels(), map[string]string{labelMultiCluster: "true"}),
		annotations: merged(factAnnotations(), pruneguard.Annotations(), map[string]string{annotationCluster: ""}),
	}
}

func writtenToSealedSecret() written {
	return written{
		labels:      ownLabels(),
		annotations: merged(factAnnotations(), pruneguard.Annotations(), map[string]string{annotationController: ""}),
	}
}

func writtenToTemplate() written {
	return written{
		labels:      merged(ownLabels(), map[string]string{labelMultiCluster: "true"}),
		annotations: merged(pruneguard.Annotations(), map[string]string{annotationCluster: ""}),
	}
}

// check rejects invalid names, and every label and annotation that this program does not set: it could be a hook or an
// option for the tool that applies the object, or contain a plain copy of it.
func (m metadata) check(path string, known written) strict.Problems {
	problems := checkTexts(path+".annotations", m.Annotations, known.annotations)
	problems = append(problems, checkTexts(path+".labels", m.Labels, known.labels)...)
	if len(validation.IsDNS1123Subdomain(m.Name)) > 0 {
		problems = append(problems, strict.Problem{Field: path + ".name", Message: "must be the name of a Secret"})
	}
	if len(validation.IsDNS1123Label(m.Namespace)) > 0 {
		problems = append(problems, strict.Problem{Field: path + ".namespace", Message: "must be the name of a namespace"})
	}
	return problems
}

func checkTexts(path string, texts, known map[string]string) strict.Problems {
	var problems strict.Problems
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		refuse := func(format string, args ...any) {
			problems = append(problems, strict.Problem{Field: strict.At(path, name), Message: fmt.Sprintf(format, args...)})
		}
		switch value, isKnown := known[name]; {
		case name == "kubectl.kubernetes.io/last-applied-configuration":
			refuse("repeats the plain object")
		case !isKnown:
			refuse("is not written by kubectl mesh seal")
		case value != "" && texts[name] != value:
			refuse("must be %s", value)
		case !printable.Text(texts[name]):
			refuse("has characters that kubectl mesh seal does not write")
		}
	}
	return problems
}

func merged(all ...map[string]string) map[string]string {
	one := map[string]string{}
	for _, m := range all {
		maps.Copy(one, m)
	}
	return one
}
