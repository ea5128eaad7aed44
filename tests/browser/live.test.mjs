/* /live and /health: figures that open what they count, alerts that are taken on, dead letters that are sent again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WALL, calm, close, open, say } from './support/browser.mjs';
import { figures, otherBeds } from './support/desk.mjs';
import { county, fresh, hub, site, until } from './support/hub.mjs';

let words;

before(async () => {
	words = await say('en');
	await hub('opened', { org: county.lead, session: fresh('live'), capacity: 3, specialty: '04.03' });
	await hub('opened', { org: county.member, session: fresh('live'), capacity: 1, specialty: '04.03' });
	for (let i = 0; i < 7; i++) await hub('requested', { source: county.centres[i % 3], id: fresh('live'), specialty: '04.03', urgency: 'URGENT' });
	await hub('beds', { org: county.lead, total: 50, free: 7 });
});
after(close);

test('a figure opens as many referrals as it says', async () => {
	const { page, context, problems } = await open('control', '/live');
	const tile = page.locator('a.tile', { hasText: words('tile.waiting') });
	await until('somebody waits', async () => Number(await tile.locator('.tile-number').innerText()) > 0);
	const shown = Number(await tile.locator('.tile-number').innerText());
	const query = new URL(await tile.getAttribute('href'), site.url).search;
	await tile.click();
	await page.locator('table.referrals tbody tr').first().waitFor();
	const listed = await page.locator('table.referrals tbody tr').count();
	const { total } = await (await context.request.get(`${site.url}/api/v1/referrals${query}`)).json();
	assert.equal(listed, shown);
	assert.equal(total, shown);
	calm(problems);
	await context.close();
});

test('a change is shown without anybody doing anything, and not while paused', async () => {
	const { page, context, problems } = await open('control', '/live');
	const others = await otherBeds(context, site.url, county.lead);
	const free = async () => parseInt((await figures(page))[words('tile.beds')], 10) - others;
	await until('beds', async () => (await free()) === 7);
	await page.getByRole('button', { name: words('pause') }).click();
	const asOf = page.locator('.as-of');
	await page.locator('.pause[aria-pressed=true]').waitFor();
	const since = await asOf.innerText();
	await hub('beds', { org: county.lead, total: 50, free: 9 });
	await new Promise((resolve) => setTimeout(resolve, 2500));
	assert.equal(await free(), 7, 'the paused picture moved');
	assert.equal((await asOf.innerText()).slice(0, since.length), since, 'the paused picture is as of now');
	await page.getByRole('button', { name: words('resume') }).click();
	await until('the new figure', async () => (await free()) === 9);
	calm(problems);
	await context.close();
});

test('the picture is told by a table, too', async () => {
	const { page, context } = await open('control', '/live');
	await page.locator('svg.topology .edge').first().waitFor();
	const { flows } = await (await context.request.get(`${site.url}/api/v1/overview`)).json();
	await until('all flows', async () => (await page.locator('table.rows tbody tr').count()) >= Math.min(flows.length, 12));
	assert.equal(await page.locator('svg.topology').getAttribute('role'), 'img');
	await context.close();
});

test('an alert is taken on with a note, and everybody sees it', async () => {
	await hub('nonsense');
	const { page, context, problems } = await open('control', '/live');
	const wall = await open('wall', '/live?wall=1', { viewport: WALL });
	const alert = page.locator('li.alert', { hasText: words('alert.dead_letters', { n: '' }).trim().split(' ').pop() }).first();
	await alert.waitFor({ timeout: 20000 });
	await alert.getByRole('button').click();
	const dialog = page.locator('dialog[open]');
	await dialog.locator('#note').fill('called the lab');
	await dialog.getByRole('button', { name: words('acknowledge.send') }).click();
	await dialog.waitFor({ state: 'hidden' });
	await page.locator('li.alert.seen', { hasText: 'called the lab' }).waitFor();
	await wall.page.locator('li.alert.seen', { hasText: 'called the lab' }).waitFor();
	calm(problems);
	calm(wall.problems);
	await context.close();
	await wall.context.close();
});

test('a dead letter is shown without its content, and sent again', async () => {
	await hub('nonsense');
	const { page, context, problems } = await open('control', '/health');
	const letter = page.getByText('UNDECODABLE').first();
	await letter.waitFor({ timeout: 20000 });
	assert.ok(!(await page.locator('main').innerText()).includes('nonsense'));
	const before = (await (await context.request.get(`${site.url}/api/v1/dead-letters?limit=1`)).json()).total;
	await page.getByRole('button', { name: new RegExp(words('replay.button')) }).first().click();
	await page.locator('dialog[open]').getByRole('button', { name: words('replay.send') }).click();
	await until('the record to come back as a dead letter', async () => (await (await context.request.get(`${site.url}/api/v1/dead-letters?limit=1`)).json()).total > before);
	calm(problems);
	await context.close();
});

test('another build is loaded when nobody loses anything by it: not under an open dialog', async () => {
	const { page, context } = await open('control', '/live');
	await page.addInitScript(() => {
		const Real = EventSource;
		globalThis.EventSource = class extends Real {
			constructor(...of) {
				super(...of);
				globalThis.heard = this;
			}
		};
		Math.random = () => 0;
		Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
	});
	await page.reload();
	await page.locator('.tile').first().waitFor();
	await page.keyboard.press('?');
	await page.locator('dialog[open]').waitFor();
	await page.waitForFunction(() => globalThis.heard);
	await page.evaluate(() => {
		globalThis.untouched = true;
		const hello = { build: 'another', resumed: true, server_time: new Date().toISOString() };
		globalThis.heard.dispatchEvent(new MessageEvent('hello', { data: JSON.stringify(hello) }));
	});
	await new Promise((resolve) => setTimeout(resolve, 3000));
	assert.equal(await page.evaluate(() => globalThis.untouched), true);
	await page.keyboard.press('Escape');
	await page.waitForFunction(() => !globalThis.untouched);
	await context.close();
});

test('a wall can be read from afar', async () => {
	const { page, context, problems } = await open('wall', '/live?wall=1', { viewport: WALL });
	await page.locator('.tile-number').first().waitFor();
	const small = await page.evaluate(() => {
		const found = [];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			const element = node.parentElement;
			const box = element.getBoundingClientRect();
			if (!node.textContent.trim() || !box.width || !box.height || element.closest('.hidden, title, script, style, dialog')) continue;
			if (getComputedStyle(element).visibility !== 'visible') continue;
			const matrix = element.getScreenCTM?.();
			const size = parseFloat(getComputedStyle(element).fontSize) * (matrix ? matrix.a : 1);
			if (size < 37) found.push(`${size.toFixed(0)} px: ${node.textContent.trim().slice(0, 40)}`);
		}
		return found;
	});
	assert.deepEqual(small, []);
	const seen = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
	assert.ok(seen[0] <= WALL.width && seen[1] <= WALL.height, `the wall is ${seen} large`);
	calm(problems);
	await context.close();
});
