package kubeconfig

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted replaces a token wherever it is printed.
const redacted = "[redacted]"

// String implements fmt.Stringer with "[redacted]".
func (Token) String() string { return redacted }

// GoString implements fmt.GoStringer with "[redacted]".
func (Token) GoString() string { return redacted }

// Format implements fmt.Formatter with "[redacted]", whatever the verb.
func (Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalText implements encoding.TextMarshaler with "[redacted]".
func (Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON implements json.Marshaler with "[redacted]".
func (Token) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue implements slog.LogValuer with "[redacted]".
func (Token) LogValue() slog.Value { return slog.StringValue(redacted) }
