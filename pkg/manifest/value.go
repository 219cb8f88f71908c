package manifest

import (
	"encoding/base64"
	"reflect"
	"strconv"
)

// deepest is the nesting at which encoding/json begins to look for cycles. Nothing of ours comes near it.
const deepest = 1000

// encoder writes one document. Its methods return false if they are not certain of the text; what they
// have written until then is of no use, and the library encodes the object.
type encoder struct {
	out []byte
	// line is where the current line starts in out.
	line int
	// depth is how many values the current one is inside.
	depth int
}

func (e *encoder) value(v reflect.Value, at place) bool {
	if !v.IsValid() {
		return e.inline("null", at)
	}
	return e.planned(planFor(v.Type()), v, at)
}

func (e *encoder) planned(p *plan, v reflect.Value, at place) bool {
	if e.depth++; e.depth > deepest {
		return false
	}
	ok := e.write(p.ready(), v, at)
	e.depth--
	return ok
}

func (e *encoder) write(p *plan, v reflect.Value, at place) bool {
	if p.foreignAddr && v.CanAddr() {
		return e.foreign(v.Addr(), at)
	}
	switch p.form {
	case formString:
		return e.text(v.String(), at)
	case formPointer, formInterface:
		return e.pointed(p, v, at)
	case formStruct:
		return e.structure(p, v, at)
	case formMap:
		return e.mapping(p, v, at)
	case formList:
		return e.list(p, v, at)
	case formBytes:
		return e.bytes(v, at)
	case formBool:
		return e.inline(strconv.FormatBool(v.Bool()), at)
	case formInt:
		return e.inline(strconv.FormatInt(v.Int(), 10), at)
	case formUint:
		return e.inline(strconv.FormatUint(v.Uint(), 10), at)
	case formNumber:
		return e.number(v, at)
	case formFloat:
		return e.scalarByLibrary(v, at)
	case formForeign:
		return e.foreign(v, at)
	default:
		return false
	}
}

func (e *encoder) pointed(p *plan, v reflect.Value, at place) bool {
	if v.IsNil() {
		return e.inline("null", at)
	}
	if p.form == formInterface {
		return e.value(v.Elem(), at)
	}
	return e.planned(p.elem, v.Elem(), at)
}

func (e *encoder) structure(p *plan, v reflect.Value, at place) bool {
	indent, empty := at.fields(), true
	for i := range p.fields {
		f := &p.fields[i]
		fv, ok := f.value(v)
		if !ok {
			continue
		}
		e.open(at, indent, empty)
		empty = false
		e.out = append(e.out, f.key...)
		if !e.planned(f.plan, fv, place{lead: afterKey, indent: indent}) {
			return false
		}
	}
	return !empty || e.inline("{}", at)
}

func (e *encoder) list(p *plan, v reflect.Value, at place) bool {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return e.inline("null", at)
	}
	if v.Len() == 0 {
		return e.inline("[]", at)
	}
	indent := at.items()
	for i := range v.Len() {
		e.open(at, indent, i == 0)
		e.out = append(e.out, '-')
		if !e.planned(p.elem, v.Index(i), place{lead: afterDash, indent: indent}) {
			return false
		}
	}
	return true
}

func (e *encoder) bytes(v reflect.Value, at place) bool {
	if v.IsNil() {
		return e.inline("null", at)
	}
	return e.text(base64.StdEncoding.EncodeToString(v.Bytes()), at)
}

// number writes an integer as it is spelled if there is no other way to spell it.
func (e *encoder) number(v reflect.Value, at place) bool {
	n, err := strconv.ParseInt(v.String(), 10, 64)
	if text := strconv.FormatInt(n, 10); err == nil && text == v.String() {
		return e.inline(text, at)
	}
	return e.scalarByLibrary(v, at)
}
