/* What the page asks for, without a browser: once, again when it failed, and for who looks now. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerWith, asked, json, load, settled } from './support/modules.mjs';

const [session, rows, { Dataset }, { Worklist }, { Tally }, { Detail }, { Sending }, { DeadLetters }] = await Promise.all(
	['session.js', 'rows.js', 'dataset.js', 'worklist.js', 'tally.js', 'detail.js', 'send.js', 'parts/dead_letters.js'].map(load),
);
const time = new Date().toISOString();
const row = (id, seq, state = 'ROUTED') => ({ referral_id: id, etag: `1.${seq}`, state });
const page = (items, next = null) => ({ items, next, total: items.length, as_of: time, revision: '1.9', complete: true, incomplete: [] });

/* Answers when it is told to. */
function held() {
	const waiting = [];
	answerWith(() => new Promise((resolve) => waiting.push(resolve)));
	return waiting;
}

before(async () => {
	answerWith(() => ({ user: 'lead', role: 'HOSPITAL', may_send: true, server_time: time }));
	await session.loadMe();
});

test('dead letters of which two figures differ are asked for once, not at each drawing', async () => {
	const letters = new DeadLetters();
	let total = 5;
	answerWith(() => ({ ...page([]), total }));
	await letters.load();
	asked.length = 0;
	const draw = async (said) => {
		for (let i = 0; i < 20; i++) {
			letters.follow(said);
			await settled();
		}
		return asked.length;
	};
	assert.equal(await draw(5), 0);
	total = 7;
	assert.equal(await draw(6), 1);
	assert.equal(await draw(7), 1, 'they were fetched as they are');
	assert.equal(await draw(6), 2, 'a figure that comes back is another one again');
});

test('a page of dead letters that is asked for twice is added once', async () => {
	const letters = new DeadLetters();
	const letter = (id) => ({ id });
	answerWith((path) => (path.includes('cursor') ? page([letter('b')]) : page([letter('a')], 'next')));
	await letters.load();
	await Promise.all([letters.load('next'), letters.load('next')]);
	assert.deepEqual(letters.items, [letter('a'), letter('b')]);
});

test('what was asked for before somebody signed out is not for who comes next', async () => {
	const of = new Dataset('/overview');
	const waiting = held();
	of.load();
	of.forget();
	const mine = of.load();
	assert.equal(waiting.length, 2, 'it was not asked for anew');
	waiting[1]({ whose: 'mine', as_of: time, revision: '1.2' });
	await mine;
	waiting[0]({ whose: 'theirs', as_of: time, revision: '1.3' });
	await settled();
	assert.equal(of.value.whose, 'mine');
});

test('a row that moved from one page to the next while both were fetched stands once, as it is now', async () => {
	answerWith((path) => (path.includes('cursor') ? page([row('a', 8, 'ACCEPTED'), row('c', 2)]) : page([row('a', 3), row('b', 2)], 'next')));
	const list = new Worklist({ worklist: 'all' }, () => false);
	await list.load();
	list.end();
	assert.deepEqual(list.rows.map(({ row: { referral_id: id, state } }) => `${id} ${state}`), ['a ACCEPTED', 'b ROUTED', 'c ROUTED']);
});

test('rows that get their places are as they were told last, whatever the list said before', async () => {
	let busy = true;
	answerWith(() => page([row('a', 3), row('b', 3)]));
	const list = new Worklist({ worklist: 'all' }, () => busy);
	await list.load();
	rows.hearRows({ items: [row('a', 10, 'ACCEPTED')], removed: ['b'] }, '1.10');
	busy = false;
	list.settleIfFree();
	list.end();
	assert.deepEqual(list.rows.map(({ row: { referral_id: id, state } }) => `${id} ${state}`), ['a ACCEPTED']);
});

test('a count that could not be had is asked for again', async () => {
	const [later, clock] = [globalThis.setTimeout, performance.now];
	globalThis.setTimeout = (call, ms) => later(call, ms / 1000); // a thousand times as fast
	performance.now = () => 1000 * clock.call(performance);
	let away = true;
	answerWith(() => (away ? json({}, 503) : { ...page([]), total: 4 }));
	const tally = new Tally(['all']);
	await tally.load();
	assert.equal(tally.totals.has('all'), false);
	away = false;
	await new Promise((resolve) => later(resolve, 100));
	tally.end();
	globalThis.setTimeout = later;
	performance.now = clock;
	assert.equal(tally.totals.get('all'), 4);
});

test('what may be done and could not be asked is told, not taken for nothing', async () => {
	answerWith((path) => (path.endsWith('allowed-events') ? json({ code: 'not_ready', detail: 'not yet' }, 503) : path.endsWith('history') ? page([]) : row('r', 3)));
	const detail = new Detail('r', null);
	await detail.load();
	assert.equal(detail.problem?.code, 'not_ready');
	answerWith((path) => (path.endsWith('allowed-events') ? { allowed: [{ record: 'ReferralAccepted' }] } : path.endsWith('history') ? page([]) : row('r', 3)));
	await detail.load();
	detail.end();
	assert.deepEqual([detail.problem, detail.allowed.length], [null, 1]);
});

test('an event is sent once, however often the button is pressed', async () => {
	asked.length = 0;
	const waiting = held();
	const sending = new Sending('r', 'ReferralAccepted', {}, '1.3');
	sending.send();
	await settled();
	assert.equal(asked.length, 1);
	waiting[0](json({}, 503));
	await settled();
	assert.equal(sending.step, 'failed');
	sending.send();
	sending.send();
	await settled();
	assert.equal(asked.length, 2);
	waiting[1](json({}, 503));
	await settled();
});
