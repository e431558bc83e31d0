// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/mesh256/mesh256/clients/go"
)

const (
	// Without an acknowledgement for so long, what is not acknowledged is sent again.
	patience = 200 * time.Millisecond
	// The longest that an acknowledgement waits, and the messages that it waits for.
	acknowledgeTime  = 50 * time.Millisecond
	acknowledgeEvery = 100
	// How long nothing must come at the end.
	silence = time.Second
	// How often time is looked at.
	tick = 10 * time.Millisecond
	// Messages handed over at once.
	batchSize = 100
)

// run exchanges everything. One goroutine receives; everything else happens here.
func (e *exchange) run(ctx context.Context) (r result, err error) {
	begin := time.Now()
	arrived := make(chan []inet256.Message, 1)
	broken := make(chan error, 1)
	go e.receive(ctx, arrived, broken)
	clock := time.NewTicker(tick)
	defer clock.Stop()
	progress, heard, told := begin, begin, begin
	toTell, tellNow := 0, false
	for ctx.Err() == nil {
		select {
		case batch := <-arrived:
			heard = time.Now()
			for _, message := range batch {
				isProgress, isOld, isData := e.take(message)
				if isProgress {
					progress = heard
				}
				if isData {
					toTell++
				}
				tellNow = tellNow || isOld
			}
		case <-clock.C:
		case err = <-broken:
			return e.result(begin), err
		}
		now := time.Now()
		if tellNow || toTell >= acknowledgeEvery || toTell > 0 && now.Sub(told) > acknowledgeTime {
			toTell, tellNow, told = 0, false, now
			e.hand(e.node.SendBatch([]inet256.Message{{Address: e.peer, Payload: acknowledgement(e.receiving.firstMissing)}}))
		}
		if !e.sending.done() && now.Sub(progress) > patience {
			e.sending.again()
			progress = now
		}
		e.send()
		if e.sending.done() && e.receiving.done() && now.Sub(heard) > silence {
			return e.result(begin), nil
		}
	}
	return e.result(begin), errors.New("not in time")
}

// receive hands on what comes, through whatever breaks.
func (e *exchange) receive(ctx context.Context, arrived chan<- []inet256.Message, broken chan<- error) {
	for {
		batch, err := e.node.ReceiveBatch(ctx)
		if err != nil {
			broken <- err
			return
		}
		select {
		case arrived <- batch:
		case <-ctx.Done():
			return
		}
	}
}

// take notes a message.
func (e *exchange) take(message inet256.Message) (isProgress, isOld, isData bool) {
	payload := message.Payload
	switch {
	case message.Address != e.peer:
		e.receiving.foreign++
	case len(payload) == 5 && payload[0] == kindAcknowledgement:
		isProgress = e.sending.acknowledge(int(binary.BigEndian.Uint32(payload[1:])))
	case len(payload) > 0 && payload[0] == kindData:
		isData = true
		isOld = e.receiving.take(payload)
	default:
		e.receiving.altered++
	}
	return isProgress, isOld, isData
}

// send hands over what may be sent. What is refused on the way is sent again in time.
func (e *exchange) send() {
	for e.sending.due() {
		var batch []inet256.Message
		for next := e.sending.next; len(batch) < batchSize && next < e.count && next < e.sending.acknowledged+window; next++ {
			batch = append(batch, inet256.Message{Address: e.peer, Payload: dataMessage(next, e.sending.attempt)})
		}
		taken := e.hand(e.node.SendBatch(batch))
		e.sending.next += taken
		e.sending.attempts += taken
		if taken < len(batch) {
			return
		}
	}
}

// hand counts what was not taken for another reason than that there is no room.
func (e *exchange) hand(taken int, err error) int {
	if err != nil && !errors.Is(err, inet256.ErrLimitBytes) {
		e.errors.Add(1)
	}
	return taken
}

func (e *exchange) result(begin time.Time) result {
	r := &e.receiving
	return result{
		Sent: e.sending.acknowledged, Attempts: e.sending.attempts, Received: r.received,
		Twice: r.twice, Altered: r.altered, Foreign: r.foreign,
		Errors: e.errors.Load(), Reconnects: e.reconnects.Load(), Seconds: time.Since(begin).Seconds(),
	}
}
