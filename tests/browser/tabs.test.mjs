/* js/tabs.js and js/store.js without a browser: a tab that hears another one's stream lacks nothing of what that told before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerWith, asked, load, settled, streams } from './support/modules.mjs';

const [{ share }, store, session] = await Promise.all(['tabs.js', 'store.js', 'session.js'].map(load));
const time = new Date().toISOString();
const hello = (stream, resumed = true) => stream.tell('hello', { server_time: time, resumed }, '1.7');

function tab(name) {
	const one = { joined: 0, heard: [], up: null };
	one.share = share({
		name,
		topics: ['referrals'],
		after: null,
		hear: (type) => one.heard.push(type),
		tell: (up) => (one.up = up),
		joined: () => one.joined++,
	});
	return one;
}

test('who comes later asks anew once; who hears already does not', async () => {
	const first = tab('a');
	await settled();
	hello(streams.at(-1));
	const second = tab('a');
	await settled();
	assert.deepEqual([second.joined, second.up], [1, true]);
	const third = tab('a');
	await settled();
	assert.deepEqual([first.joined, second.joined, third.joined], [0, 1, 1]);
	streams.at(-1).tell('referrals', {}, '1.8');
	await settled();
	assert.deepEqual([second.heard, third.heard], [['referrals'], ['referrals']]);
	for (const one of [third, second, first]) one.share.close();
	await settled();
});

test('who comes while the stream is being opened asks when it stands, even if that went on from where it was', async () => {
	const [first, second] = [tab('b'), tab('b')];
	await settled();
	assert.equal(second.joined, 0);
	hello(streams.at(-1));
	await settled();
	assert.deepEqual([first.joined, second.joined, second.heard], [0, 1, ['hello']]);
	second.share.close();
	first.share.close();
	await settled();
});

test('a tab that slept, and whose stream another one took, asks what it missed', async () => {
	const sleeper = tab('c');
	await settled();
	hello(streams.at(-1));
	const other = tab('c');
	await settled();
	navigator.locks.request('c', { steal: true }, () => new Promise(() => {})).catch(() => {});
	await settled();
	assert.equal(streams.at(-1).readyState, 2, 'its own stream goes on');
	const channel = new BroadcastChannel('c');
	channel.postMessage({ up: true });
	await settled();
	assert.equal(sleeper.joined, 1);
	channel.close();
	for (const one of [sleeper, other]) one.share.close();
	navigator.locks.held = null;
	navigator.locks.waiting = [];
});

test('a tab that was closed while it waited opens no stream', async () => {
	const first = tab('d');
	await settled();
	const second = tab('d');
	second.share.close();
	const before = streams.length;
	first.share.close();
	await settled();
	assert.equal(streams.length, before);
});

test('a list, and how complete the whole is, are asked when another tab leads', async () => {
	const of = `hub lead referrals overview`;
	answerWith((path) => (path === '/me' ? { user: 'lead', role: 'HOSPITAL', server_time: time } : { as_of: time, revision: '1.7', complete: true, incomplete: [], items: [] }));
	await session.loadMe();
	const leader = share({ name: of, topics: [], after: null, hear() {}, tell() {}, joined() {} });
	await settled();
	hello(streams.at(-1));
	let again = 0;
	store.whenReset(() => again++);
	store.startStream(['referrals', 'overview']);
	await settled();
	assert.deepEqual([again, asked.filter((path) => path === '/overview').length], [1, 1]);
	store.stopStream();
	leader.close();
	await settled();
});

test('a stream that is begun twice is one', async () => {
	const before = streams.length;
	store.startStream(['referrals', 'overview']);
	store.startStream(['referrals', 'overview']);
	await settled();
	store.stopStream();
	await settled();
	assert.equal(streams.length, before + 1);
	assert.ok(streams.every(({ readyState }) => readyState === 2), 'one is still open');
});
