package upstream

// read is the day on which all sources of the tables were read. A row that is read again later gets its own day. The
// sources were istio/istio and istio/release-builder with all tags (newest commits of 2026-08-22), gateway-api, news
// and blog of istio.io, and the named threads.
const read = "2026-11-29"

// from returns a fact that was read in a source on that day.
func from(source string) Fact { return Fact{Source: source, Checked: read} }
