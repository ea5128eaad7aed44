/* What is shown says of when it is, and what it lacks, without a browser: "as of" goes on only while changes reach the gateway. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerWith, json, load, settled, streams, text } from './support/modules.mjs';

const HOUR_MS = 3600000;
const began = Date.now();
const time = (ms) => new Date(ms).toISOString();
const whole = (incomplete = [], at = began) => ({ as_of: time(at), revision: '1.5', complete: !incomplete.length, incomplete, tiles: [] });
const list = { as_of: time(began - HOUR_MS), revision: '1.4', complete: true, incomplete: [], items: [], total: 0, next: null };
const [store, session, { loadWords }, { asOf }, { streamMark }, notice, { verdict }] = await Promise.all(
	['store.js', 'session.js', 'i18n.js', 'parts/asof.js', 'parts/stream_mark.js', 'parts/notice.js', 'parts/verdict.js'].map(load),
);
const old = (shown) => shown.includes('1 h');

before(async () => {
	answerWith((path) => (path === '/me' ? { user: 'lead', role: 'HOSPITAL', server_time: time(began) } : json({}, 404)));
	await loadWords();
	await session.loadMe();
	store.startStream(['referrals', 'overview']);
	await settled();
	streams[0].tell('hello', { server_time: time(began), resumed: false }, '1.5');
});
after(() => store.stopStream());

test('a list that nothing corrects is as of now while the stream is live', () => {
	streams[0].tell('overview', whole(), '1.5');
	assert.equal(store.streamState(), 'live');
	assert.ok(!old(text(asOf(list))), text(asOf(list)));
	assert.ok(old(text(asOf(list, true))), 'what is held or not to be had is as of when it was made');
});

test('Kafka away: the stream beats on, but what is shown is as of when it was made', () => {
	streams[0].tell('overview', whole(['kafka_away']), '1.5');
	streams[0].tell('beat', { server_time: time(began) }, '1.5');
	assert.ok(old(text(asOf(list))), text(asOf(list)));
	assert.match(text(streamMark()), /Not current/);
	streams[0].tell('overview', whole([], began + 1000), '1.5');
	assert.ok(!old(text(asOf(list))), text(asOf(list)));
	assert.match(text(streamMark()), /Live/);
});

test('without Redis changes go on coming', () => {
	streams[0].tell('overview', whole(['redis_away'], began + 2000), '1.5');
	assert.equal(store.streamState(), 'live');
});

test('a problem: the page\'s words, and beside them what only the server knows', () => {
	const shown = (status, code, detail) => text(notice.problemNotice({ status, code, detail, title: '', traceId: null }));
	assert.match(shown(409, 'not_allowed', 'it has been decided since'), /do not allow.*it has been decided since/);
	assert.match(shown(422, 'invalid', 'the note is empty'), /filled in is wrong.*the note is empty/);
	assert.equal(shown(409, 'of_later', 'only the detail'), 'only the detail');
	assert.equal(shown(429, 'too_many_requests', 'too many streams of one user'), 'Too many requests. Wait a moment.');
	assert.doesNotMatch(shown(0, 'no_answer', 'fetch failed'), /fetch failed/);
});

test('whether the screen can be believed is not said before anything is known', async () => {
	const { render } = await load('views/health.js');
	assert.doesNotMatch(text(render()), /Yes|With care/);
});

test('a state that is still being read may not be believed', () => {
	const health = { as_of: time(began), complete: false, incomplete: ['joining'], kafka: { state: 'ok' }, redis: { state: 'ok' }, history_percent: 100 };
	assert.match(text(verdict(health)), /No.*still being read/);
	assert.match(text(verdict({ ...health, complete: true, incomplete: [] })), /Yes/);
});
