package handover

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// clerkPage works the sample page, which stands in its frame, as a clerk would:
// types the code, reads the field, presses 次の方. It loads the sample anew after
// 00112233, and leaves 0000003 in the field.
const clerkPage = `<!DOCTYPE html><iframe id="frame" src="/sample"></iframe><script>
const frame = document.getElementById("frame");
frame.onload = async () => {
	const page = frame.contentDocument, number = page.getElementById("number");
	number.addEventListener("input", async () => {
		const value = number.value;
		if (value !== "0000003") { page.querySelector("#lending button").click(); }
		await fetch("/seen", { method: "POST", body: value });
		if (value === "00112233") { frame.contentWindow.location.reload(); }
	});
	if (!page.getElementById("pair").hidden) {
		page.getElementById("code").value = await (await fetch("/code", { method: "POST" })).text();
		page.querySelector("#pair button").click();
	}
};
</script>`

// TestSamplePageInABrowser opens docs/handover-sample.html in Chromium, pairs it,
// hands numbers to it, loads it anew, and opens it once more from an origin that
// is not in the list.
func TestSamplePageInABrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skipf("skipped=1 reason=%q", "chromium is not installed")
	}
	sample, err := os.ReadFile("../../docs/handover-sample.html")
	if err != nil {
		t.Fatal(err)
	}
	codes, seen := make(chan string, 1), make(chan string, 8)
	var port string
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/clerk":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, clerkPage) // the browser may be gone
		case "/sample":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(bytes.Replace(sample, []byte(`content="47100"`), []byte(`content="`+port+`"`), 1))
		case "/code":
			_, _ = io.WriteString(w, <-codes)
		case "/seen":
			b, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			seen <- string(b)
		default:
			http.NotFound(w, r)
		}
	})
	own, foreign := httptest.NewUnstartedServer(site), httptest.NewUnstartedServer(site)
	defer own.Close()
	defer foreign.Close()
	var log lockedBuffer
	way, err := openWebSocket(Config{WebSocket: WebSocketConfig{Origins: []string{"http://" + own.Listener.Addr().String()}}},
		slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer way.Close()
	port = strconv.Itoa(way.port)
	own.Start()
	foreign.Start()

	t.Run("of the list", func(t *testing.T) {
		browse(t, chromium, own.URL+"/clerk")
		codes <- way.Pair()
		var before *page
		for _, number := range []string{"0000001", "00112233", "A1234-5678A", "0000003"} {
			browsed(t, "a page", func() bool { p := way.page(); return p != nil && p != before })
			if number == "00112233" {
				before = way.page()
			}
			if r := <-hand(t.Context(), way, number); r.outcome != Delivered {
				t.Fatalf("%s: got %v, %v; want delivered", number, r.outcome, r.err)
			}
			if got := <-seen; got != number {
				t.Errorf("the field holds %q, want %q", got, number)
			}
		}
		if r := <-hand(t.Context(), way, "0000004"); r.outcome != NotDelivered || !errors.Is(r.err, ErrNobody) {
			t.Errorf("the person before is not finished: got %v, %v; want not delivered", r.outcome, r.err)
		}
	})
	t.Run("of another origin", func(t *testing.T) {
		browsed(t, "the browser's end", func() bool { return way.page() == nil })
		browse(t, chromium, foreign.URL+"/clerk")
		codes <- way.Pair()
		browsed(t, "a refusal", func() bool { return strings.Contains(log.String(), "this origin is not in the desk's list") })
		if way.page() != nil {
			t.Error("a page of another origin takes numbers")
		}
	})
}

// browse opens url in a browser of its own until the test ends.
func browse(t *testing.T, chromium, url string) {
	t.Helper()
	browser := exec.Command(chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--user-data-dir="+t.TempDir(), url)
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-browser.Process.Pid, syscall.SIGKILL) // it may have ended
		_ = browser.Wait()                                      // it was killed
		browsed(t, "the end of its children", func() bool { return syscall.Kill(-browser.Process.Pid, 0) != nil })
	})
}

// browsed looks until it is so: a browser on a busy machine takes its time.
func browsed(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}
