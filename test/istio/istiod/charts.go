package istiod

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	yamldecoder "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Release is an installed chart of Istio, named as in its repository, with the values in a file.
type Release struct{ Name, Chart, Namespace, Values string }

// chartDirs are the charts of a line's module by their names in Istio's repository of charts.
func chartDirs() map[string]string {
	return map[string]string{
		"base": "base", "istiod": "istio-control/istio-discovery", "cni": "istio-cni", "ztunnel": "ztunnel", "gateway": "gateway",
	}
}

// Template returns the objects of a release, like helm template: the chart's schema has accepted the values.
func (l Line) Template(release Release) ([]*unstructured.Unstructured, error) {
	values, err := readValues(release.Values)
	if err != nil {
		return nil, err
	}
	return l.TemplateWith(release, values)
}

// TemplateWith is Template with these values in place of those of the file.
func (l Line) TemplateWith(release Release, values map[string]any) ([]*unstructured.Unstructured, error) {
	loaded, err := l.load(release.Chart)
	if err != nil {
		return nil, err
	}
	values = (&unstructured.Unstructured{Object: values}).DeepCopy().Object
	l.tag(values)
	options := common.ReleaseOptions{Name: release.Name, Namespace: release.Namespace, IsInstall: true, Revision: 1}
	rendered, err := util.ToRenderValues(loaded, values, options, common.DefaultCapabilities)
	if err != nil {
		return nil, fmt.Errorf("merge the values of chart %s: %w", release.Chart, err)
	}
	files, err := engine.Render(loaded, rendered)
	if err != nil {
		return nil, fmt.Errorf("render chart %s: %w", release.Chart, err)
	}
	var objects []*unstructured.Unstructured
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".txt") {
			continue // the notes
		}
		decoded, err := Decode([]byte(files[name]))
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", name, err)
		}
		objects = append(objects, decoded...)
	}
	return objects, nil
}

func (l Line) load(name string) (*chart.Chart, error) {
	dir, known := chartDirs()[name]
	if !known {
		return nil, fmt.Errorf("load chart %s: not a chart of Istio", name)
	}
	loaded, err := loader.LoadDir(filepath.Join(l.Charts, filepath.FromSlash(dir)))
	if err != nil {
		return nil, fmt.Errorf("load chart %s: %w", name, err)
	}
	return loaded, nil
}

// tag sets the images' tag to a release, like the publishers of the charts do: in the module it is "latest".
func (l Line) tag(values map[string]any) {
	global, _ := values["global"].(map[string]any)
	if global == nil {
		global = map[string]any{}
		values["global"] = global
	}
	if global["tag"] == nil {
		global["tag"] = l.Release()
	}
}

func readValues(path string) (map[string]any, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the values: %w", err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(content, &values); err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	return values, nil
}

// Decode decodes the documents of a text.
func Decode(text []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for decoder := yamldecoder.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096); ; {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if object.Object != nil {
			objects = append(objects, object)
		}
	}
}

// Defaults returns the values that a chart has by itself.
func (l Line) Defaults(name string) (map[string]any, error) {
	loaded, err := l.load(name)
	if err != nil {
		return nil, err
	}
	if inner, ok := loaded.Values["_internal_defaults_do_not_set"].(map[string]any); ok {
		return inner, nil
	}
	return loaded.Values, nil
}
