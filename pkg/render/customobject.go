package render

import metav1 "k8s.io/client-go/applyconfigurations/meta/v1"

// customObject is an object of a third-party kind.
type customObject struct {
	metav1.TypeMetaApplyConfiguration    `json:",inline"`
	*metav1.ObjectMetaApplyConfiguration `json:"metadata,omitempty"`
}

func newCustomObject(apiVersion, kind, name, namespace string, labels map[string]string) customObject {
	return customObject{
		TypeMetaApplyConfiguration:   *metav1.TypeMeta().WithKind(kind).WithAPIVersion(apiVersion),
		ObjectMetaApplyConfiguration: metav1.ObjectMeta().WithName(name).WithNamespace(namespace).WithLabels(labels),
	}
}

func (o customObject) GetKind() *string       { return o.Kind }
func (o customObject) GetAPIVersion() *string { return o.APIVersion }
func (o customObject) GetName() *string       { return o.Name }
func (o customObject) GetNamespace() *string  { return o.Namespace }
