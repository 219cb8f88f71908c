package manifest

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"
	"sigs.k8s.io/kustomize/api/types"
)

// FuzzEncode reads its input as a recipe for a nested value and compares with the library.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{})
	for i := range byte(48) {
		f.Add([]byte{0, 2, 2, i, 4, 2, i, 7, i, 2, i, i + 1, 8, 3, i, i, i + 1, i + 2, i + 3, 3, 2, i, i})
		f.Add([]byte{1, 4, i, 3, 9, 1, i, i, i, 5, 4, 3, 2, 1, i, i, i, 7, 7, 7, i, i, 2, 3, 4, 5, i, 9, 8, 7})
		f.Add([]byte{2, i, 1, 1, 1, 1, 1, 1, 2, i, 1, 1, 1, 2, i, 4, 1, 1, 2, 1, i, 1, 1, 1, 1, 2, i, 1, 1, 3, i, i, i, 1, 1, 1})
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		obj := (&recipe{input}).object()
		if hasCircle(obj) {
			t.Skip("the library has no fixed order for these keys")
		}
		checkSame(t, obj)
	})
}

// recipe gives the bytes of the input one after the other, then zeros, which mean nothing at all.
type recipe struct{ rest []byte }

func (r *recipe) next() byte {
	if len(r.rest) == 0 {
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *recipe) below(n int) int { return int(r.next()) % n }

func (r *recipe) take(n int) string {
	n = min(n, len(r.rest))
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *recipe) number() uint64 {
	n := uint64(0)
	for range r.below(9) {
		n = n<<8 | uint64(r.next())
	}
	return n
}

// pieces are what texts are made of that mean something to YAML.
func (r *recipe) piece() string {
	pieces := []string{
		"word ", "x", "\n", " ", ": ", ":", " #", "#", "- ", "-", "true", "n", "1", "0x", "1e", ".", "2024-01-02", "T03:04:05Z", "\t", "\r",
		"'", `"`, `\`, "*", "&", "!", "{", "[", ",", "?", "%", "@", "ü", "日", "😀", "\u0085", "\u2028", "\x00", "\x7f", "\xff", "\ufeff", "<<", "~",
		"0123456789", "a/b.c-d", "---", "...", "=", "_", "+", ".inf", "10", "2", "a1", "a02",
	}
	return pieces[r.below(len(pieces))]
}

func (r *recipe) text() string {
	switch r.below(5) {
	case 0:
		return ""
	case 1:
		return r.take(r.below(40))
	case 2:
		return r.piece()
	case 3:
		return strings.Repeat(r.piece(), r.below(130)) + r.piece() + r.piece()
	default:
		var s strings.Builder
		for range r.below(12) {
			s.WriteString(r.piece())
		}
		return s.String()
	}
}

// key is mostly harmless: a difficult one leaves the whole object to the library, which proves little.
func (r *recipe) key() string {
	if r.next()%4 == 0 {
		return r.text()
	}
	return strings.Repeat(r.piece(), 1+r.below(2)) + r.piece()
}

func (r *recipe) jsonNumber() json.Number {
	numbers := []json.Number{"", "0", "-0", "1", "-12", "1.0", "1E5", "1e400", "9223372036854775808", "-9223372036854775808", "1e-7", "x"}
	return numbers[r.below(len(numbers))]
}

// object is a value that may stand on its own.
func (r *recipe) object() any {
	switch r.below(3) {
	case 0:
		return r.mapping(0)
	case 1:
		return r.list(0)
	default:
		return r.typed(0)
	}
}

func (r *recipe) mapping(depth int) map[string]any {
	m := map[string]any{}
	for range r.below(7) {
		m[r.key()] = r.value(depth + 1)
	}
	return m
}

func (r *recipe) list(depth int) []any {
	list := []any{}
	for range r.below(5) {
		list = append(list, r.value(depth+1))
	}
	return list
}

func (r *recipe) value(depth int) any {
	kinds := 10
	if depth > 6 {
		kinds = 6
	}
	switch r.below(kinds) {
	case 0:
		return nil
	case 1:
		return r.text()
	case 2:
		return int64(r.number())
	case 3:
		return math.Float64frombits(r.number())
	case 4:
		return r.next()%2 == 1
	case 5:
		return []any{r.jsonNumber(), r.number(), []byte(r.text()), asText{r.text()}, byValue{r.text()}}[r.below(5)]
	case 6, 7:
		return r.mapping(depth)
	case 8:
		return r.list(depth)
	default:
		return r.typed(depth)
	}
}

func (r *recipe) typed(depth int) any {
	all := []any{
		map[string]string{}, []string{}, scalars{}, omitting{}, embedding{}, conflicting{}, recursive{}, foreigners{}, quotedNumber{},
		corev1.SecretApplyConfiguration{}, corev1.ServiceAccountApplyConfiguration{}, corev1.ServicePortApplyConfiguration{},
		rbacv1.RoleBindingApplyConfiguration{}, rbacv1.RoleApplyConfiguration{}, gatewayv1.GatewayApplyConfiguration{},
		gatewayv1.ListenerApplyConfiguration{}, clientcmdapi.Config{}, types.Kustomization{}, types.Patch{},
	}
	v := reflect.New(reflect.TypeOf(all[r.below(len(all))]))
	r.fill(v.Elem(), depth)
	if r.next()%2 == 0 {
		return v.Interface()
	}
	return v.Elem().Interface()
}

// fill sets what can be set. Where the input has ended, it leaves zeros.
func (r *recipe) fill(v reflect.Value, depth int) {
	if depth > 8 || !v.CanSet() || len(r.rest) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		r.setString(v)
	case reflect.Bool:
		v.SetBool(r.next()%2 == 1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.number()))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(r.number())
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(int8(r.next())) / 8)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			r.setAny(v, depth)
		}
	default:
		r.fillNested(v, depth)
	}
}

func (r *recipe) setString(v reflect.Value) {
	if v.Type() == reflect.TypeFor[json.Number]() {
		v.SetString(string(r.jsonNumber()))
		return
	}
	v.SetString(r.text())
}

func (r *recipe) setAny(v reflect.Value, depth int) {
	if x := r.value(depth + 1); x != nil {
		v.Set(reflect.ValueOf(x))
	}
}

func (r *recipe) fillNested(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if r.next()%4 > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.fill(v.Field(i), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			r.fill(v.Index(i), depth+1)
		}
	case reflect.Slice:
		n := r.below(4)
		v.Set(reflect.MakeSlice(v.Type(), n, n+1))
		for i := range n {
			r.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.below(6) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			if key.Kind() == reflect.String {
				key.SetString(r.key())
			} else {
				r.fill(key, depth+1)
			}
			r.fill(elem, depth+1)
			v.SetMapIndex(key, elem)
		}
	}
}

// hasCircle reports whether some keys of a mapping in obj have no order: each comes before the next, and the
// last before the first.
func hasCircle(obj any) bool {
	text, err := json.Marshal(obj)
	if err != nil {
		return false
	}
	var decoded any
	if err := json.Unmarshal(text, &decoded); err != nil {
		return false
	}
	return circleIn(decoded)
}

func circleIn(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, circleIn)
	case map[string]any:
		var keys []string
		for key, value := range v {
			if circleIn(value) {
				return true
			}
			keys = append(keys, key)
		}
		return circular(keys)
	}
	return false
}

func circular(keys []string) bool {
	for _, a := range keys {
		for _, b := range keys {
			for _, c := range keys {
				if compareKeys(a, b) < 0 && compareKeys(b, c) < 0 && compareKeys(c, a) < 0 {
					return true
				}
			}
		}
	}
	return false
}
