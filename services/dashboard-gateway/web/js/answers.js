/* What was sent from here, and what the hub answered. The answer comes over the stream, or is asked for. */
import { get } from './api.js';

const KEPT = 100;
const ASK_AFTER_MS = [5000, 5000, 8000, 13000, 21000, 34000];
const heard = new Map(); /* event_id -> answer, oldest first */
const waiting = new Map(); /* event_id -> resolve */

function hear(answer) {
	heard.delete(answer.event_id);
	heard.set(answer.event_id, answer);
	while (heard.size > KEPT) heard.delete(heard.keys().next().value);
	waiting.get(answer.event_id)?.(answer);
	waiting.delete(answer.event_id);
}

export function hearAnswers({ items = [] }) {
	items.forEach(hear);
}

async function ask(eventId) {
	for (const wait of ASK_AFTER_MS) {
		await new Promise((resolve) => setTimeout(resolve, wait));
		if (!waiting.has(eventId)) return;
		try {
			hear((await get(`/answers/${encodeURIComponent(eventId)}`)).body);
			return;
		} catch {
			/* 404: not yet; nobody there: later */
		}
	}
	waiting.get(eventId)?.(null);
	waiting.delete(eventId);
}

/* The hub's answer to an event; null when there is none after a minute and a half. */
export function answerTo(eventId) {
	if (heard.has(eventId)) return Promise.resolve(heard.get(eventId));
	return new Promise((resolve) => {
		waiting.set(eventId, resolve);
		ask(eventId);
	});
}
