package manifest

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
)

// form is the way in which values of a type are written.
type form uint8

const (
	// formUnsure leaves the whole object to the library.
	formUnsure form = iota
	// formForeign writes what encoding/json makes of the value.
	formForeign
	formBool
	formInt
	formUint
	formFloat
	formString
	formNumber
	formBytes
	formPointer
	formInterface
	formStruct
	formMap
	formList
)

// plan is what must be known about a type to write its values.
type plan struct {
	typ  reflect.Type
	once sync.Once
	form form
	// foreignAddr says that the pointer to a value has a marshal method, which counts if the value has an
	// address.
	foreignAddr bool
	// fields are those of a struct, in the order in which they are written.
	fields []field
	// elem is for the elements of a pointer, a map or a list.
	elem *plan
}

// plans holds a *plan per reflect.Type. A type never changes its plan, and without the cache every object
// would pay for the analysis of its type, so this one variable is shared by all calls, as in encoding/json.
var plans sync.Map //nolint:gochecknoglobals // see above

// planFor returns a plan that is not made before it is used, because types may contain themselves.
func planFor(t reflect.Type) *plan {
	p, ok := plans.Load(t)
	if !ok {
		p, _ = plans.LoadOrStore(t, &plan{typ: t})
	}
	return p.(*plan)
}

// ready creates the plan on first use.
func (p *plan) ready() *plan {
	p.once.Do(p.analyse)
	return p
}

func (p *plan) analyse() {
	p.form = formOf(p.typ)
	p.foreignAddr = p.typ.Kind() != reflect.Pointer && marshals(reflect.PointerTo(p.typ))
	switch p.form {
	case formPointer, formMap, formList:
		p.elem = planFor(p.typ.Elem())
	case formStruct:
		p.analyseStruct()
	default: // nothing more to know
	}
}

// analyseStruct leaves structs with hidden or otherwise special fields to encoding/json.
func (p *plan) analyseStruct() {
	c := collector{types: map[reflect.Type]bool{}, names: map[string]int{}}
	if !c.collect(p.typ, nil) {
		p.form = formForeign
		return
	}
	p.fields = c.byKey()
}

func formOf(t reflect.Type) form {
	if marshals(t) {
		if t.Kind() == reflect.Interface {
			// A nil pointer in such an interface means one thing to encoding/json here and another elsewhere.
			return formUnsure
		}
		return formForeign
	}
	switch t.Kind() {
	case reflect.Bool:
		return formBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return formInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return formUint
	case reflect.Float32, reflect.Float64:
		return formFloat
	case reflect.String:
		return stringForm(t)
	case reflect.Pointer:
		return formPointer
	case reflect.Interface:
		return formInterface
	case reflect.Struct:
		return formStruct
	case reflect.Map:
		return mapForm(t)
	case reflect.Slice:
		return sliceForm(t)
	case reflect.Array:
		return formList
	default:
		return formUnsure
	}
}

func stringForm(t reflect.Type) form {
	if t == reflect.TypeFor[json.Number]() {
		return formNumber
	}
	return formString
}

func mapForm(t reflect.Type) form {
	if t.Key().Kind() == reflect.String {
		return formMap
	}
	return formForeign
}

func sliceForm(t reflect.Type) form {
	if t.Elem().Kind() == reflect.Uint8 && !marshals(reflect.PointerTo(t.Elem())) {
		return formBytes
	}
	return formList
}

func marshals(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}
