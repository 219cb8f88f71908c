package v1alpha1

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// MaxGeneration bounds the generation, which is part of the name of a token Secret.
const MaxGeneration = 9999

// GenerationsOf returns the valid generations of a consumer's credential for this cluster, oldest first; none if
// it is revoked.
func (c *ClusterSpec) GenerationsOf(consumer string) []int32 {
	if generations := c.ReaderGenerations[consumer]; len(generations) > 0 {
		return generations
	}
	if c.RevokedReaders[consumer] > 0 {
		return nil
	}
	return []int32{c.revoked(consumer) + 1}
}

// NextGeneration is the first generation that no credential of the consumer has used.
func (c *ClusterSpec) NextGeneration(consumer string) int32 {
	next := c.revoked(consumer) + 1
	for other, generations := range c.ReaderGenerations {
		if other == consumer || c.Reader.ServiceAccount != "" {
			next = max(next, newest(generations)+1)
		}
	}
	return max(next, newest(c.GenerationsOf(consumer))+1)
}

// newest returns the highest generation, or 0.
func newest(generations []int32) int32 {
	var last int32
	for _, generation := range generations {
		last = max(last, generation)
	}
	return last
}

// revoked is the last revoked generation of a consumer, or of all consumers that share its account and its token
// Secrets.
func (c *ClusterSpec) revoked(consumer string) int32 {
	if c.Reader.ServiceAccount == "" {
		return c.RevokedReaders[consumer]
	}
	var last int32
	for _, generation := range c.RevokedReaders {
		last = max(last, generation)
	}
	return last
}

// validateGenerations rejects duplicate and revoked generations. Consumers can be unknown, because a cluster that
// left the mesh leaves its generations.
func validateGenerations(path *field.Path, spec *ClusterSpec) []Problem {
	var errs []Problem
	for _, consumer := range slices.Sorted(maps.Keys(spec.RevokedReaders)) {
		at := path.Child("revokedReaders").Key(consumer)
		errs = append(errs, validateLabel(at, consumer, "west")...)
		errs = append(errs, validateGeneration(at, spec.RevokedReaders[consumer], 0)...)
	}
	for _, consumer := range slices.Sorted(maps.Keys(spec.ReaderGenerations)) {
		at := path.Child("readerGenerations").Key(consumer)
		errs = append(errs, validateLabel(at, consumer, "west")...)
		if len(spec.ReaderGenerations[consumer]) == 0 {
			errs = append(errs, required(at,
				"use [1], or remove the entry; to revoke all of them: kubectl mesh credentials revoke"))
		}
		last := spec.RevokedReaders[consumer]
		for i, generation := range spec.ReaderGenerations[consumer] {
			errs = append(errs, validateGeneration(at.Index(i), generation, last)...)
			last = generation
		}
		if len(errs) > maxErrors {
			break
		}
	}
	return errs
}

// validateGeneration requires a generation higher than the previous one.
func validateGeneration(path *field.Path, generation, before int32) []Problem {
	switch {
	case generation < 1 || generation > MaxGeneration:
		return []Problem{invalid(path, strconv.Itoa(int(generation)),
			fmt.Sprintf("must be a generation, 1 to %d", MaxGeneration),
			"generations start at 1")}
	case generation <= before:
		return []Problem{invalid(path, strconv.Itoa(int(generation)), fmt.Sprintf("must be more than %d", before),
			"list the oldest first, each once, without revoked ones")}
	}
	return nil
}
