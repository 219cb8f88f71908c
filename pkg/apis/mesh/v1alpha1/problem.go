package v1alpha1

import "k8s.io/apimachinery/pkg/util/validation/field"

// Problem is a structural error in a document.
type Problem struct {
	// Error names the field and the problem. BadValue can be long, and can be a misplaced secret: package mesh prints only
	// its beginning.
	Error *field.Error
	// Remedy is the edit that fixes it; empty only if the problem is not in the document.
	Remedy string
}

// invalid returns the error for an invalid value; one that must not be repeated is field.OmitValueType{}.
func invalid(path *field.Path, value any, detail, remedy string) Problem {
	return Problem{Error: field.Invalid(path, value, detail), Remedy: remedy}
}

func required(path *field.Path, remedy string) Problem {
	return Problem{Error: field.Required(path, "set it"), Remedy: remedy}
}

// Required returns the error for a field that is not set, for packages that perform additional validation.
func Required(path *field.Path, remedy string) Problem { return required(path, remedy) }

// ValidateEnum checks a value against the supported ones; an empty one gets the default.
func ValidateEnum[T ~string](path *field.Path, value T, supported ...T) []Problem {
	return validateEnum(path, value, supported...)
}

func forbidden(path *field.Path, detail, remedy string) Problem {
	return Problem{Error: field.Forbidden(path, detail), Remedy: remedy}
}

func duplicate(path *field.Path, value, detail, remedy string) Problem {
	err := field.Duplicate(path, value)
	err.Detail = detail
	return Problem{Error: err, Remedy: remedy}
}

func notFound(path *field.Path, name, detail, remedy string) Problem {
	err := field.NotFound(path, name)
	err.Detail = detail
	return Problem{Error: err, Remedy: remedy}
}
