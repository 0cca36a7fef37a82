package storewait

// Abandoned is how many abandoned calls have not returned.
func (c *Calls) Abandoned() int64 { return c.abandoned.Load() }
