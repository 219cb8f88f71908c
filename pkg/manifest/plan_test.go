package manifest

import (
	"encoding/json"
	"errors"
	"math"
	"sync"
	"testing"
	"time"
)

type level string

type inner struct {
	Inner string `json:"inner"`
	Same  string `json:"same,omitempty"`
}

type pointed struct {
	Pointed string `json:"pointed,omitempty"`
}

type hidden struct{ Seen int }

type scalars struct {
	Plain    string `json:"plain"`
	Untagged string
	Level    level   `json:"level"`
	Port     int32   `json:"port"`
	Big      int64   `json:"big"`
	Unsigned uint64  `json:"unsigned"`
	Byte     uint8   `json:"byte"`
	Float    float64 `json:"float"`
	Single   float32 `json:"single"`
	Bool     bool    `json:"bool"`
	Y        bool    `json:"y"`
	Dash     string  `json:"-,"` //nolint:staticcheck // this very form is tested
	Skipped  string  `json:"-"`
	unused   string
	Pointer  *string         `json:"pointer"`
	Deep     **int           `json:"deep"`
	Any      any             `json:"any"`
	Bytes    []byte          `json:"bytes"`
	Array    [3]byte         `json:"array"`
	Number   json.Number     `json:"number"`
	Raw      json.RawMessage `json:"raw"`
}

type omitting struct {
	String  string            `json:"string,omitempty"`
	Int     int               `json:"int,omitempty"`
	Bool    bool              `json:"bool,omitempty"`
	Float   float64           `json:"float,omitempty"`
	Slice   []string          `json:"slice,omitempty"`
	Map     map[string]string `json:"map,omitempty"`
	Pointer *string           `json:"pointer,omitempty"`
	Any     any               `json:"any,omitempty"`
	Struct  inner             `json:"struct,omitempty"`
	Array   [0]int            `json:"array,omitempty"`

	ZeroStruct  pointed    `json:"zeroStruct,omitzero"`
	ZeroSlice   []string   `json:"zeroSlice,omitzero"`
	ZeroTime    time.Time  `json:"zeroTime,omitzero"`
	ZeroTimePtr *time.Time `json:"zeroTimePtr,omitzero"`
	ZeroBoth    []string   `json:"zeroBoth,omitempty,omitzero"`
	Odd         odd        `json:"odd,omitzero"`
	OddPtr      *odd       `json:"oddPtr,omitzero"`
	Asked       zeroer     `json:"asked,omitzero"`
}

// odd is zero if it is 1.
type odd int

func (o *odd) IsZero() bool { return *o == 1 }

type embedding struct {
	inner
	*pointed
	*hidden
	level2 `json:",inline"`
	Named  `json:"named"`
	*Other `json:"other,omitempty"`
	Level
	Last string
}

type (
	level2 struct{ Two string }
	Named  struct{ Three string }
	Other  struct{ Four string }
	Level  string
)

type conflicting struct {
	inner
	Same string `json:"same"`
}

// loop embeds itself: the inner name is hidden.
type loop struct {
	*loop
	Name string
}

// In first the way to a field is so long that two ways could share their memory.
type (
	first struct {
		A string
		second
	}
	second struct{ third }
	third  struct{ fourth }
	fourth struct{ V, W, X string }
)

type quotedNumber struct {
	N int `json:"n,string"`
}

type recursive struct {
	Name  string      `json:"name,omitempty"`
	Child *recursive  `json:"child,omitempty"`
	List  []recursive `json:"list,omitempty"`
	Any   any         `json:"any,omitempty"`
}

// byValue and byPointer have their own idea of their JSON.
type byValue struct{ Name string }

func (v byValue) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"b": v.Name, "a10": "x", "a9": "y"})
}

type byPointer struct{ Name string }

func (v *byPointer) MarshalJSON() ([]byte, error) { return json.Marshal([]any{v.Name, 1.5, 3, nil}) }

type nilSafe struct{}

func (v *nilSafe) MarshalJSON() ([]byte, error) { return json.Marshal(v == nil) }

type asText struct{ name string }

func (v asText) MarshalText() ([]byte, error) { return []byte(v.name), nil }

type foreigners struct {
	Value   byValue            `json:"value"`
	ValueP  *byValue           `json:"valueP"`
	Pointer byPointer          `json:"pointer"`
	Ptr     *byPointer         `json:"ptr"`
	Text    asText             `json:"text"`
	List    []byPointer        `json:"list"`
	Map     map[string]byValue `json:"map"`
	Ints    map[int]string     `json:"ints"`
	Keys    map[asText]int     `json:"keys"`
	Time    time.Time          `json:"time"`
	Small   map[level][]asText `json:"small"`
	Bytes   []byteText         `json:"bytes"`
	Arrays  map[string][2]int8 `json:"arrays"`
}

type byteText byte

func (b byteText) MarshalText() ([]byte, error) { return []byte{byte(b)}, nil }

func TestEncodeFollowsJSON(t *testing.T) {
	word, five := "true", 5
	deep := &five
	one := odd(1)
	now := time.Date(2024, 1, 2, 3, 4, 5, 600, time.UTC)
	for name, obj := range map[string]any{
		"scalars zero": scalars{},
		"scalars": scalars{
			Plain: "x", Level: "443", Port: 15443, Big: math.MinInt64, Unsigned: math.MaxUint64, Byte: 7, Float: 1234567.5,
			Single: 0.1, Bool: true, Y: true, Dash: "d", unused: "u", Pointer: &word, Deep: &deep, Any: []any{1, "1", nil, 1.0, 1e21, math.Copysign(0, -1)},
			Bytes: []byte("Man\x00"), Array: [3]byte{1, 2, 3}, Number: "12345678901234567890", Raw: json.RawMessage(`{"b":[1.0,1E5],"a":{}}`),
		},
		"numbers": []json.Number{"0", "-0", "1", "-1", "1.0", "1E5", "1e400", "9223372036854775808", "100000000000000000000000"},
		"floats": []float64{0, math.Copysign(0, -1), 1, 1.5, 1e20, 1e21, 1e-7, 100000, 1e6, 123456789.125, math.MaxFloat64,
			math.SmallestNonzeroFloat64, 1 << 63, 1 << 53},
		"empty bytes":    map[string][]byte{"a": {}, "b": nil, "c": []byte("443"), "d": {0xd7, 0x6d, 0xf8}},
		"omitting zero":  omitting{},
		"omitting one":   omitting{Odd: 1, OddPtr: &one, Asked: &one, ZeroTime: time.Time{}.In(time.FixedZone("", 1))},
		"omitting empty": omitting{Slice: []string{}, ZeroSlice: []string{}, ZeroBoth: []string{}, Map: map[string]string{}, Asked: (*odd)(nil)},
		"omitting full": &omitting{String: "s", Int: 1, Bool: true, Float: 2, Slice: []string{"a"}, Map: map[string]string{"a": "b"},
			Pointer: &word, Any: false, ZeroStruct: pointed{"p"}, ZeroTime: now, ZeroTimePtr: &now, Odd: 2, Asked: now},
		"embedding zero":  embedding{},
		"embedding":       embedding{inner: inner{"i", "s"}, pointed: &pointed{"p"}, Level: "l", Other: &Other{"o"}, Last: "x"},
		"conflicting":     conflicting{inner{"a", "b"}, "c"},
		"quoted number":   quotedNumber{5},
		"recursive":       recursive{Name: "a", Child: &recursive{Name: "b"}, List: []recursive{{}, {Name: "c", Any: &recursive{}}}},
		"foreigners zero": foreigners{},
		"foreigners addr": &foreigners{Value: byValue{"v"}, List: []byPointer{{"l"}}, Text: asText{"true"}, Time: now},
		"foreigners value": foreigners{Value: byValue{"v"}, ValueP: &byValue{"w"}, Ptr: &byPointer{"p"}, Map: map[string]byValue{"k": {"v"}},
			Ints: map[int]string{10: "a", 9: "b", -1: "c"}, Keys: map[asText]int{{"z"}: 1, {"a"}: 2},
			Small: map[level][]asText{"l": {{"1e3"}, {""}}}, Bytes: []byteText{'a', 'b'}, Arrays: map[string][2]int8{"a": {1, -1}}},
		"faces":    map[string]json.Marshaler{"a": byValue{"a"}, "b": nil, "c": &byPointer{"c"}, "d": (*nilSafe)(nil)},
		"escapes":  []any{byValue{"a\nb"}, byValue{"<&>"}, asText{"ü"}, asText{"\u0085"}},
		"slash":    []json.RawMessage{json.RawMessage(`"a\/b"`)},
		"pair":     []json.RawMessage{json.RawMessage(`"\ud83d\ude00"`)},
		"no UTF-8": []json.RawMessage{json.RawMessage("\"a\xff\"")},
		"raw":      []json.RawMessage{json.RawMessage(`{"b": 12345678901234567890, "a": 1.0, "b": 12345678901234567891}`), nil},
		"loop":     loop{Name: "a", loop: &loop{Name: "b"}},
		"deep":     first{A: "a", second: second{third{fourth{V: "v", W: "w", X: "x"}}}},
		"maps":     map[string]any{"a": map[string]any{}, "b": []any{}, "c": map[string]string(nil), "d": []string(nil), "e": nil, "f": map[string]any(nil)},
		"nested":   []any{[]any{[]any{1, []any{}}, map[string]any{"a": []any{map[string]any{}, nil}}}, []any{}},
		"nil":      nil,
		"nil map":  map[string]any(nil),
		"nil ptr":  (*scalars)(nil),
		"no map":   map[string]any{},
		"no list":  []int{},
		"no field": struct{}{},
		"root":     "true",
		"bool":     true,
		"float":    1.5,
		"number":   json.Number("1.0"),
		"text":     asText{"a"},
		"one key":  map[string]string{"\xfe": "a", "\xff": "b"},
		"a key":    map[string]int{"\xfe": 1, "\xff": 2},
	} {
		t.Run(name, func(t *testing.T) { checkSame(t, obj) })
	}
}

func TestEncodeNeedsNoLibraryForStructs(t *testing.T) {
	checkFast(t, &foreigners{Time: time.Unix(0, 0).UTC()})
	checkFast(t, conflicting{inner{"a", "b"}, "c"})
	checkFast(t, embedding{pointed: &pointed{"p"}})
	checkFast(t, omitting{})
	checkFast(t, scalars{Number: "1"})
}

func TestEncodeReportsWhatJSONReports(t *testing.T) {
	cycle := &recursive{}
	cycle.Child = cycle
	for want, obj := range map[string]any{
		"encode map[string]interface {} as JSON: json: unsupported type: chan int":                                 map[string]any{"a": make(chan int)},
		"encode []func() as JSON: json: unsupported type: func()":                                                  []func(){nil},
		"encode []float64 as JSON: json: unsupported value: NaN":                                                   []float64{math.NaN()},
		"encode []complex128 as JSON: json: unsupported type: complex128":                                          []complex128{1},
		"encode map[bool]int as JSON: json: unsupported type: map[bool]int":                                        map[bool]int{true: 1},
		"encode []json.Number as JSON: json: invalid number literal \"007\"":                                       []json.Number{"007"},
		"encode []json.Number as JSON: json: invalid number literal \"x\"":                                         []json.Number{"x"},
		"encode *manifest.recursive as JSON: json: unsupported value: encountered a cycle via *manifest.recursive": cycle,
		"encode []manifest.failing as JSON: json: error calling MarshalJSON for type manifest.failing: no luck":    []failing{{}},
		"encode map[string]string as YAML: yaml: control characters are not allowed":                               map[string]string{"a": "\x7f"},
	} {
		doc, err := Encode(obj)
		if err == nil || err.Error() != want || doc != nil {
			t.Errorf("document %q, error %v\nwant error %s", doc, err, want)
		}
	}
}

func TestEncodeWrapsTheError(t *testing.T) {
	_, err := Encode([]failing{{}})
	if !errors.Is(err, errNoLuck) {
		t.Errorf("error %v does not wrap the cause", err)
	}
	_, err = Encode([]string{"\x7f"})
	if errors.Unwrap(err) == nil {
		t.Errorf("error %v does not wrap the library's", err)
	}
}

// The plan of a type is made once, by whoever needs it first.
func TestEncodeConcurrently(t *testing.T) {
	type fresh struct {
		A recursive `json:"a"`
		B []first   `json:"b"`
	}
	obj := fresh{A: recursive{Name: "x"}, B: []first{{A: "y"}}}
	want := "a:\n  name: x\nb:\n- A: \"y\"\n  V: \"\"\n  W: \"\"\n  X: \"\"\n"
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got, err := Encode(obj); err != nil || string(got) != want {
				t.Errorf("error %v, text:\n%s\nwant:\n%s", err, got, want)
			}
		})
	}
	group.Wait()
}

var errNoLuck = errors.New("no luck")

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errNoLuck }
