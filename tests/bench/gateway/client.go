// Readers of the event stream, many at once. Prints one line of JSON.
//
//	client record  -url U -cookie C -seconds S -out FILE   what one reader gets, for the peer
//	client read    -url U -cookie C -seconds S -clients N  N readers that keep up: frames, bytes
//	client stall   -url U -cookie C -seconds S -clients N  N readers that stop reading after hello: whether the last id that each
//	                                                       has resumes
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

var (
	address = flag.String("url", "", "of the stream")
	cookie  = flag.String("cookie", "", "name=value")
	seconds = flag.Float64("seconds", 10, "how long")
	clients = flag.Int("clients", 1, "how many")
	out     = flag.String("out", "", "file of the recording")
)

// event: one frame as it came.
type event struct {
	name, id, text string
	data           []byte
}

// reader: one connection of its own; a pool would hide what a connection costs.
type reader struct {
	conn   *net.TCPConn
	body   *bufio.Reader
	lastID string
}

const smallBuffer = 4096

func open(after string, buffer int) (*reader, error) {
	target, err := url.Parse(*address)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: 60 * time.Second}
	raw, err := dialer.Dial("tcp", target.Host)
	if err != nil {
		return nil, err
	}
	conn := raw.(*net.TCPConn)
	if buffer > 0 {
		if err := conn.SetReadBuffer(buffer); err != nil {
			return nil, err
		}
	}
	if after != "" {
		query := target.Query()
		query.Set("after", after)
		target.RawQuery = query.Encode()
	}
	text := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nCookie: %s\r\n\r\n", target.RequestURI(), target.Host, *cookie)
	if _, err := conn.Write([]byte(text)); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, smallBuffer)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", response.Status)
	}
	return &reader{conn: conn, body: bufio.NewReaderSize(response.Body, smallBuffer)}, nil
}

func (r *reader) next() (event, error) {
	var each event
	var text strings.Builder
	for {
		line, err := r.body.ReadString('\n')
		if err != nil {
			return each, err
		}
		text.WriteString(line)
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			each.name = value
		case "id":
			each.id = value
		case "data":
			each.data = append(each.data, value...)
		case "":
			if each.name == "" && each.data == nil {
				text.Reset()
				continue // only a retry or a comment
			}
			if each.id != "" {
				r.lastID = each.id
			}
			each.text = text.String()
			return each, nil
		}
	}
}

func record() (map[string]any, error) {
	r, err := open("", 0)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(*out)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	began, frames, bytes := time.Now(), 0, 0
	end := began.Add(time.Duration(*seconds * float64(time.Second)))
	_ = r.conn.SetReadDeadline(end)
	lines := json.NewEncoder(file)
	for {
		each, err := r.next()
		if err != nil {
			break // the time is over
		}
		if each.name == "hello" || each.name == "reset" {
			continue
		}
		frames, bytes = frames+1, bytes+len(each.text)
		if err := lines.Encode(map[string]any{"at_ms": time.Since(began).Milliseconds(), "frame": each.text}); err != nil {
			return nil, err
		}
	}
	return map[string]any{"frames": frames, "bytes": bytes}, nil
}

// sum: what all readers got.
type sum struct {
	mutex          sync.Mutex
	opened, failed int
	frames, bytes  int
	firstError     string
}

func (s *sum) fail(err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.failed++
	if s.firstError == "" {
		s.firstError = err.Error()
	}
}

// all: opens the readers, some at a time, then lets them go at once.
func all(s *sum, buffer int, work func(*reader)) (time.Duration, error) {
	readers := make([]*reader, *clients)
	var opening sync.WaitGroup
	slots := make(chan bool, 64)
	for i := range readers {
		opening.Add(1)
		slots <- true
		go func(i int) {
			defer func() { <-slots; opening.Done() }()
			r, err := open("", buffer)
			if err != nil {
				s.fail(err)
				return
			}
			readers[i] = r
		}(i)
	}
	opening.Wait()
	fmt.Fprintln(os.Stderr, "open") // whoever measures begins now
	began := time.Now()
	var working sync.WaitGroup
	for _, each := range readers {
		if each == nil {
			continue
		}
		s.opened++
		working.Add(1)
		go func(r *reader) {
			defer working.Done()
			work(r)
			r.conn.Close()
		}(each)
	}
	working.Wait()
	return time.Since(began), nil
}

func read() (map[string]any, error) {
	s := &sum{}
	length := time.Duration(*seconds * float64(time.Second))
	took, err := all(s, 0, func(r *reader) {
		_ = r.conn.SetReadDeadline(time.Now().Add(length))
		frames, bytes := 0, 0
		for {
			each, err := r.next()
			if err != nil {
				timeout, ok := err.(net.Error)
				if !ok || !timeout.Timeout() {
					s.fail(err)
				}
				break
			}
			frames, bytes = frames+1, bytes+len(each.text)
		}
		s.mutex.Lock()
		s.frames, s.bytes = s.frames+frames, s.bytes+bytes
		s.mutex.Unlock()
	})
	return map[string]any{"opened": s.opened, "failed": s.failed, "first_error": s.firstError, "frames": s.frames, "bytes": s.bytes,
		"seconds": took.Seconds()}, err
}

// stall: reads hello, sleeps, reads what there is, and comes back. Whether it was cut is the server's to say: a kernel may forget a connection
// that was closed with much unread, and its reader then hears nothing.
func stall() (map[string]any, error) {
	s, resumed, last := &sum{}, 0, 0
	_, err := all(s, smallBuffer, func(r *reader) {
		hello, err := r.next()
		if err != nil || hello.name != "hello" {
			s.fail(fmt.Errorf("%s instead of hello: %v", hello.name, err))
			return
		}
		time.Sleep(time.Duration(*seconds * float64(time.Second)))
		_ = r.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		for err == nil {
			_, err = r.next()
		}
		again, err := open(r.lastID, 0)
		if err != nil {
			s.fail(err)
			return
		}
		defer again.conn.Close()
		first, err := again.next()
		var told struct {
			Resumed bool `json:"resumed"`
		}
		if err == nil {
			err = json.Unmarshal(first.data, &told)
		}
		if err != nil {
			s.fail(err)
			return
		}
		s.mutex.Lock()
		defer s.mutex.Unlock()
		last++
		if told.Resumed {
			resumed++
		}
	})
	return map[string]any{"opened": s.opened, "failed": s.failed, "first_error": s.firstError, "came_back": last, "resumed": resumed}, err
}

func main() {
	modes := map[string]func() (map[string]any, error){"record": record, "read": read, "stall": stall}
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		log.Fatal("usage: client record|read|stall -url ... ; see the source")
	}
	mode := modes[os.Args[1]]
	os.Args = append(os.Args[:1], os.Args[2:]...)
	flag.Parse()
	told, err := mode()
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		log.Fatal(err)
	}
}
