// The peer of the gateway's event stream: a minimal Go server that sends every client what the gateway sent to one, at the
// same times. The recording is made by `client record`: a line of JSON a frame, {"at_ms": ..., "frame": "..."}.
//
//	peer LISTEN RECORDING
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

type frame struct {
	AtMs int64  `json:"at_ms"`
	Text string `json:"frame"`
}

// hub: who listens. A client that cannot keep up misses frames, as the gateway's does.
type hub struct {
	mutex   sync.Mutex
	clients map[chan []byte]bool
}

const queued = 16

func (h *hub) join() chan []byte {
	client := make(chan []byte, queued)
	h.mutex.Lock()
	h.clients[client] = true
	h.mutex.Unlock()
	return client
}

func (h *hub) leave(client chan []byte) {
	h.mutex.Lock()
	delete(h.clients, client)
	h.mutex.Unlock()
}

func (h *hub) send(text []byte) {
	h.mutex.Lock()
	for client := range h.clients {
		select {
		case client <- text:
		default:
		}
	}
	h.mutex.Unlock()
}

// play: the recording again and again.
func (h *hub) play(frames []frame) {
	for {
		began := time.Now()
		for _, each := range frames {
			time.Sleep(time.Until(began.Add(time.Duration(each.AtMs) * time.Millisecond)))
			h.send([]byte(each.Text))
		}
	}
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	flusher := w.(http.Flusher)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.WriteHeader(http.StatusOK)
	flusher.Flush()
	client := h.join()
	defer h.leave(client)
	for {
		select {
		case text := <-client:
			if _, err := w.Write(text); err != nil {
				return
			}
			flusher.Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func read(path string) ([]frame, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var frames []frame
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var each frame
		if err := json.Unmarshal(lines.Bytes(), &each); err != nil {
			return nil, err
		}
		frames = append(frames, each)
	}
	if len(frames) == 0 {
		return nil, fmt.Errorf("%s: no frames", path)
	}
	return frames, lines.Err()
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: peer LISTEN RECORDING")
	}
	frames, err := read(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	h := &hub{clients: map[chan []byte]bool{}}
	go h.play(frames)
	log.Fatal(http.ListenAndServe(os.Args[1], h))
}
