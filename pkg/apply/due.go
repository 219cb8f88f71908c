package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
)

// Task is work that must follow a change, such as a restart of what reads the changed object. The inventory stores it
// from before the change until it is finished, so that the next session can complete it after an interruption.
type Task struct {
	// Name is unique in an inventory.
	Name string `json:"name"`
	// Detail is interpreted by the code that performs the task.
	Detail json.RawMessage `json:"detail,omitempty"`
}

// NewTask returns a task with its detail encoded as JSON.
func NewTask(name string, detail any) (Task, error) {
	text, err := json.Marshal(detail)
	return Task{Name: name, Detail: text}, err
}

// Due returns the tasks in the inventory: an earlier session was interrupted before it finished them.
func (s *Session) Due(ctx context.Context) ([]Task, error) {
	stored, err := s.inventory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(stored.due), nil
}

// Owe registers a task that must follow what is applied or deleted next. It replaces a task of the same name.
func (s *Session) Owe(task Task) { s.owed = append(s.owed, task) }

// Finish marks a task as done or no longer necessary. Settle records it.
func (s *Session) Finish(name string) {
	s.owed = slices.DeleteFunc(s.owed, func(task Task) bool { return task.Name == name })
	s.done = append(s.done, outcome{finished: name})
}

// owe adds or replaces a task.
func owe(due []Task, task Task) []Task {
	due = append(slices.DeleteFunc(due, func(other Task) bool { return other.Name == task.Name }), task)
	slices.SortFunc(due, func(a, b Task) int { return cmp.Compare(a.Name, b.Name) })
	return due
}
