package istiod

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	yamldecoder "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// namespace of the control planes.
const namespace = "istio-system"

// chart is a chart of Istio and the name that its release has in Istio's guides.
type chart struct{ path, release string }

func baseChart() chart   { return chart{path: "base", release: "istio-base"} }
func istiodChart() chart { return chart{path: "istio-control/istio-discovery", release: "istiod"} }

// render returns the objects of a chart with the values in a file, as helm template does, apart from those that have
// an API server call istiod: it would dial the address of a Service that nothing on this machine answers at.
func (l Line) render(c chart, valuesFile string) ([]*unstructured.Unstructured, error) {
	loaded, err := loader.LoadDir(filepath.Join(l.Charts, filepath.FromSlash(c.path)))
	if err != nil {
		return nil, fmt.Errorf("load chart %s: %w", c.path, err)
	}
	values, err := readValues(valuesFile)
	if err != nil {
		return nil, err
	}
	l.tag(values)
	release := common.ReleaseOptions{Name: c.release, Namespace: namespace, IsInstall: true, Revision: 1}
	rendered, err := util.ToRenderValues(loaded, values, release, common.DefaultCapabilities)
	if err != nil {
		return nil, fmt.Errorf("merge the values of chart %s: %w", c.path, err)
	}
	files, err := engine.Render(loaded, rendered)
	if err != nil {
		return nil, fmt.Errorf("render chart %s: %w", c.path, err)
	}
	var objects []*unstructured.Unstructured
	for name, text := range files {
		if strings.HasSuffix(name, ".txt") {
			continue // the notes
		}
		decoded, err := decode([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", name, err)
		}
		objects = append(objects, decoded...)
	}
	return slices.DeleteFunc(objects, isWebhook), nil
}

// tag gives the images the tag of a release, as those who publish the charts do: in the module it is "latest".
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

func isWebhook(object *unstructured.Unstructured) bool {
	return strings.HasSuffix(object.GetKind(), "WebhookConfiguration")
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

func decode(text []byte) ([]*unstructured.Unstructured, error) {
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
