package manifest

import "reflect"

// zeroer is what a type implements that decides for itself when omitzero leaves it out.
type zeroer interface{ IsZero() bool }

// zeroTest returns what omitzero asks of a field of type t.
func zeroTest(t reflect.Type) func(reflect.Value) bool {
	asks := t.Implements(reflect.TypeFor[zeroer]())
	switch {
	case asks && t.Kind() == reflect.Interface:
		return zeroInterface
	case asks && t.Kind() == reflect.Pointer:
		return zeroPointer
	case asks:
		return zeroValue
	case reflect.PointerTo(t).Implements(reflect.TypeFor[zeroer]()):
		return zeroAddressed
	default:
		return reflect.Value.IsZero
	}
}

func zeroInterface(v reflect.Value) bool {
	return v.IsNil() || v.Elem().Kind() == reflect.Pointer && v.Elem().IsNil() || zeroValue(v)
}

func zeroPointer(v reflect.Value) bool {
	return v.IsNil() || zeroValue(v)
}

func zeroValue(v reflect.Value) bool {
	return v.Interface().(zeroer).IsZero()
}

// zeroAddressed asks the pointer; a value without an address is copied to one that has.
func zeroAddressed(v reflect.Value) bool {
	if !v.CanAddr() {
		boxed := reflect.New(v.Type()).Elem()
		boxed.Set(v)
		v = boxed
	}
	return zeroValue(v.Addr())
}
