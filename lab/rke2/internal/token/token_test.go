package token

import "testing"

func TestLongFormSurvivesARoundTrip(t *testing.T) {
	ca := []byte("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")
	text := Format(ca, "server", "pa:ss")
	parsed, err := Parse(text+"\n", "node")
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Username != "server" || parsed.Password != "pa:ss" || parsed.CAHash != HashCA(ca) {
		t.Errorf("parsed %+v out of %s", parsed, text)
	}
	if err := parsed.Check(ca); err != nil {
		t.Error(err)
	}
	if parsed.Check([]byte("another")) == nil {
		t.Error("a false CA is accepted")
	}
}

func TestShortTokenTrustsAnyCA(t *testing.T) {
	parsed, err := Parse("secret", "node")
	if err != nil || parsed.Username != "node" || parsed.Password != "secret" {
		t.Errorf("%+v %v", parsed, err)
	}
	if err := parsed.Check([]byte("any")); err != nil {
		t.Error(err)
	}
}

func TestBrokenTokensAreRefused(t *testing.T) {
	for _, text := range []string{"", "K10abc", "K10abc::server:x"} {
		if _, err := Parse(text, "node"); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
