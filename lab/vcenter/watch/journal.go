// Package watch remembers what clients asked for, and holds the faults that are to happen.
package watch

import (
	"strings"
	"sync"
)

// Change is a call that alters something at the source.
type Change struct {
	Method string `json:"method"`
	Object string `json:"object"`
	Name   string `json:"name,omitempty"`
}

// Requests are the HTTP requests of one verb and one endpoint, and the bytes that went out in answer.
type Requests struct {
	Count  int         `json:"count"`
	Bytes  int64       `json:"bytes"`
	Status map[int]int `json:"status"`
}

// Report is what the journal holds.
type Report struct {
	Calls   map[string]int       `json:"calls"`
	Changes []Change             `json:"changes"`
	HTTP    map[string]*Requests `json:"http"`
	Logins  map[string]int       `json:"logins"`
}

// Journal counts; safe for use by many requests at once.
type Journal struct {
	mu     sync.Mutex
	report Report
}

// NewJournal returns an empty journal.
func NewJournal() *Journal {
	j := &Journal{}
	j.Clear()
	return j
}

// Clear forgets everything.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.report = Report{
		Calls: map[string]int{}, Changes: []Change{}, HTTP: map[string]*Requests{}, Logins: map[string]int{},
	}
}

// Call counts a SOAP call; one that changes something is also remembered in its order.
func (j *Journal) Call(change Change) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.report.Calls[change.Method]++
	if !reads(change.Method) {
		j.report.Changes = append(j.report.Changes, change)
	}
}

// Login counts an attempt.
func (j *Journal) Login(result string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.report.Logins[result]++
}

// Answered counts an HTTP request by the status it got.
func (j *Journal) Answered(verb, endpoint string, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	requests := j.requests(verb, endpoint)
	requests.Count++
	requests.Status[status]++
}

// Sent counts bytes of an answer's body.
func (j *Journal) Sent(verb, endpoint string, bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests(verb, endpoint).Bytes += bytes
}

func (j *Journal) requests(verb, endpoint string) *Requests {
	key := verb + " " + endpoint
	if j.report.HTTP[key] == nil {
		j.report.HTTP[key] = &Requests{Status: map[int]int{}}
	}
	return j.report.HTTP[key]
}

// View calls back with the report while nobody changes it.
func (j *Journal) View(f func(*Report)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f(&j.report)
}

// What a client needs for itself - sessions, views, filters, tickets - changes nothing at the source.
var reading = map[string]bool{
	"Login": true, "Logout": true, "LoginByToken": true, "SessionIsActive": true, "CurrentTime": true, "Fetch": true,
	"AcquireGenericServiceTicket": true, "AcquireCloneTicket": true, "CloneSession": true,
	"SearchDatastore_Task": true, "SearchDatastoreSubFolders_Task": true, "HttpNfcLeaseProgress": true,
	"HttpNfcLeaseGetManifest": true, "WaitForUpdates": true, "WaitForUpdatesEx": true, "CheckForUpdates": true,
	"CancelWaitForUpdates": true, "ContinueRetrievePropertiesEx": true, "CancelRetrievePropertiesEx": true,
	"CreateFilter": true, "DestroyPropertyFilter": true, "CreatePropertyCollector": true,
	"DestroyPropertyCollector": true, "DestroyView": true, "ModifyListView": true, "ResetListView": true,
	"CreateContainerView": true, "CreateListView": true, "CreateInventoryView": true, "CreateDescriptor": true,
	"CreateCollectorForTasks": true, "CreateCollectorForEvents": true, "DestroyCollector": true,
}

func reads(method string) bool {
	if reading[method] {
		return true
	}
	for _, prefix := range []string{"Retrieve", "Query", "Find", "Read", "Get", "Check", "Validate"} {
		if strings.HasPrefix(method, prefix) {
			return true
		}
	}
	return false
}
