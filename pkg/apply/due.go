package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
)

// Task is work that has to follow a change, such as a restart of what reads the changed object. The inventory keeps it
// from before the change until it is finished, so that a session that goes on after an interruption finishes it.
type Task struct {
	// Name is the task's own in an inventory.
	Name string `json:"name"`
	// Detail is for who does the work.
	Detail json.RawMessage `json:"detail,omitempty"`
}

// NewTask makes a task. Its detail is encoded as JSON.
func NewTask(name string, detail any) (Task, error) {
	text, err := json.Marshal(detail)
	return Task{Name: name, Detail: text}, err
}

// Due is the work that the inventory says has to be done: an earlier session was interrupted before it.
func (s *Session) Due(ctx context.Context) ([]Task, error) {
	stored, err := s.inventory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(stored.due), nil
}

// Owe names work that has to follow what is applied or deleted next. It replaces a task of the same name.
func (s *Session) Owe(task Task) { s.owed = append(s.owed, task) }

// Finish names work that is done, or not necessary any more. Settle records it.
func (s *Session) Finish(name string) {
	s.owed = slices.DeleteFunc(s.owed, func(task Task) bool { return task.Name == name })
	s.done = append(s.done, outcome{finished: name})
}

// owe puts a task among those that are due.
func owe(due []Task, task Task) []Task {
	due = append(slices.DeleteFunc(due, func(other Task) bool { return other.Name == task.Name }), task)
	slices.SortFunc(due, func(a, b Task) int { return cmp.Compare(a.Name, b.Name) })
	return due
}
