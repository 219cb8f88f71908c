package v1alpha1

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The shapes of values, as errors name them.
const (
	shapeString  = "a string"
	shapeBase64  = "base64 text"
	shapeBoolean = "a boolean"
	shapeNumber  = "a number"
	shapeInteger = "a whole number"
	shapeList    = "a list"
	shapeMap     = "a map"
	shapeObject  = "an object"
)

// maxErrors bounds the problems that are reported for one list.
const maxErrors = 1000

// CheckShape reports every value of a wrong type in a document that was decoded into any; the strict decoder stops at
// the first. Null counts as absent, anywhere. Unknown fields are skipped, because the decoder reports all of them. No
// text is repeated, because it can be a misplaced secret.
func CheckShape(kind string, doc any) []Problem {
	root, err := fieldTree(kind)
	if err != nil {
		return []Problem{{Error: field.InternalError(field.NewPath("kind"), err)}}
	}
	if doc != nil && givenShape(doc) != shapeObject {
		return []Problem{mismatch(field.NewPath(kind), root, doc)} // a document has no path
	}
	return checkShape(nil, root, doc)
}

func checkShape(path *field.Path, want Field, value any) []Problem {
	if value == nil {
		return nil
	}
	if !fits(want, value) {
		return []Problem{mismatch(path, want, value)}
	}
	var errs []Problem
	switch value := value.(type) {
	case []any:
		want.Type = strings.TrimPrefix(want.Type, typeList)
		for i, element := range value {
			if len(errs) > maxErrors {
				break
			}
			errs = append(errs, checkShape(path.Index(i), want, element)...)
		}
	case map[string]any:
		return checkMembers(path, want, value)
	}
	return errs
}

// checkMembers checks the entries of a map in key order, the fields of a struct in declaration order.
func checkMembers(path *field.Path, want Field, object map[string]any) []Problem {
	var errs []Problem
	if wantedShape(want) == shapeMap {
		want.Type = strings.TrimPrefix(want.Type, typeMap)
		for _, key := range slices.Sorted(maps.Keys(object)) {
			errs = append(errs, checkShape(path.Key(key), want, object[key])...)
		}
		return errs
	}
	for _, member := range want.Fields {
		errs = append(errs, checkShape(path.Child(member.Name), member, object[member.Name])...)
	}
	return errs
}

func fits(want Field, value any) bool {
	given := givenShape(value)
	switch wanted := wantedShape(want); wanted {
	case shapeMap:
		return given == shapeObject
	case shapeBase64:
		text, ok := value.(string)
		_, err := base64.StdEncoding.DecodeString(text)
		return ok && err == nil
	case shapeInteger:
		_, err := strconv.ParseInt(numberText(value), 10, 32)
		return err == nil
	default:
		return given == wanted
	}
}

func wantedShape(want Field) string {
	switch {
	case strings.HasPrefix(want.Type, typeList):
		return shapeList
	case strings.HasPrefix(want.Type, typeMap):
		return shapeMap
	case want.Type == typeBoolean:
		return shapeBoolean
	case want.Type == typeInteger:
		return shapeInteger
	case want.base64:
		return shapeBase64
	case want.Type == typeString:
		return shapeString
	}
	return shapeObject
}

func givenShape(value any) string {
	switch value.(type) {
	case map[string]any:
		return shapeObject
	case []any:
		return shapeList
	case bool:
		return shapeBoolean
	case string:
		return shapeString
	}
	return shapeNumber
}

// mismatch returns the error for a value of a wrong type.
func mismatch(path *field.Path, want Field, value any) Problem {
	wanted, given := wantedShape(want), givenShape(value)
	detail := fmt.Sprintf("must be %s, not %s", wanted, given)
	if wanted == shapeBase64 && given == shapeString || wanted == shapeInteger && given == shapeNumber {
		detail = "must be " + wanted
	}
	return Problem{Error: field.TypeInvalid(path, shown(value), detail), Remedy: shapeRemedy(want, value)}
}

// shown returns what an error may repeat of a value.
func shown(value any) any {
	if _, ok := value.(bool); ok || numberText(value) != "" {
		return value
	}
	return field.OmitValueType{}
}

// numberText returns a number as text; empty if it is not a number, or too long to print.
func numberText(value any) string {
	const longest = 40
	var text string
	switch number := value.(type) {
	case json.Number:
		text = number.String()
	case float64:
		text = strconv.FormatFloat(number, 'f', -1, 64)
	}
	if len(text) > longest {
		return ""
	}
	return text
}

// shapeRemedy describes what to write instead.
func shapeRemedy(want Field, value any) string {
	given := givenShape(value)
	switch wantedShape(want) {
	case shapeList:
		if len(want.Fields) > 0 {
			return fmt.Sprintf(`begin each entry with a dash: "- %s: ..."`, exampleField(want))
		}
		if want.Name == "addresses" && given == shapeObject {
			return `use a list: every caller gets the same addresses; one address per caller is not supported`
		}
		return fmt.Sprintf(`use a list, even for one entry: "%s: [...]"`, want.Name)
	case shapeMap:
		return `use one line for each entry below it: "key: value"`
	case shapeObject:
		if given == shapeList {
			return fmt.Sprintf(`use its fields without a dash, such as "%s: ..."`, exampleField(want))
		}
		return fmt.Sprintf(`use its fields below it, such as "%s: ..."`, exampleField(want))
	case shapeBase64:
		return "encode the file as base64, in quotes and on one line"
	case shapeBoolean:
		if given == shapeString {
			return "use true or false, without quotes"
		}
		return "use true or false"
	case shapeInteger:
		return "use digits, without quotes, such as 30016"
	}
	return stringRemedy(value)
}

// exampleField returns the field that users write first.
func exampleField(want Field) string {
	i := slices.IndexFunc(want.Fields, func(f Field) bool { return f.Required })
	return want.Fields[max(i, 0)].Name
}

// stringRemedy is for a value that YAML did not parse as text. Only the parsed value is known, not what was typed.
func stringRemedy(value any) string {
	switch text := numberText(value); {
	case value == true:
		return `quote it: "true" (or "yes" or "on": YAML reads them all as true)`
	case value == false:
		return `quote it: "false" (or "no" or "off": YAML reads them all as false)`
	case strings.Contains(text, "e"):
		return "quote it, as you typed it"
	case strings.Contains(text, ".") && !strings.HasSuffix(text, "0"):
		return fmt.Sprintf(`quote it: "%s" (or "%[1]s0": YAML reads both as %[1]s)`, text)
	case text != "":
		return fmt.Sprintf("quote it: %q", text)
	case givenShape(value) == shapeNumber:
		return "quote it, as you typed it"
	case givenShape(value) == shapeList:
		return "use one value, without dash and brackets"
	}
	return "use one value after the colon"
}
