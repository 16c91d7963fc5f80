package vsphere

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// Login checks user and password, and remembers the session for requests that are not SOAP.
func (s *sessionMethods) Login(ctx *simulator.Context, req *types.Login) soap.HasFault {
	body := s.SessionManager.Login(ctx, req)
	if body.Fault() != nil {
		s.center.Journal.Login("refused")
		return body
	}
	s.center.Journal.Login("accepted")
	s.center.mu.Lock()
	defer s.center.mu.Unlock()
	s.center.sessions[ctx.Session.Key] = true
	return body
}

func (c *Center) forget(session string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, session)
}

// ExpireSessions ends all sessions, as vCenter does with idle ones.
func (c *Center) ExpireSessions() {
	c.mu.Lock()
	defer c.mu.Unlock()
	request := &types.TerminateSession{}
	for session := range c.sessions {
		request.SessionId = append(request.SessionId, session)
	}
	self := &simulator.Session{UserSession: types.UserSession{Key: uuid.NewString()}}
	c.registry().SessionManager().TerminateSession(&simulator.Context{Session: self, Map: c.registry()}, request)
	c.sessions = map[string]bool{}
}

// Authorized tells whether a request for a file carries a session's cookie, or user and password.
func (c *Center) Authorized(r *http.Request) bool {
	if username, password, given := r.BasicAuth(); given {
		return same(username, c.Username) && same(password, c.Password)
	}
	cookie, err := r.Cookie(soap.SessionCookieName)
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sessions[strings.Trim(cookie.Value, `"`)]
}

func same(one, other string) bool { return subtle.ConstantTimeCompare([]byte(one), []byte(other)) == 1 }
