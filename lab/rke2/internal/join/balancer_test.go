package join

import (
	"context"
	"io"
	"net"
	"testing"
)

// answering listens and answers every connection with its own name.
func answering(t *testing.T, name string) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Write([]byte(name))
			connection.Close()
		}
	}()
	return listener
}

func ask(t *testing.T, address string) string {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	answer, _ := io.ReadAll(connection)
	return string(answer)
}

func TestTheNextServerAnswersWhenOneIsGone(t *testing.T) {
	one, two := answering(t, "one"), answering(t, "two")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := free.Addr().String()
	free.Close()
	balancer, err := NewBalancer(context.Background(), listen, []string{one.Addr().String(), two.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, listen); got != "one" {
		t.Errorf("first answer by %q", got)
	}
	one.Close()
	if got := ask(t, listen); got != "two" {
		t.Errorf("answer by %q after the first server went", got)
	}
	if got := balancer.Servers()[0]; got != two.Addr().String() {
		t.Errorf("the server in use is %s", got)
	}
	balancer.Set([]string{two.Addr().String()})
	if got := balancer.Servers(); len(got) != 1 {
		t.Errorf("servers %v", got)
	}
}
