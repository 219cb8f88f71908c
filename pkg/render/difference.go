package render

import "bytes"

// Difference is what becomes of a cluster when one overlay takes the place of another: the objects
// that are new or otherwise, in the order of a stream, and those that are no more, in the opposite
// one.
func Difference(before, after Overlay) (changed, gone []Object, err error) {
	old, err := byIdentity(before.Objects())
	if err != nil {
		return nil, nil, err
	}
	now, err := byIdentity(after.Objects())
	if err != nil {
		return nil, nil, err
	}
	for _, object := range after.Objects() {
		if id := sortKey(object); !bytes.Equal(old[id], now[id]) {
			changed = append(changed, object)
		}
	}
	for _, object := range before.Objects() {
		if _, stays := now[sortKey(object)]; !stays {
			gone = append([]Object{object}, gone...)
		}
	}
	return changed, gone, nil
}

// byIdentity is the text of each object by what tells it from all others.
func byIdentity(objects []Object) (map[string][]byte, error) {
	texts := make(map[string][]byte, len(objects))
	for _, object := range objects {
		text, err := encodeStream([]Object{object})
		if err != nil {
			return nil, err
		}
		texts[sortKey(object)] = text
	}
	return texts, nil
}
