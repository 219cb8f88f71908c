package apply

import (
	"errors"
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

func missing(kinds ...string) error {
	m := &MissingKinds{}
	for _, kind := range kinds {
		m.Kinds = append(m.Kinds, schema.GroupVersionKind{Group: "gateway.networking.k8s.io", Version: "v1", Kind: kind})
	}
	return m
}

func TestJoinErrors(t *testing.T) {
	for name, test := range map[string]struct {
		errs []error
		want string
	}{
		"none":            {[]error{nil, nil}, ""},
		"others":          {[]error{nil, errors.New("a"), errors.New("b")}, "a\nb"},
		"each kind once":  {[]error{missing("TLSRoute"), nil, missing("Gateway"), missing("TLSRoute")}, "the cluster has no kind Gateway of gateway.networking.k8s.io/v1, TLSRoute of gateway.networking.k8s.io/v1"},
		"kinds come last": {[]error{missing("Gateway"), errors.New("a")}, "a\nthe cluster has no kind Gateway of gateway.networking.k8s.io/v1"},
		"wrapped":         {[]error{fmt.Errorf("Gateway a/b: %w", missing("Gateway"))}, "the cluster has no kind Gateway of gateway.networking.k8s.io/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			err := joinErrors(test.errs)
			if err == nil && test.want == "" {
				return
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
