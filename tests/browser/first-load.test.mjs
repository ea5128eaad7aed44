/* Check 1: the first load is small, asks nobody else, and can be used within a second on a slow machine. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { calm, close, launch, open, signedIn, watch } from './support/browser.mjs';
import { hub, county, fresh, site } from './support/hub.mjs';
import { figure, patience } from './support/numbers.mjs';

const MOST_KB = 90;
const MOST_MS = 1000;
const THROTTLE = 4;
const ROUNDS = 5;

before(async () => {
	await hub('opened', { org: county.lead, session: fresh('load'), capacity: 30 });
	for (let i = 0; i < 30; i++) await hub('requested', { source: county.centres[i % 3], id: fresh('load') });
});
after(close);

async function load(user, path, usable) {
	const context = await (await launch()).newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' });
	await signedIn(context, user);
	const page = await context.newPage();
	const problems = watch(page);
	const session = await context.newCDPSession(page);
	const urls = new Map();
	let bytes = 0;
	session.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
	session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		if (!urls.get(requestId)?.includes('/api/')) bytes += encodedDataLength;
	});
	await session.send('Network.enable');
	await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
	await page.addInitScript((css) => {
		const look = () => {
			if (document.querySelector(css)?.innerText.match(/\d/)) globalThis.usableAt = performance.now();
			else requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	}, usable);
	await page.goto(site.url + path);
	await page.waitForFunction(() => globalThis.usableAt);
	const ms = await page.evaluate(() => globalThis.usableAt);
	calm(problems);
	await context.close();
	return { kb: bytes / 1024, ms };
}

for (const [user, path, usable] of [['control', '/live', '.tile-number'], ['lead', '/referrals', 'table.referrals tbody tr']]) {
	test(`${path} is there within a second`, async () => {
		const rounds = [];
		for (let i = 0; i < ROUNDS; i++) {
			rounds.push(await load(user, path, usable));
			if (i > 0 && Math.min(...rounds.map(({ ms }) => ms)) <= MOST_MS * patience()) break; // a busy machine gets another try
		}
		const kb = rounds[0].kb;
		const ms = Math.min(...rounds.map((each) => each.ms));
		figure(`check 1: first load of ${path}: ${kb.toFixed(1)} kB, usable after ${ms.toFixed(0)} ms at ${THROTTLE}x throttle (tries: ${rounds.map((each) => each.ms.toFixed(0)).join(', ')})`);
		assert.ok(kb <= MOST_KB, `${kb} kB`);
		assert.ok(ms <= MOST_MS * patience(), `${ms} ms`);
	});
}

test('the page is compressed and kept', async () => {
	const { page, context } = await open('control', '/live');
	const answer = await context.request.get(site.url + (await page.locator('script[src]').first().getAttribute('src')), { headers: { 'Accept-Encoding': 'gzip' } });
	assert.equal(answer.headers()['content-encoding'], 'gzip');
	assert.ok(answer.headers()['cache-control']);
	for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy']) assert.ok(answer.headers()[name], name);
	await context.close();
});
