package manifest

import (
	"reflect"
	"slices"
	"strings"
)

// field is one key of a struct.
type field struct {
	name string
	// key is the name as it is written, colon included.
	key string
	// index leads to the field through the structs that are embedded.
	index     []int
	plan      *plan
	omitEmpty bool
	// omitZero is nil if a zero value is written.
	omitZero func(reflect.Value) bool
}

// value returns the field of v unless it is omitted.
func (f *field) value(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	omit := f.omitEmpty && isEmpty(v) || f.omitZero != nil && f.omitZero(v)
	return v, !omit
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

// collector gathers the fields of a struct and of those embedded in it. A field hides those of its name in structs that
// are embedded more deeply; of two at one depth encoding/json decides.
type collector struct {
	fields []field
	types  map[reflect.Type]bool
	// names are the places of the fields.
	names map[string]int
}

// collect returns false if encoding/json has to decide about t.
func (c *collector) collect(t reflect.Type, index []int) bool {
	if c.types[t] {
		return false
	}
	c.types[t] = true
	for i := range t.NumField() {
		sf := t.Field(i)
		if !c.add(sf, append(slices.Clip(index), i)) {
			return false
		}
	}
	return true
}

func (c *collector) add(sf reflect.StructField, index []int) bool {
	tag := sf.Tag.Get("json")
	if tag == "-" || !counts(sf) {
		return true
	}
	name, options, _ := strings.Cut(tag, ",")
	opts := strings.Split(options, ",")
	if slices.Contains(opts, "string") || strings.Trim(name, tagCharacters) != "" {
		return false
	}
	if embedded := embeddedStruct(sf); embedded != nil && name == "" {
		return c.collect(embedded, index)
	}
	if name == "" {
		name = sf.Name
	}
	return c.addNamed(name, opts, sf.Type, index)
}

// tagCharacters are those which are surely allowed in the name in a tag.
const tagCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"

func (c *collector) addNamed(name string, opts []string, t reflect.Type, index []int) bool {
	key, ok := appendKey(nil, name)
	if !ok {
		return false
	}
	f := field{name: name, key: string(key), index: index, plan: planFor(t)}
	f.omitEmpty = slices.Contains(opts, "omitempty")
	if slices.Contains(opts, "omitzero") {
		f.omitZero = zeroTest(t)
	}
	at, taken := c.names[name]
	if !taken {
		c.names[name] = len(c.fields)
		c.fields = append(c.fields, f)
		return true
	}
	if len(c.fields[at].index) > len(index) {
		c.fields[at] = f
		return true
	}
	return len(c.fields[at].index) < len(index)
}

func (c *collector) byKey() []field {
	slices.SortFunc(c.fields, func(a, b field) int { return compareKeys(a.name, b.name) })
	return c.fields
}

// counts reports whether encoding/json looks at the field at all. An embedded struct may be unexported and
// still have exported fields.
func counts(sf reflect.StructField) bool {
	return sf.IsExported() || sf.Anonymous && embeddedStruct(sf) != nil
}

// embeddedStruct returns the struct that sf embeds, directly or by a pointer.
func embeddedStruct(sf reflect.StructField) reflect.Type {
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !sf.Anonymous || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}
