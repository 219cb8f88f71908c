package output

// decide determines what happens to an item, and refuses what would lose another author's work.
func (p *plan) decide(it *item) {
	if it.stale {
		p.decideStale(it)
		return
	}
	it.action = actWrite
	switch it.found {
	case foundNothing:
	case foundSame:
		if !p.opts.Private || !it.open {
			it.action = actKeep
		}
	case foundDirectory:
		// A directory that held nothing but stale files is gone when the item is written.
		if p.directories[it.path] == nil {
			p.refuse(it.path, "a directory where a file is expected", hintMove)
		}
	case foundOther, foundLink, foundSpecial:
		p.refuseLoss(it)
	}
}

func (p *plan) decideStale(it *item) {
	switch it.found {
	case foundNothing, foundDirectory:
		// Our file is gone already; what has come in its place is not ours.
	case foundSame, foundOther, foundLink, foundSpecial:
		it.action = actRemove
		p.refuseLoss(it)
	}
}

func (p *plan) refuseLoss(it *item) {
	switch lost, needed := p.opts.Needed[it.path]; {
	case p.ours(it):
	case needed:
		p.refuse(it.path, p.whose(it)+"; "+lost, hintRestore)
	case !p.opts.Force:
		p.refuse(it.path, p.whose(it), hintForce)
	}
}

// ours reports whether an earlier run wrote exactly what is there.
func (p *plan) ours(it *item) bool {
	return it.found == foundOther && p.lock.entries.has(it.path, it.has)
}

func (p *plan) whose(it *item) string {
	var reason string
	switch {
	case it.found == foundLink:
		reason = "a symbolic link, not created by kubectl mesh"
	case it.found == foundSpecial:
		reason = "not a regular file, not created by kubectl mesh"
	case p.lock.entries.lists(it.path):
		reason = "edited by hand"
	default:
		reason = "not created by kubectl mesh"
	}
	if it.stale {
		reason += "; no longer rendered, would be removed"
	}
	return reason
}
