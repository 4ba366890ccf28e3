package platformclient

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

func answers(kind string, status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestLookUpSaysWhatWasFound(t *testing.T) {
	const js, problem = "application/json", "application/problem+json"
	for _, test := range []struct {
		name, kind, body string
		status           int
		state            FoundState
		number           string
		err              error
	}{
		{"linked", js, `{"state":"linked","service_id":"00112233"}`, 200, FoundLinked, "00112233", nil},
		{"none", js, `{"state":"none"}`, 200, FoundNone, "", nil},
		{"stopped", js, `{"state":"stopped"}`, 200, FoundStopped, "", nil},
		{"linked to nothing", js, `{"state":"linked"}`, 200, "", "", ErrNotUnderstood},
		{"a number where none is", js, `{"state":"stopped","service_id":"1"}`, 200, "", "", ErrNotUnderstood},
		{"a number that is none", js, `{"state":"linked","service_id":"１"}`, 200, "", "", ErrNotUnderstood},
		{"a state of tomorrow", js, `{"state":"maybe"}`, 200, "", "", ErrNotUnderstood},
		{"another operator's service", problem, `{"type":"x","title":"x","status":404,"code":"LINK-SERVICE"}`, 404, "", "", ErrService},
		{"an old record", problem, `{"type":"x","title":"x","status":409,"code":"CARD-RECORD-OLD"}`, 409, "", "", ErrRecordOld},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := clientOf(t, answers(test.kind, test.status, test.body), Limits{})
			got, err := client.Lookup(t.Context(), "lending", Holder{Record: make([]byte, mykey.SlotSize)})
			if got.State != test.state || got.Number.Reveal() != test.number || !errors.Is(err, test.err) {
				t.Errorf("got %v, %v, want %s, %v", got, err, test.state, test.err)
			}
		})
	}
}

func TestLookUpWhoseAnswerIsLostIsAskedOnceMore(t *testing.T) {
	for _, test := range []struct {
		name  string
		lose  int32 // answers
		asks  int32
		want  error
		limit time.Duration // 0: the connection breaks
	}{
		{"no loss", 0, 1, nil, 0},
		{"one", 1, 2, nil, 0},
		{"two", 2, 2, ErrOffline, 0},
		{"one too late", 1, 2, nil, time.Second},
		{"two too late", 2, 2, ErrTimeout, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int32
			client := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				switch {
				case asked.Add(1) > test.lose:
					answers("application/json", 200, `{"state":"none"}`)(w, r)
				case test.limit > 0:
					<-r.Context().Done()
				default:
					panic(http.ErrAbortHandler)
				}
			}, Limits{Lookup: test.limit})
			got, err := client.Lookup(t.Context(), "lending", Holder{Record: make([]byte, mykey.SlotSize)})
			if !errors.Is(err, test.want) || (err == nil) != (got.State == FoundNone) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
			if asked.Load() != test.asks {
				t.Errorf("asked %d times, want %d", asked.Load(), test.asks)
			}
		})
	}
	t.Run("an answer is not lost", func(t *testing.T) {
		var asked atomic.Int32
		client := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		}, Limits{})
		if _, err := client.Lookup(t.Context(), "lending", Holder{}); !errors.Is(err, ErrServer) || asked.Load() != 1 {
			t.Errorf("got %v after %d, want ErrServer after 1", err, asked.Load())
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		client, err := New(Config{BaseURL: "https://" + listener.Addr().String()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Lookup(t.Context(), "lending", Holder{}); !errors.Is(err, ErrOffline) || answerLost(err) {
			t.Errorf("got %v, want ErrOffline, asked once", err)
		}
	})
}

// What goes over the wire: people in bodies alone, a key with each change.
func TestLinksSendPeopleInBodiesAlone(t *testing.T) {
	const canary = "CANARY-0011223344"
	type sent struct {
		method, path, key string
		body              map[string]any
	}
	got := make(chan sent, 1)
	server := func(w http.ResponseWriter, r *http.Request) {
		s := sent{method: r.Method, path: r.URL.String(), key: r.Header.Get("Idempotency-Key")}
		if err := json.NewDecoder(r.Body).Decode(&s.body); err != nil {
			t.Error(err)
		}
		got <- s
		w.WriteHeader(http.StatusNoContent)
	}
	client := clientOf(t, server, Limits{})
	number, err := mykey.ParseServiceID(canary)
	if err != nil {
		t.Fatal(err)
	}
	who := Holder{Transaction: strings.Repeat("0", 32), Record: make([]byte, mykey.SlotSize)}
	if err := client.Link(t.Context(), "lending", Link{Holder: who, Number: number, Key: "key-of-this-change"}, &Assertion{Purpose: PurposeRegister}); err != nil {
		t.Fatal(err)
	}
	link := <-got
	if link.method != http.MethodPut || link.path != "/v1/services/lending/links" || link.key != "key-of-this-change" ||
		link.body["service_id"] != canary || link.body["replace"] != false || link.body["certificate"] != nil || link.body["assertions"] == nil {
		t.Errorf("link: got %v", link)
	}
	if err := client.Unlink(t.Context(), "lending", Unlink{Holder: who}); err != nil {
		t.Fatal(err)
	}
	unlink := <-got
	if unlink.method != http.MethodPost || unlink.path != "/v1/services/lending/links/remove" || len(unlink.key) < 16 ||
		len(unlink.body) != 2 || unlink.body["transaction"] != who.Transaction {
		t.Errorf("unlink: got %v", unlink)
	}
	first, err := client.LinkDigest(make([]byte, 32), "lending", Link{Holder: who, Number: number})
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]func() ([32]byte, error){
		"another service": func() ([32]byte, error) {
			return client.LinkDigest(make([]byte, 32), "room", Link{Holder: who, Number: number})
		},
		"replacing": func() ([32]byte, error) {
			return client.LinkDigest(make([]byte, 32), "lending", Link{Holder: who, Number: number, Replace: true})
		},
	} {
		if got, err := other(); err != nil || got == first {
			t.Errorf("%s: the same digest, %v", name, err)
		}
	}
	if again, err := client.LinkDigest(make([]byte, 32), "lending", Link{Holder: who, Number: number, Key: "not signed, so the same"}); err != nil || again != first {
		t.Errorf("another key: another digest, %v", err)
	}
}

func TestOutcomeOfAChange(t *testing.T) {
	for _, test := range []struct {
		body  string
		state OutcomeState
		is    error
		err   error
	}{
		{`{"state":"done"}`, OutcomeDone, nil, nil},
		{`{"state":"under-way"}`, OutcomeUnderWay, nil, nil},
		{`{"state":"never"}`, OutcomeNever, nil, nil},
		{`{"state":"refused","code":"LINK-TAKEN"}`, OutcomeRefused, ErrLinkTaken, nil},
		{`{"state":"refused","code":"LINK-ODD"}`, OutcomeRefused, ErrUnknown, nil},
		{`{"state":"refused"}`, "", nil, ErrNotUnderstood},
		{`{"state":"done","code":"LINK-TAKEN"}`, "", nil, ErrNotUnderstood},
		{`{"state":"perhaps"}`, "", nil, ErrNotUnderstood},
	} {
		client := clientOf(t, answers("application/json", 200, test.body), Limits{})
		got, err := client.Outcome(t.Context(), NewKey())
		if got.State != test.state || !errors.Is(got.Err, test.is) || !errors.Is(err, test.err) {
			t.Errorf("%s: got %v, %v, want %s with %v, %v", test.body, got, err, test.state, test.is, test.err)
		}
	}
}

func TestServiceThatIsNoneIsNotUnderstood(t *testing.T) {
	const desk = `{"operator":"","office":"","counter":"","clerk":"","roles":[],"legal_basis":[],"training":true,"record_keys":[],"authority":"","services":[`
	const rule = `"name":"n","word":"w","card":"c","shared":false,"rule":{"symbologies":["NW7"],"start":"A","stop":"A","pattern":"","check":"none","display":"","framed":true,"item":"","prefix":"","suffix":""}`
	for _, test := range []struct {
		name, service string
		want          error
	}{
		{"right", `{"code":"lending","registration_auth":"none",` + rule + `}`, nil},
		{"no code", `{"code":"","registration_auth":"none",` + rule + `}`, ErrNotUnderstood},
		{"an odd code", `{"code":"../x","registration_auth":"none",` + rule + `}`, ErrNotUnderstood},
		{"a PIN of tomorrow", `{"code":"lending","registration_auth":"face",` + rule + `}`, ErrNotUnderstood},
	} {
		client := clientOf(t, answers("application/json", 200, desk+test.service+`]}`), Limits{})
		got, err := client.Desk(t.Context())
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
		if err == nil && (len(got.Services) != 1 || !got.Services[0].Rule.Framed || got.Services[0].Rule.Start != "A") {
			t.Errorf("%s: got %+v", test.name, got.Services)
		}
	}
}
