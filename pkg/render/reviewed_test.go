package render_test

import (
	"bytes"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestEveryChangeIsReviewed changes each field of each mesh. Where a cluster gets other objects, a file that is reviewed
// for this cluster is another one: the credentials stay the same here, so whatever changes is public.
func TestEveryChangeIsReviewed(t *testing.T) {
	changed := 0
	eachScenario(t, func(t *testing.T, s scenario) {
		before := map[string]reviewed{}
		for _, name := range s.clusters() {
			before[name] = reviewOf(s.Input, name)
		}
		eachField("", reflect.ValueOf(s.Mesh).Elem(), func(field string) {
			in := s.Input
			in.Graph = topology.New(in.Mesh)
			for _, name := range s.clusters() {
				if _, known := in.Graph.Cluster(name); !known {
					continue
				}
				stream, err := render.Compile(in, name, render.Options{Secrets: true})
				if err != nil {
					continue
				}
				if text, err := stream.YAML(); err != nil || bytes.Equal(text, before[name].stream) {
					continue
				}
				changed++
				if after := reviewOf(in, name); after.err == nil && after.files == before[name].files {
					t.Errorf("%s: cluster %s gets other objects, and no reviewed file shows it", field, name)
				}
			}
		})
	})
	if changed < 1000 {
		t.Errorf("%d changes were looked at: is the search blind?", changed)
	}
}

// reviewed is what a cluster gets, and the files in which a reviewer sees it.
type reviewed struct {
	stream []byte
	files  string
	err    error
}

func reviewOf(in render.Input, name string) (r reviewed) {
	overlay, err := render.Compile(in, name, render.Options{Secrets: true})
	if err != nil {
		return reviewed{err: err}
	}
	if r.stream, r.err = overlay.YAML(); r.err != nil {
		return r
	}
	tree, err := render.Deploy(in, []string{name})
	var text strings.Builder
	for _, file := range tree.Files {
		if strings.HasPrefix(file.Path, layout.Overlay(name)+"/") || file.Path == layout.RedactedFile(name) {
			text.WriteString(file.Path + "\n" + string(file.Content))
		}
	}
	r.files, r.err = text.String(), err
	return r
}

// eachField gives every field below a value other values, one at a time, and takes them back.
func eachField(at string, value reflect.Value, changed func(field string)) {
	try := func(other reflect.Value) {
		old := reflect.New(value.Type()).Elem()
		old.Set(value)
		value.Set(other.Convert(value.Type()))
		changed(at)
		value.Set(old)
	}
	switch value.Kind() {
	case reflect.Struct:
		for i := range value.NumField() {
			if field := value.Type().Field(i); field.IsExported() {
				eachField(at+"."+field.Name, value.Field(i), changed)
			}
		}
	case reflect.Pointer:
		if value.IsNil() {
			try(reflect.New(value.Type().Elem()))
			return
		}
		eachField(at, value.Elem(), changed)
	case reflect.Slice:
		eachElement(at, value, changed, try)
	case reflect.Map:
		for _, key := range value.MapKeys() {
			old := value.MapIndex(key)
			value.SetMapIndex(key, reflect.Value{})
			changed(at + "[" + key.String() + "]")
			value.SetMapIndex(key, old)
		}
	case reflect.String:
		for _, other := range otherTexts(value.String()) {
			try(reflect.ValueOf(other))
		}
	case reflect.Bool:
		try(reflect.ValueOf(!value.Bool()))
	case reflect.Int32, reflect.Int64, reflect.Int:
		try(reflect.ValueOf(value.Int() + 1))
	default:
	}
}

// eachElement changes bytes as a whole, and leaves out and changes each element of another list.
func eachElement(at string, value reflect.Value, changed func(field string), try func(reflect.Value)) {
	if value.Type().Elem().Kind() == reflect.Uint8 {
		try(reflect.ValueOf(append(slices.Clone(value.Bytes()), '\n')))
		return
	}
	for i := range value.Len() {
		rest := reflect.AppendSlice(reflect.MakeSlice(value.Type(), 0, value.Len()), value.Slice(0, i))
		try(reflect.AppendSlice(rest, value.Slice(i+1, value.Len())))
		eachField(at+"["+strconv.Itoa(i)+"]", value.Index(i), changed)
	}
}

// otherTexts are texts that may be valid where this one is: a longer one, and another number.
func otherTexts(text string) []string {
	texts := []string{text + "x"}
	if i := strings.LastIndexAny(text, "0123456789"); i >= 0 {
		texts = append(texts, text[:i]+strconv.Itoa((int(text[i]-'0')+1)%10)+text[i+1:])
	}
	return texts
}

// TestEveryCertificateIsReviewed gives each cluster the certificates of each other one: those of its API server, its
// roots, its chain and its signing certificate.
func TestEveryCertificateIsReviewed(t *testing.T) {
	changed := map[string]int{}
	eachScenario(t, func(t *testing.T, s scenario) {
		before := map[string]reviewed{}
		for _, name := range s.clusters() {
			before[name] = reviewOf(s.Input, name)
		}
		look := func(what string, in render.Input) {
			for _, name := range s.clusters() {
				after := reviewOf(in, name)
				if before[name].err != nil || after.err != nil || bytes.Equal(after.stream, before[name].stream) {
					continue
				}
				changed[what]++
				if after.files == before[name].files {
					t.Errorf("%s: cluster %s gets other objects, and no reviewed file shows it", what, name)
				}
			}
		}
		for i := range s.Mesh.Spec.Clusters {
			for j := range s.Mesh.Spec.Clusters {
				mine, other := &s.Mesh.Spec.Clusters[i], s.Mesh.Spec.Clusters[j]
				own := mine.API.CertificateAuthorityData
				mine.API.CertificateAuthorityData = other.API.CertificateAuthorityData
				in := s.Input
				in.Graph = topology.New(in.Mesh)
				look("authority of an API server", in)
				mine.API.CertificateAuthorityData = own
				if _, ok := s.Bundles[mine.Name]; !ok || mine.Name == other.Name {
					continue
				}
				for what, swap := range map[string]func(to *trust.Bundle, from trust.Bundle){
					"roots":               func(to *trust.Bundle, from trust.Bundle) { to.Root = append(slices.Clone(to.Root), from.CACert...) },
					"chain":               func(to *trust.Bundle, from trust.Bundle) { to.Chain = from.Chain },
					"signing certificate": func(to *trust.Bundle, from trust.Bundle) { to.CACert = from.CACert },
				} {
					in := s.Input
					in.Bundles = maps.Clone(s.Bundles)
					bundle := in.Bundles[mine.Name]
					swap(&bundle, in.Bundles[other.Name])
					in.Bundles[mine.Name] = bundle
					look(what, in)
				}
			}
		}
	})
	for _, what := range []string{"authority of an API server", "roots", "chain", "signing certificate"} {
		if changed[what] < 2 {
			t.Errorf("%s: %d changes were looked at", what, changed[what])
		}
	}
}

// TestEverySealedFileIsReviewed changes a digit of each ciphertext, and what the annotations say of it.
func TestEverySealedFileIsReviewed(t *testing.T) {
	changed := map[string]int{}
	eachScenario(t, func(t *testing.T, s scenario) {
		for path := range s.Sealed {
			name, now := strings.Split(path, "/")[1], string(readFile(t, filepath.Join(s.dir, filepath.FromSlash(path))))
			before := reviewOf(s.Input, name)
			for what, text := range map[string]string{
				"ciphertext":  digits().ReplaceAllStringFunc(now, otherDigit),
				"annotations": strings.ReplaceAll(now, "https://203.0.113.", "https://198.51.100."),
			} {
				other, err := sealing.Parse([]byte(text))
				if err != nil || text == now {
					continue
				}
				in := s.Input
				in.Sealed = maps.Clone(s.Sealed)
				in.Sealed[path] = other
				after := reviewOf(in, name)
				if before.err != nil || after.err != nil {
					continue
				}
				changed[what]++
				if after.files == before.files {
					t.Errorf("%s, %s: no reviewed file of cluster %s shows it", path, what, name)
				}
			}
		}
	})
	if changed["ciphertext"] < 2 || changed["annotations"] < 2 {
		t.Errorf("changes that were looked at: %v", changed)
	}
}

// digits are those of a ciphertext in base64.
func digits() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9+/]{60,}`) }

// otherDigit changes one of them.
func otherDigit(text string) string {
	digit := byte('A')
	if text[40] == digit {
		digit = 'B'
	}
	return text[:40] + string(digit) + text[41:]
}
