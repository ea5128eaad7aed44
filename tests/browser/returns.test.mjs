/* Check 5: the gateway is killed, answers 503, hangs, comes back as another run: the page, which nobody touches, equals a fresh one within
 * ten seconds of its return. HUB_KILLS (100 as a command), HUB_AWAY_S (60). */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { calm, close, open, say } from './support/browser.mjs';
import { figures, rows } from './support/desk.mjs';
import { county, fresh, hub, site, sleep, until } from './support/hub.mjs';
import { figure, patience } from './support/numbers.mjs';

const KILLS = Number(process.env.HUB_KILLS || 2);
const AWAY_MS = Number(process.env.HUB_AWAY_S || 4) * 1000;
const RETURN_MS = 10000;
const PAGE = 100; // rows that a list begins with
const port = Number(new URL(site.url).port);
let name;
let live;
let list;

before(async () => {
	name = fresh('returns');
	await hub('opened', { org: county.lead, session: name, capacity: 500, specialty: '03.04' });
	await request();
	live = await open('control', '/live');
	list = await open('control', `/referrals?worklist=all&q=${name}`);
	await live.page.locator('.tile-number').first().waitFor();
	await until('the row', async () => (await rows(list.page)).length === 1);
});
after(async () => {
	await close();
});

let requests = 0;
const request = () => hub('requested', { source: county.centres[0], id: `${name}-${requests++}`, urgency: 'URGENT' });

/* What a page that is opened now shows. */
async function fresh_() {
	const one = await open('control', '/live');
	const two = await open('control', `/referrals?worklist=all&q=${name}`);
	await until('figures', async () => Object.values(await figures(one.page)).some((each) => /\d/.test(each)));
	await until('all rows', async () => (await rows(two.page)).length === Math.min(requests, PAGE));
	const shown = [await figures(one.page), await rows(two.page)];
	await one.context.close();
	await two.context.close();
	return shown;
}

/* Something happens while it is away, and after its return. A deadline may pass between the look at both: then both are looked at again. */
async function equalsFresh(what, since) {
	await until(`${what}: the untouched page to equal a fresh one`, async () => {
		const wanted = await fresh_();
		assert.deepEqual([await figures(live.page), await rows(list.page)], wanted);
		return true;
	}, Math.max(1000, RETURN_MS * patience() - (Date.now() - since)));
	return Date.now() - since;
}

test('killed and started again', async () => {
	const took = [];
	for (let i = 0; i < KILLS; i++) {
		await hub('process', { which: 'gateway', action: 'kill' });
		await request();
		await sleep(i % 2 ? 100 : 1500);
		await hub('process', { which: 'gateway', action: 'start' });
		const since = Date.now();
		await request();
		took.push(await equalsFresh(`kill ${i + 1}`, since));
	}
	figure(`check 5: ${KILLS} kills: equal to a fresh page after ${(Math.max(...took) / 1000).toFixed(1)} s at most`);
});

test('503 for a while, as of a proxy in front', async () => {
	await hub('process', { which: 'gateway', action: 'kill' });
	const proxy = http.createServer((_, answer) => {
		answer.writeHead(503, { 'Retry-After': '1' });
		answer.end();
	});
	await new Promise((resolve) => proxy.listen(port, '127.0.0.1', resolve));
	await sleep(AWAY_MS);
	proxy.closeAllConnections();
	await new Promise((resolve) => proxy.close(resolve));
	await hub('process', { which: 'gateway', action: 'start' });
	const since = Date.now();
	await request();
	figure(`check 5: 503 for ${AWAY_MS / 1000} s: equal after ${((await equalsFresh('503', since)) / 1000).toFixed(1)} s`);
});

test('a connection that is open and dead', async () => {
	const words = await say('en');
	await hub('process', { which: 'gateway', action: 'pause' });
	const began = Date.now();
	const notice = live.page.locator('.notices .notice');
	await until('the page to say that it is stale', async () => (await notice.allInnerTexts()).join().length > 0, 60000, 500);
	const told = (Date.now() - began) / 1000;
	assert.ok(told <= 45 * patience(), `${told} s`);
	assert.ok((await live.page.locator('.old').count()) > 0 || (await notice.count()) > 0);
	assert.ok(words('notice.stale').length > 0);
	await hub('process', { which: 'gateway', action: 'resume' });
	const since = Date.now();
	await request();
	figure(`check 5: half-open: told after ${told.toFixed(0)} s, equal ${((await equalsFresh('half-open', since)) / 1000).toFixed(1)} s after the return`);
	calm(live.problems, { away: true });
	calm(list.problems, { away: true });
});
