// Package formats has other people's parsers read what this program writes: SARIF by its schema, Markdown by a parser of
// GitHub's dialect.
package formats
