// Package formats has other people's parsers and programs read what this program writes: SARIF by its schema, Markdown by a
// parser of GitHub's dialect, tokens and keys by age, signatures by ssh-keygen.
package formats
