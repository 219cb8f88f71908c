package v1alpha1

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateFirewall: gcloud does not validate ports and priorities, and the API would reject them halfway through a
// script.
func validateFirewall(path *field.Path, firewall Firewall) []Problem {
	errs := validateEnum(path.Child("ports"), firewall.Ports, FirewallPortsMesh, FirewallPortsAll)
	if p := firewall.Priority; p != nil && (*p < 0 || *p > 65535) {
		errs = append(errs, invalid(path.Child("priority"), strconv.Itoa(int(*p)),
			"must be a priority, 0 to 65535", "omit it for 1000"))
	}
	if firewall.Ports == FirewallPortsAll && len(firewall.ApplicationPorts) > 0 {
		errs = append(errs, forbidden(path.Child("applicationPorts"), "ports: all opens every port",
			"remove applicationPorts, or set ports: mesh"))
	}
	for i, ports := range firewall.ApplicationPorts {
		if len(errs) > maxErrors {
			break
		}
		if _, _, ok := ParsePorts(ports); !ok {
			errs = append(errs, invalid(path.Child("applicationPorts").Index(i), ports,
				"must be a port or a range of ports, 1 to 65535",
				`use a form such as "8080" or "9000-9100"`))
		}
	}
	seen := map[FirewallOutput]bool{}
	for i, output := range firewall.Outputs {
		at := path.Child("outputs").Index(i)
		if output == "" {
			errs = append(errs, required(at, "use one of gcloud, configConnector, terraform, csv, markdown"))
			continue
		}
		errs = append(errs, validateEnum(at, output,
			FirewallGcloud, FirewallConfigConnector, FirewallTerraform, FirewallCSV, FirewallMarkdown)...)
		if seen[output] {
			errs = append(errs, duplicate(at, string(output), "is already listed", "list each form once"))
		}
		seen[output] = true
		if len(errs) > maxErrors {
			break
		}
	}
	return errs
}

// ParsePorts parses a port, or a range with its first and last port.
func ParsePorts(text string) (first, last uint16, ok bool) {
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	first, okFirst := parsePort(low)
	last, okLast := parsePort(high)
	return first, last, okFirst && okLast && first <= last
}

// parsePort accepts what the API accepts: digits only, without a sign or a leading zero.
func parsePort(text string) (uint16, bool) {
	port, err := strconv.ParseUint(text, 10, 16)
	return uint16(port), err == nil && port > 0 && strconv.FormatUint(port, 10) == text
}

// Renders reports whether rules are rendered in a format. The firewall must have its defaults.
func (f Firewall) Renders(output FirewallOutput) bool { return slices.Contains(f.Outputs, output) }
