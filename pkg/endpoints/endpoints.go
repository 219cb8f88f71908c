// Package endpoints reads the endpoints of other clusters from istiod's debug pages, and compares two readings.
package endpoints

import (
	"fmt"
	"maps"
	"slices"
)

// Counts are the endpoints of one cluster by service: namespace/host.
type Counts map[string]int

// Known are the counts by the ID of the cluster that the endpoints come from.
type Known map[string]Counts

func (k Known) add(id, service string, n int) {
	if k[id] == nil {
		k[id] = Counts{}
	}
	k[id][service] += n
}

// Total counts the endpoints of all services.
func (c Counts) Total() int {
	total := 0
	for _, n := range c {
		total += n
	}
	return total
}

// Max is the larger count of each service.
func Max(a, b Counts) Counts {
	most := maps.Clone(a)
	if most == nil {
		most = Counts{}
	}
	for service, n := range b {
		most[service] = max(most[service], n)
	}
	return most
}

// Loss is a service with fewer endpoints than before.
type Loss struct {
	Service       string
	Before, After int
}

func (l Loss) String() string { return fmt.Sprintf("%s has %d of %d", l.Service, l.After, l.Before) }

// Losses lists the services with fewer endpoints than before, sorted by name. More of them are no loss.
func Losses(before, after Counts) []Loss {
	var losses []Loss
	for _, service := range slices.Sorted(maps.Keys(before)) {
		if after[service] < before[service] {
			losses = append(losses, Loss{Service: service, Before: before[service], After: after[service]})
		}
	}
	return losses
}
