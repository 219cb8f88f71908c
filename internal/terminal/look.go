package terminal

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Look is what a stream supports. The zero value is that of a pipe: lines unchanged.
type Look struct {
	// Columns is the width of the terminal; 0 if there is none, and nothing is wrapped.
	Columns int
	// Colour is set if verdicts are coloured.
	Colour bool
	// Symbols is set if the terminal supports more than ASCII.
	Symbols bool

	// movesCursor is set if a line can be erased.
	movesCursor bool
}

// usualColumns is the default width of a terminal.
const usualColumns = 80

// LookOf returns the look of an attached stream; that of a pipe for any other writer.
func LookOf(w io.Writer) Look {
	if s, ok := w.(*Stream); ok {
		return s.look
	}
	return Look{}
}

// detect returns the look of a writer.
func detect(w io.Writer, environ []string) Look {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return lookFor(environ, 0)
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil || columns <= 0 {
		columns = usualColumns
	}
	look := lookFor(environ, columns)
	if !obeysSequences(file) {
		look.Colour, look.movesCursor = false, false
	}
	return look
}

// lookFor follows https://no-color.org and https://bixense.com/clicolors.
func lookFor(environ []string, columns int) Look {
	env := variables(environ)
	isDumb := env["TERM"] == "dumb"
	look := Look{Columns: columns, Symbols: columns > 0 && !isDumb && isUTF8(env), movesCursor: columns > 0 && !isDumb}
	switch forced := env["CLICOLOR_FORCE"]; {
	case env["NO_COLOR"] != "":
	case forced != "" && forced != "0":
		look.Colour = true
	default:
		look.Colour = columns > 0 && !isDumb && env["CLICOLOR"] != "0"
	}
	return look
}

func variables(environ []string) map[string]string {
	env := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	return env
}

// isUTF8 reads the locale from the first of the POSIX variables that is set.
func isUTF8(env map[string]string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToUpper(env[name]); value != "" {
			return strings.Contains(value, "UTF-8") || strings.Contains(value, "UTF8")
		}
	}
	return localeIsUTF8
}
