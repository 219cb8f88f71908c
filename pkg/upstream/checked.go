package upstream

// read is the day on which every source of the tables was read. A row that is read again later gets a day of its own.
// Read were istio/istio and istio/release-builder with all tags (newest commits of 2026-08-22), gateway-api, news and
// blog of istio.io, and the threads that are named.
const read = "2026-11-29"

// from is a fact that was read in a source on that day.
func from(source string) Fact { return Fact{Source: source, Checked: read} }
